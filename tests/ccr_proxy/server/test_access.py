"""Who may ask: the key in either header, the gateway's own name, no foreign page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from tests.ccr_proxy.server.lab import (
    KEY,
    Provider,
    chat_provider,
    chat_whole,
    configuration,
    error_of,
    question,
    running_gateway,
    whole,
)

Client = TestClient[web.Request, web.Application]


@pytest.fixture
async def client(provider: Provider) -> AsyncIterator[Client]:
    provider.says(whole(chat_whole()))
    async with running_gateway(configuration(chat_provider(provider))) as (running, _):
        running.session.headers.clear()
        yield running


@pytest.mark.parametrize(
    "headers",
    [
        {"x-api-key": KEY},
        {"authorization": f"Bearer {KEY}"},
        {"authorization": f"bearer  {KEY}"},
        {"x-api-key": "something else", "authorization": f"Bearer {KEY}"},
        {"x-api-key": KEY, "authorization": "Bearer something else"},
    ],
)
async def test_the_key_is_taken_from_either_header(client: Client, headers: dict[str, str]) -> None:
    assert (await client.post("/v1/messages", json=question(), headers=headers)).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-api-key": ""},
        {"x-api-key": "wrong"},
        {"x-api-key": KEY + "x"},
        {"authorization": "Bearer"},
        {"authorization": "Basic x"},
    ],
)
@pytest.mark.parametrize("path", ["/v1/messages", "/v1/messages/count_tokens", "/v1/models", "/unknown"])
async def test_without_the_key_nothing_is_answered(
    client: Client, provider: Provider, headers: dict[str, str], path: str
) -> None:
    method = client.get if path.endswith("models") else client.post
    arguments: dict[str, Any] = {} if path.endswith("models") else {"json": question()}
    response = await method(path, headers=headers, **arguments)
    status, kind, message = await error_of(response)
    assert (status, kind) == (401, "authentication_error")
    assert "key" in message
    assert KEY not in message
    assert response.headers["x-should-retry"] == "false"
    assert provider.received == []


async def test_a_key_that_is_not_ascii_is_only_wrong(client: Client) -> None:
    assert (await client.get("/v1/models", headers={"x-api-key": "schlüssel"})).status == 401


async def test_a_gateway_without_key_lets_nobody_in(provider: Provider) -> None:
    config = configuration(chat_provider(provider))
    del config["APIKEY"]
    async with running_gateway(config) as (client, _):
        for headers in ({}, {"x-api-key": ""}, {"x-api-key": "None"}):
            assert (await client.get("/v1/models", headers=headers)).status == 401


@pytest.mark.parametrize("path", ["/", "/health"])
async def test_health_needs_no_key(client: Client, path: str) -> None:
    assert (await client.get(path)).status == 200
    assert (await client.head(path)).status == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:3456", "127.0.0.1.evil.example", "192.168.0.1", "[", "[::2]"]
)
@pytest.mark.parametrize("path", ["/health", "/v1/models"])
async def test_a_foreign_host_is_refused(client: Client, host: str, path: str) -> None:
    status, kind, message = await error_of(await client.get(path, headers={"Host": host, "x-api-key": KEY}))
    assert (status, kind) == (403, "permission_error")
    assert "127.0.0.1" in message


@pytest.mark.parametrize("host", ["localhost", "localhost:3456", "127.0.0.1:1", "127.0.0.2", "[::1]:3456", "LOCALHOST"])
async def test_every_name_of_loopback_is_ours(client: Client, host: str) -> None:
    assert (await client.get("/health", headers={"Host": host})).status == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:1"])
async def test_a_foreign_page_is_refused_even_with_the_key(client: Client, origin: str) -> None:
    status, kind, _ = await error_of(await client.get("/v1/models", headers={"Origin": origin, "x-api-key": KEY}))
    assert (status, kind) == (403, "permission_error")


async def test_the_gateways_own_page_is_served(client: Client) -> None:
    origin = str(client.make_url("")).rstrip("/")
    assert (await client.get("/v1/models", headers={"Origin": origin, "x-api-key": KEY})).status == 200


@pytest.mark.parametrize(("host", "status"), [("192.168.0.1:3456", 200), ("evil.example", 403)])
async def test_a_gateway_that_listens_to_a_network_answers_to_addresses(
    provider: Provider, host: str, status: int
) -> None:
    async with running_gateway(configuration(chat_provider(provider), HOST="0.0.0.0")) as (client, _):
        assert (await client.get("/health", headers={"Host": host})).status == status
