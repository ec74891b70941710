"""Which failures move a request to its next target, and until when."""

from __future__ import annotations

from typing import Any

import pytest

from ccr_proxy.errors import ClientFault, GatewayError, UpstreamFault
from ccr_proxy.server.failover import moves_on
from tests.ccr_proxy.protocols.transcript import Chat, read_stream
from tests.ccr_proxy.server.lab import (
    Provider,
    chat_provider,
    configuration,
    cut,
    error_of,
    question,
    reset,
    running_gateway,
    stream,
    whole,
)

HELLO = [Chat.say("Hel", "lo"), Chat.finish(), Chat.usage(30, 4), Chat.DONE]
STREAMED = question(stream=True)


@pytest.mark.parametrize("status", [401, 402, 403, 404, 408, 409, 429, 500, 502, 503, 504, 529])
def test_another_target_may_succeed(status: int) -> None:
    assert moves_on(UpstreamFault(status, "x"))


@pytest.mark.parametrize(
    "failure",
    [
        UpstreamFault(400, "x"),
        UpstreamFault(413, "x"),
        UpstreamFault(422, "x"),
        ClientFault(404, "x"),
        ClientFault(500, "x"),
    ],
)
def test_a_request_at_fault_fails_everywhere(failure: GatewayError) -> None:
    assert not moves_on(failure)


async def test_failover_follows_the_fallback_list(provider: Provider, other_provider: Provider) -> None:
    provider.says(whole({"error": {"message": "busy"}}, 529))
    other_provider.says(stream(*HELLO))
    config = configuration(
        chat_provider(provider), chat_provider(other_provider, "spare"), fallback={"default": ["spare,small-model"]}
    )
    async with running_gateway(config) as (client, _):
        response = await client.post("/v1/messages", json=STREAMED)
        result = read_stream(await response.read())
    assert (result.text, result.model) == ("Hello", "claude-opus-4-8")
    assert (response.headers["x-ccr-provider"], response.headers["x-ccr-model"]) == ("spare", "small-model")
    assert other_provider.received[0].body["model"] == "small-model"


@pytest.mark.parametrize(
    "first",
    [
        stream(Chat.packet(error={"message": "busy", "type": "overloaded_error"})),
        stream(b": keep-alive\n\n", Chat.delta(role="assistant", content=""), then=cut),
        stream(),
        whole({"error": {"message": "in disguise"}}),
        reset,
        whole(b"", 401),
    ],
)
async def test_until_content_was_sent_another_target_may_answer(
    provider: Provider, other_provider: Provider, first: Any
) -> None:
    provider.says(first)
    other_provider.says(stream(*HELLO))
    config = configuration(
        chat_provider(provider), chat_provider(other_provider, "spare"), fallback={"default": ["spare,small-model"]}
    )
    async with running_gateway(config) as (client, _):
        response = await client.post("/v1/messages", json=STREAMED)
        assert read_stream(await response.read()).text == "Hello"


async def test_a_request_that_is_at_fault_is_not_tried_elsewhere(provider: Provider, other_provider: Provider) -> None:
    provider.says(whole({"error": {"message": "bad request"}}, 400))
    config = configuration(
        chat_provider(provider), chat_provider(other_provider, "spare"), fallback={"default": ["spare,small-model"]}
    )
    async with running_gateway(config) as (client, _):
        assert (await error_of(await client.post("/v1/messages", json=STREAMED)))[0] == 400
    assert other_provider.received == []


async def test_when_all_fail_the_first_failure_is_told(provider: Provider, other_provider: Provider) -> None:
    provider.says(whole({"error": {"message": "first"}}, 429, retry_after="3"))
    other_provider.says(whole({"error": {"message": "second"}}, 500))
    config = configuration(
        chat_provider(provider), chat_provider(other_provider, "spare"), fallback={"default": ["spare,small-model"]}
    )
    async with running_gateway(config) as (client, _):
        response = await client.post("/v1/messages", json=STREAMED)
        assert await error_of(response) == (429, "rate_limit_error", "first")
    assert response.headers["retry-after"] == "3"


async def test_after_the_first_byte_no_other_target_answers(provider: Provider, other_provider: Provider) -> None:
    provider.says(stream(Chat.say("half"), then=cut))
    config = configuration(
        chat_provider(provider), chat_provider(other_provider, "spare"), fallback={"default": ["spare,small-model"]}
    )
    async with running_gateway(config) as (client, _):
        response = await client.post("/v1/messages", json=STREAMED)
        assert read_stream(await response.read()).error is not None
    assert other_provider.received == []
