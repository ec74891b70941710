"""The request to a provider: address, headers, waiting times."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp.test_utils import make_mocked_request

from ccr_proxy.config.schema import Timeouts
from ccr_proxy.protocols.inbound import ANTHROPIC
from ccr_proxy.protocols.repairs import Lesson
from ccr_proxy.routing.decide import decide
from ccr_proxy.server.exchange import Exchange, read_request
from ccr_proxy.server.gateway import Gateway
from ccr_proxy.server.outgoing import waiting_times, write_request
from ccr_proxy.upstream.connection import OutgoingRequest, Waiting
from tests.ccr_proxy.server.lab import loaded

RAW = b'{"model":"asked","max_tokens":9,"messages":[{"role":"user","content":"Hi"}]}'


def written(
    url: str,
    *lessons: Lesson,
    key: str = "pk",
    headers: dict[str, str] | None = None,
    query: str = "",
    entry: dict[str, Any] | None = None,
) -> OutgoingRequest:
    """What leaves for a provider at `url`; `entry` adds to its configuration, `headers` are the client's."""
    provider = {"name": "p", "api_base_url": url, "api_key": "pk", "models": ["m"]} | (entry or {})
    router = {"default": "p,m"}
    gateway = Gateway.of(loaded({"Providers": [provider], "Router": router}), "i", 0.0)
    request = make_mocked_request("POST", f"/v1/messages?{query}", headers=headers)
    asked = read_request(gateway, ANTHROPIC, RAW, request.headers)
    exchange = Exchange(request, "req_1", gateway, asked, decide(asked.facts, gateway.config), created=0)
    return write_request(exchange, gateway.destination("p", "m"), key, list(lessons))[0]


def test_a_chat_request_tells_the_provider_nothing_about_the_client() -> None:
    client = {
        "anthropic-beta": "x",
        "x-api-key": "secret",
        "authorization": "Bearer secret",
        "user-agent": "claude-cli",
    }
    request = written("https://h/v1", headers=client, query="beta=true")
    assert request.url == "https://h/v1/chat/completions"
    assert request.headers["authorization"] == "Bearer pk"
    assert "anthropic-beta" not in request.headers
    assert "secret" not in str(request)
    assert request.headers["user-agent"].startswith("zcf/")


def test_an_anthropic_request_carries_the_clients_open_list_of_headers() -> None:
    client = {
        "Anthropic-Beta": "a,b",
        "anthropic-version": "2024-01-01",
        "X-Api-Key": "secret",
        "User-Agent": "claude-cli",
    }
    request = written("https://api.anthropic.com", headers=client, query="beta=true")
    assert request.url == "https://api.anthropic.com/v1/messages?beta=true"
    assert request.headers["anthropic-beta"] == "a,b"
    assert request.headers["anthropic-version"] == "2024-01-01"
    assert request.headers["user-agent"] == "claude-cli"
    assert request.headers["x-api-key"] == "pk"
    assert "secret" not in str(request)
    assert request.body == RAW.replace(b"asked", b"m")


def test_an_anthropic_request_always_names_a_version() -> None:
    assert written("https://api.anthropic.com").headers["anthropic-version"] == "2023-06-01"


@pytest.mark.parametrize("url", ["https://h/v1/chat/completions", "https://h/v1/messages"])
def test_configured_headers_win_and_lessons_apply(url: str) -> None:
    request = written(url, Lesson("cap", "max_tokens", 5), entry={"headers": {"x-extra": "1"}})
    assert request.headers["x-extra"] == "1"
    assert b'"max_tokens":5' in request.body


@pytest.mark.parametrize("url", ["https://h/v1/chat/completions", "https://h/v1/messages", "https://h/v1/responses"])
def test_the_key_is_that_of_the_attempt(url: str) -> None:
    request = written(url, key="second")
    assert "second" in request.headers["authorization"]
    assert "pk" not in str(request.headers)


def test_waiting_times_are_seconds_and_zero_waits_for_ever() -> None:
    assert waiting_times(Timeouts(connect_ms=1500, first_byte_ms=0, idle_ms=600_000)) == Waiting(1.5, None, 600.0)
