"""POST /v1/messages/count_tokens: the provider's count where it has one, else an estimate."""

from __future__ import annotations

import pytest

from tests.ccr_proxy.server.lab import (
    Provider,
    anthropic_provider,
    chat_provider,
    configuration,
    error_of,
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


async def test_a_request_that_is_none(provider: Provider) -> None:
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        assert (await error_of(await client.post("/v1/messages/count_tokens", data=b"{")))[0] == 400
