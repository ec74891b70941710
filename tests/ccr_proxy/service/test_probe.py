"""Asking a port for its health, whatever sits there."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from ccr_proxy.service.probe import Health, probe

OURS = b'{"status":"ok","instance":"abc","version":"0.1.0","uptime":12.5,"pid":7}'


@contextmanager
def program_that_answers(answer: bytes) -> Iterator[int]:
    """A listener that sends `answer` to whoever connects; yields its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_answer_once, args=(listener, answer))
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


def _answer_once(listener: socket.socket, answer: bytes) -> None:
    connection, _ = listener.accept()
    with connection:
        connection.recv(1000)
        connection.sendall(answer)


def http(body: bytes, status: bytes = b"200 OK") -> bytes:
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)


@pytest.mark.parametrize(
    ("answer", "health"),
    [
        (http(OURS), Health("abc", "0.1.0", 7, 12.5)),
        (http(b'{"instance":"abc","version":"0.1.0","pid":7}'), Health("abc", "0.1.0", 7, 0.0)),
        (
            http(b'{"instance":"abc","version":"0.1.0","pid":7,"usage_recorded":false}'),
            Health("abc", "0.1.0", 7, 0.0, usage_recorded=False),
        ),
        (http(b'{"status":"ok","timestamp":"2026-01-01T00:00:00.000Z"}'), None),
        (http(OURS, b"503 Service Unavailable"), None),
        (http(b'{"instance":"abc","version":"0.1.0","pid":"7"}'), None),
        (http(b"<html>"), None),
        (http(b"[]"), None),
        (http(b"\xff\xfe"), None),
        (b"SSH-2.0-OpenSSH_9.2\r\n", None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{", None),
        (b"", None),
    ],
)
def test_an_answer_is_one_of_our_gateways_or_nothing(answer: bytes, health: Health | None) -> None:
    with program_that_answers(answer) as port:
        assert probe("127.0.0.1", port) == health


def test_a_program_that_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert probe("127.0.0.1", listener.getsockname()[1], timeout=0.1) is None


def test_a_port_without_listener_has_no_health() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert probe("127.0.0.1", port) is None


def test_a_listener_on_all_addresses_is_asked_on_loopback(home: Any) -> None:
    home.write_config(HOST="0.0.0.0")
    gateway = home.serve_until_listening()
    health = probe("0.0.0.0", home.port)
    assert health is not None
    assert health.pid == gateway.pid
