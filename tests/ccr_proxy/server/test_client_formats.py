"""The official clients get from every upstream what it said, in their own words."""

from __future__ import annotations

import anthropic
import openai
import pytest

from tests.ccr_proxy.protocols.transcript import Chat
from tests.ccr_proxy.server.clients import (
    Asking,
    Heard,
    anthropic_client,
    ask_chat,
    ask_messages,
    ask_responses,
    openai_client,
)
from tests.ccr_proxy.server.lab import (
    Provider,
    chat_provider,
    configuration,
    cut,
    running_gateway,
    stream,
    whole,
)
from tests.ccr_proxy.server.upstreams import ARGUMENTS, CACHED, INPUT, OUTPUT, UPSTREAMS

# How each client names the end of a text and of a call, and what it makes of the call's arguments.
CLIENTS: list[tuple[Asking, str, str, object]] = [
    (ask_chat, "stop", "tool_calls", ARGUMENTS),
    (ask_responses, "completed", "completed", ARGUMENTS),
    (ask_messages, "end_turn", "tool_use", {"command": "ls"}),
]


@pytest.mark.parametrize("streams", [True, False], ids=["streamed", "whole"])
@pytest.mark.parametrize("upstream", UPSTREAMS)
@pytest.mark.parametrize(("ask", "end_of_text", "end_of_call", "arguments"), CLIENTS)
async def test_what_the_upstream_said_is_heard(
    provider: Provider,
    ask: Asking,
    end_of_text: str,
    end_of_call: str,
    arguments: object,
    upstream: str,
    streams: bool,
) -> None:
    spoken = UPSTREAMS[upstream]
    provider.says(spoken.text.answer(streams=streams), spoken.call.answer(streams=streams))
    async with running_gateway(configuration(spoken.entry(provider))) as (client, _):
        assert await ask(client, streams=streams) == Heard("Hello", [], end_of_text, INPUT, CACHED, OUTPUT)
        call = ("Bash", arguments)
        assert await ask(client, streams=streams) == Heard("Let me see.", [call], end_of_call, INPUT, CACHED, OUTPUT)
    assert [request.path.rpartition(":")[0] or request.path for request in provider.received] == [
        "/v1beta/models/big-model" if upstream == "gemini" else spoken.path
    ] * 2


@pytest.mark.parametrize("upstream", UPSTREAMS)
@pytest.mark.parametrize(("ask", "end_of_text"), [(ask, end) for ask, end, *_ in CLIENTS])
async def test_a_client_that_wants_it_whole_gets_it_from_a_provider_that_only_streams(
    provider: Provider, ask: Asking, end_of_text: str, upstream: str
) -> None:
    spoken = UPSTREAMS[upstream]
    provider.says(spoken.text.answer(streams=True))
    async with running_gateway(configuration(spoken.entry(provider))) as (client, _):
        assert await ask(client, streams=False) == Heard("Hello", [], end_of_text, INPUT, CACHED, OUTPUT)


async def test_a_refusal_is_the_clients_own_exception(provider: Provider) -> None:
    provider.says(whole({"error": {"message": "slow down"}}, 429, retry_after="7"))
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        async with openai_client(client) as asking:
            with pytest.raises(openai.RateLimitError, match="slow down") as chat:
                await asking.chat.completions.create(model="m", messages=[{"role": "user", "content": "Hi"}])
            with pytest.raises(openai.RateLimitError, match="slow down") as responses:
                await asking.responses.create(model="m", input="Hi")
        async with anthropic_client(client) as talking:
            with pytest.raises(anthropic.RateLimitError, match="slow down") as messages:
                await talking.messages.create(model="m", max_tokens=9, messages=[{"role": "user", "content": "Hi"}])
    assert [told.value.response.headers["retry-after"] for told in (chat, responses, messages)] == ["7"] * 3


async def test_a_stream_that_breaks_off_is_the_clients_own_exception(provider: Provider) -> None:
    provider.says(stream(Chat.say("half"), then=cut))
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        for ask, kind in ((ask_chat, openai.APIError), (ask_messages, anthropic.APIError)):
            with pytest.raises(kind, match="broke off"):
                await ask(client, streams=True)
        async with openai_client(client) as asking:
            events = [event async for event in await asking.responses.create(model="m", input="Hi", stream=True)]
    assert [event.type for event in events][-2:] == ["error", "response.failed"]
    assert "response.completed" not in [event.type for event in events]
