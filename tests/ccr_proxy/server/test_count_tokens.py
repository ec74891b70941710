"""POST /v1/messages/count_tokens: the provider's count where it has one, else an estimate."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from ccr_proxy.availability.breaker import Phase
from tests.ccr_proxy.server.lab import (
    Json,
    Provider,
    anthropic_provider,
    chat_provider,
    configuration,
    error_of,
    never,
    question,
    reset,
    running_gateway,
    whole,
)


async def test_the_estimate_grows_with_the_text(provider: Provider) -> None:
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):

        async def count(text: str) -> int:
            body = question(messages=[{"role": "user", "content": text}])
            answer = await (await client.post("/v1/messages/count_tokens?beta=true", json=body)).json()
            assert list(answer) == ["input_tokens"]
            return int(answer["input_tokens"])

        short, long = await count("one"), await count("one two three four five " * 100)
    assert 0 < short < 30
    assert 400 < long < 900
    assert provider.received == []


async def test_the_provider_counts_where_it_can(provider: Provider) -> None:
    provider.says(whole({"input_tokens": 4711}))
    async with running_gateway(configuration(anthropic_provider(provider))) as (client, _):
        body = {"model": "claude-x", "messages": [{"role": "user", "content": "Hi"}]}
        answer = await (await client.post("/v1/messages/count_tokens?beta=true", json=body)).json()
    assert answer == {"input_tokens": 4711}
    (request,) = provider.received
    assert (request.path, request.query) == ("/v1/messages/count_tokens", "beta=true")
    assert request.body == body | {"model": "big-model"}


@pytest.mark.parametrize(
    "answer",
    [
        whole({"error": "no"}, 404),
        whole(b"<html>", 200, "text/html"),
        whole({"input_tokens": "many"}),
        whole([]),
        reset,
    ],
)
async def test_a_provider_that_does_not_count_is_replaced_by_the_estimate(provider: Provider, answer: object) -> None:
    provider.says(answer)  # type: ignore[arg-type]
    async with running_gateway(configuration(anthropic_provider(provider))) as (client, _):
        response = await client.post("/v1/messages/count_tokens", json=question())
        assert 0 < (await response.json())["input_tokens"] < 30


async def counts_of(config: Json, times: int = 1) -> list[int]:
    async with running_gateway(config) as (client, _):
        return [await count(client) for _ in range(times)]


async def count(client: TestClient[web.Request, web.Application]) -> int:
    response = await client.post("/v1/messages/count_tokens", json=question())
    assert response.status == 200
    return int((await response.json())["input_tokens"])


@pytest.mark.parametrize(
    ("protocol", "address", "path", "answer"),
    [
        ("anthropic", "/v1/messages", "/v1/messages/count_tokens", {"input_tokens": 4711}),
        ("gemini", "/v1beta", "/v1beta/models/big-model:countTokens", {"totalTokens": 4711}),
        (
            "openai-responses",
            "/v1",
            "/v1/responses/input_tokens",
            {"object": "response.input_tokens", "input_tokens": 4711},
        ),
    ],
)
async def test_every_protocol_that_can_is_asked_in_its_own_words(
    provider: Provider, protocol: str, address: str, path: str, answer: Json
) -> None:
    provider.says(whole(answer))
    entry = chat_provider(provider, protocol=protocol, api_base_url=provider.url + address)
    assert await counts_of(configuration(entry)) == [4711]
    (request,) = provider.received
    assert request.path == path
    assert "provider-key" in "".join(request.headers.values())


async def test_a_provider_without_a_count_is_not_asked_again(provider: Provider) -> None:
    provider.says(whole({"error": {"message": "Unknown request URL"}}, 404))
    entry = chat_provider(provider, protocol="openai-responses", api_base_url=provider.url + "/v1")
    assert len(set(await counts_of(configuration(entry), times=3))) == 1
    assert len(provider.received) == 1


async def test_a_request_that_cannot_be_counted_does_not_stop_the_others(provider: Provider) -> None:
    provider.says(whole({"input_tokens": 1}), whole({"error": {"message": "odd"}}, 400), whole({"input_tokens": 3}))
    first, second, third = await counts_of(configuration(anthropic_provider(provider)), times=3)
    assert (first, third) == (1, 3)
    assert second > 3


async def test_a_slow_count_is_not_waited_for(provider: Provider) -> None:
    provider.says(never)
    async with running_gateway(configuration(anthropic_provider(provider))) as (client, gateway):
        gateway.who_counts.patience = 0.05
        assert await count(client) == await count(client)
        await asyncio.wait_for(provider.gone.wait(), 5)
    assert len(provider.received) == 1


def two_keys(provider: Provider) -> Json:
    return configuration(anthropic_provider(provider, api_key="first-key", api_keys=["second-key"]))


async def test_a_count_is_asked_with_a_key_that_works(provider: Provider) -> None:
    refused = {"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}}
    message = {"type": "message", "role": "assistant", "content": [], "stop_reason": "end_turn"}
    provider.says(whole(refused, 401), whole(message))
    async with running_gateway(two_keys(provider)) as (client, _):
        await client.post("/v1/messages", json=question())
        provider.says(whole({"input_tokens": 4711}))
        assert await count(client) == 4711
    assert provider.received[0].headers["x-api-key"] == "first-key"
    assert provider.received[-1].headers["x-api-key"] == "second-key"


@pytest.mark.parametrize(
    ("status", "message", "parked"),
    [
        (401, "invalid x-api-key", True),
        (401, "Incorrect API key provided: sk-1***", True),
        (400, "API key not valid. Please pass a valid API key.", True),
        (401, "Missing scopes: api.responses.write; a restricted API key needs them", False),
        (401, "no", False),
        (403, "this endpoint is not for you", False),
        (404, "no", False),
        (429, "slow down", False),
        (500, "oh", False),
        (529, "overloaded", False),
    ],
)
async def test_only_a_refused_key_counts_against_real_requests(
    provider: Provider, status: int, message: str, parked: bool
) -> None:
    provider.says(whole({"type": "error", "error": {"type": "x", "message": message}}, status))
    async with running_gateway(two_keys(provider)) as (client, gateway):
        assert 0 < await count(client) < 30
        circuits = gateway.availability.snapshot().circuits
    assert [circuit.phase for circuit in circuits] == ([Phase.OPEN] if parked else [])


async def test_nobody_is_asked_while_nobody_could_answer(provider: Provider) -> None:
    refused = {"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}}
    provider.says(whole(refused, 401))
    async with running_gateway(configuration(anthropic_provider(provider))) as (client, _):
        await client.post("/v1/messages", json=question())
        before = len(provider.received)
        assert 0 < await count(client) < 30
    assert len(provider.received) == before


async def test_counts_take_nothing_from_limits(provider: Provider) -> None:
    provider.says(whole({"input_tokens": 4711}))
    limited = anthropic_provider(provider, limits={"requests_per_minute": 1})
    async with running_gateway(configuration(limited)) as (client, gateway):
        assert [await count(client) for _ in range(3)] == [4711] * 3
        (view,) = gateway.availability.snapshot().providers
    assert (view.requests_last_minute, view.tokens_last_minute) == (0, 0)


async def test_a_request_that_is_none(provider: Provider) -> None:
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        assert (await error_of(await client.post("/v1/messages/count_tokens", data=b"{")))[0] == 400
