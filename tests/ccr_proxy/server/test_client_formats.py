"""The official clients get from every upstream what it said, in their own words."""

from __future__ import annotations

import json
import re
from typing import Any

import anthropic
import openai
import pytest

from tests.ccr_proxy.protocols.transcript import Chat
from tests.ccr_proxy.server.clients import (
    Asking,
    Gate,
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


SIGNATURE = "sIgn+/=" * 700
SIGNED_CALLS = {
    "candidates": [
        {
            "content": {
                "parts": [
                    {"functionCall": {"name": "Bash", "args": {"command": "ls"}}, "thoughtSignature": SIGNATURE},
                    {"functionCall": {"name": "Bash", "args": {"command": "pwd"}}},
                ]
            },
            "finishReason": "STOP",
        }
    ]
}


async def goes_on_with_chat(gate: Gate, first: str, second: str) -> None:
    """Two calls by the first model, and their results sent to the second, by `openai`'s Chat Completions."""
    history: list[Any] = [{"role": "user", "content": "Where?"}]
    tools: Any = [{"type": "function", "function": {"name": "Bash", "parameters": {"type": "object"}}}]
    async with openai_client(gate) as client:
        said = await client.chat.completions.create(model=first, messages=history, tools=tools)
        message = said.choices[0].message
        results = [{"role": "tool", "tool_call_id": call.id, "content": call.id} for call in message.tool_calls or ()]
        history += [message.model_dump(include={"role", "tool_calls"}), *results]
        await client.chat.completions.create(model=second, messages=history, tools=tools)


async def goes_on_with_responses(gate: Gate, first: str, second: str) -> None:
    """The same by `openai`'s Responses."""
    history: list[Any] = [{"role": "user", "content": "Where?"}]
    tools: Any = [{"type": "function", "name": "Bash", "strict": False, "parameters": {"type": "object"}}]
    async with openai_client(gate) as client:
        said = await client.responses.create(model=first, input=history, tools=tools)
        calls = [item for item in said.output if item.type == "function_call"]
        results = [{"type": "function_call_output", "call_id": call.call_id, "output": "x"} for call in calls]
        history += [*said.output, *results]
        await client.responses.create(model=second, input=history, tools=tools)


@pytest.mark.parametrize("goes_on", [goes_on_with_chat, goes_on_with_responses])
async def test_an_openai_client_brings_geminis_signature_back(provider: Provider, goes_on: Any) -> None:
    provider.says(whole(SIGNED_CALLS), UPSTREAMS["gemini"].text.answer(streams=False))
    gemini = UPSTREAMS["gemini"].entry(provider, "google")
    async with running_gateway(configuration(gemini)) as (gate, _):
        await goes_on(gate, "google,big-model", "google,big-model")
    first, second = provider.received[-1].body["contents"][1]["parts"]
    assert (first["thoughtSignature"], "thoughtSignature" in second) == (SIGNATURE, False)


@pytest.mark.parametrize("upstream", sorted(set(UPSTREAMS) - {"gemini"}))
@pytest.mark.parametrize("goes_on", [goes_on_with_chat, goes_on_with_responses])
async def test_other_providers_get_short_ids_for_geminis_signed_calls(
    provider: Provider, goes_on: Any, upstream: str
) -> None:
    provider.says(whole(SIGNED_CALLS), UPSTREAMS[upstream].text.answer(streams=False))
    entries = UPSTREAMS["gemini"].entry(provider, "google"), UPSTREAMS[upstream].entry(provider, "other")
    async with running_gateway(configuration(*entries)) as (gate, _):
        await goes_on(gate, "google,big-model", "other,big-model")
    sent = provider.received[-1].body
    ids = re.findall(r'"(?:id|call_id|tool_call_id|tool_use_id)": "([^"]*)"', json.dumps(sent))
    assert [ids.count(call_id) for call_id in set(ids)] == [2, 2]
    assert all(re.fullmatch(r"toolu_[0-9a-f]{24}", call_id) for call_id in ids)
