"""Asking a running gateway, and what is said when it cannot be asked."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ccr_proxy.errors import ConfigFault, GatewayError, ServiceFault
from ccr_proxy.service.gateway_client import GatewayClient, required_gateway, running_gateway
from tests.ccr_proxy.server import lab


def client_on(port: int, key: str = lab.KEY) -> GatewayClient:
    return GatewayClient("127.0.0.1", port, key, Path("config.json"))


@pytest.fixture
def configuration() -> lab.Json:
    return {"APIKEY": lab.KEY, "Providers": [{"name": "demo", "protocol": "demo", "models": ["demo"]}]}


async def test_questions_are_answered(configuration: lab.Json) -> None:
    async with lab.running_gateway(configuration) as (gate, _):
        gateway = client_on(gate.port or 0)
        assert (await asyncio.to_thread(gateway.get, "/api/requests")) == {"requests": []}
        assert (await asyncio.to_thread(gateway.post, "/api/availability/reset", {})) == {"closed": 0}


async def test_what_the_gateway_refuses_is_told_in_its_words(configuration: lab.Json) -> None:
    async with lab.running_gateway(configuration) as (gate, _):
        gateway = client_on(gate.port or 0)
        with pytest.raises(GatewayError, match="no request 'req_1'") as refused:
            await asyncio.to_thread(gateway.get, "/api/requests/req_1")
        assert (refused.value.status, refused.value.type) == (404, "not_found_error")
        with pytest.raises(ServiceFault, match="older version: `ccr restart`"):
            await asyncio.to_thread(gateway.get, "/api/tomorrow")
        with pytest.raises(ServiceFault, match=r"does not know the key of config\.json: `ccr restart`"):
            await asyncio.to_thread(client_on(gate.port or 0, "wrong").get, "/api/requests")


@contextmanager
def program_that_answers(answer: bytes) -> Iterator[int]:
    """A listener that sends `answer` to whoever connects; yields its port."""

    def answer_once() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(1000)
            connection.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer_once)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"", "does not answer"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "does not answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]", "no JSON object"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n<h>", "no JSON object"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", "does not answer"),
    ],
)
def test_whatever_else_sits_there_is_a_fault(answer: bytes, words: str) -> None:
    with program_that_answers(answer) as port, pytest.raises(ServiceFault, match=words):
        client_on(port).get("/api/requests")


def test_an_error_without_words_is_told_by_its_status() -> None:
    answer = b"HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\nno"
    with program_that_answers(answer) as port, pytest.raises(GatewayError, match="the gateway answered 500"):
        client_on(port).get("/api/requests")


def test_a_gateway_that_says_nothing_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        gateway = client_on(listener.getsockname()[1])
        with pytest.raises(ServiceFault, match=r"said nothing for 0\.1 s"):
            gateway.post("/api/explain", {}, seconds=0.1)


def test_the_key_is_in_no_text() -> None:
    assert "sk-private" not in repr(client_on(1, "sk-private"))


def test_the_running_gateway_is_found_with_its_key(home: Any) -> None:
    assert running_gateway(None) is None
    with pytest.raises(ServiceFault, match="not running: `ccr start`"):
        required_gateway(None)
    home.write_config()
    home.serve_until_listening()
    found = required_gateway(None)
    assert (found.port, found.key, found.config_path) == (home.port, "sk-secret-key", home.config_path)
    assert found.get("/key")["api_key"] == "sk-secret-key"
    # Its record is lost: the configured port tells.
    (home.config_path.parent / "gateway.json").unlink()
    assert required_gateway(None).port == home.port


def test_a_gateway_whose_configuration_broke_cannot_be_asked(home: Any) -> None:
    home.write_config()
    home.serve_until_listening()
    home.config_path.write_text("{", encoding="utf-8")
    with pytest.raises(ConfigFault, match=r"config\.json:1:2"):
        running_gateway(None)
