"""An answer on its way: the commit point, broken-off streams and signs of life, over real sockets."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import ClientResponse, web

from ccr_proxy.server.gateway import Gateway
from ccr_proxy.server.pulse import Pulse
from tests.ccr_proxy.protocols.anthropic import answers as a
from tests.ccr_proxy.protocols.transcript import Chat, read_stream, seen
from tests.ccr_proxy.server.lab import (
    PATIENT,
    Answer,
    Json,
    Provider,
    all_is_read,
    anthropic_provider,
    chain,
    chat_provider,
    configuration,
    cut,
    hang,
    never,
    question,
    running_gateway,
    silent,
    stream,
    whole,
)


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


async def silence(gateway: Gateway, clock: Clock) -> None:
    clock.now += 200
    await gateway.pulse.look()


async def until_asked(provider: Provider) -> None:
    async with asyncio.timeout(30):
        await provider.asked.wait()
        await all_is_read()


async def read_until(response: ClientResponse, mark: bytes) -> bytes:
    data = b""
    async with asyncio.timeout(30):
        while mark not in data:
            data += await response.content.readany()
    return data


STREAMED = question(stream=True)
CHAT_END = [Chat.say("Hello"), Chat.finish(), Chat.DONE]
ANTHROPIC_END = [a.start(), a.text(0, "Hello"), a.finish(), a.END]


@pytest.mark.parametrize(("kind", "end"), [(chat_provider, CHAT_END), (anthropic_provider, ANTHROPIC_END)])
async def test_a_silent_provider_is_kept_alive_with_content_events(
    provider: Provider, kind: Any, end: list[bytes]
) -> None:
    go, clock = asyncio.Event(), Clock()
    provider.says(stream(b": thinking\n\n", when=go, more=end))
    async with running_gateway(configuration(kind(provider))) as (client, gateway):
        gateway.pulse = Pulse(clock)
        asking = asyncio.create_task(client.post("/v1/messages", json=question(stream=True)))
        await until_asked(provider)
        await silence(gateway, clock)
        response = await asking
        data = await read_until(response, b"thinking_delta")
        await silence(gateway, clock)
        data += await read_until(response, b"thinking_delta")
        go.set()
        data += await response.read()
    assert seen(data) == ["thinking: ", "text: Hello", "stop: end_turn"]


@pytest.mark.parametrize("kind", [chat_provider, anthropic_provider])
async def test_an_error_after_a_sign_of_life_is_an_event(provider: Provider, kind: Any) -> None:
    go, clock = asyncio.Event(), Clock()
    provider.says(stream(b": thinking\n\n", when=go, then=cut))
    async with running_gateway(configuration(kind(provider))) as (client, gateway):
        gateway.pulse = Pulse(clock)
        asking = asyncio.create_task(client.post("/v1/messages", json=question(stream=True)))
        await until_asked(provider)
        await silence(gateway, clock)
        response = await asking
        data = await read_until(response, b"thinking_delta")
        go.set()
        data += await response.read()
    lines = seen(data)
    assert lines[0] == "thinking: "
    assert lines[1].startswith("error api_error: ")


async def test_a_provider_that_talks_needs_no_sign_of_life(provider: Provider) -> None:
    go, clock = asyncio.Event(), Clock()
    provider.says(stream(Chat.say("Hel"), when=go, more=[Chat.say("lo"), Chat.finish()]))
    async with running_gateway(configuration(chat_provider(provider))) as (client, gateway):
        gateway.pulse = Pulse(clock)
        response = await client.post("/v1/messages", json=question(stream=True))
        data = await read_until(response, b"Hel")
        clock.now += 50
        await gateway.pulse.look()
        go.set()
        data += await response.read()
    assert b'"text":""' not in data.replace(b'"content_block":{"type":"text","text":""}', b"")
    assert seen(data) == ["text: Hello", "stop: end_turn"]


@dataclass
class Held:
    """A provider's answer that begins when `go` is set; `asked` is set when it is wanted."""

    answer: Answer
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    go: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        self.asked.set()
        await self.go.wait()
        return await self.answer(request)


async def until(event: asyncio.Event) -> None:
    async with asyncio.timeout(30):
        await event.wait()


SERVED = {"chat": (chat_provider, CHAT_END), "anthropic": (anthropic_provider, ANTHROPIC_END)}


@pytest.mark.parametrize("served", SERVED)
async def test_a_client_is_kept_alive_while_the_provider_holds_back_its_headers(
    provider: Provider, served: str
) -> None:
    kind, end = SERVED[served]
    held, clock = Held(stream(*end)), Clock()
    provider.says(held)
    async with running_gateway(configuration(kind(provider))) as (client, gateway):
        gateway.pulse = Pulse(clock)
        asking = asyncio.create_task(client.post("/v1/messages", json=STREAMED))
        await until(held.asked)
        await silence(gateway, clock)
        response = await asking
        data = await read_until(response, b"thinking_delta")
        await silence(gateway, clock)
        data += await read_until(response, b"thinking_delta")
        held.go.set()
        result = read_stream(data + await response.read())
    assert result.lines() == ["thinking: ", "text: Hello", "stop: end_turn"]
    assert result.start_usage["input_tokens"] > 0
    assert response.headers["x-ccr-route"] == "default"


FAILS: dict[str, Answer] = {
    "refuses": whole({"error": {"message": "busy"}}, 503),
    "tells an error in its stream": stream(Chat.packet(error={"message": "busy", "code": 503})),
    "breaks off": stream(b": thinking\n\n", then=cut),
    "has nothing to say": stream(Chat.finish(), Chat.DONE),
    "answers with an object that is an error": whole({"error": {"message": "busy"}}),
    "tells content and an error in one piece": stream(Chat.say("half") + Chat.packet(error={"code": 503})),
}
ANTHROPIC_FAILS = stream(
    a.start()
    + a.begin(0)
    + a.delta(0, "text_delta", text="half")
    + a.event("error", error={"type": "overloaded_error", "message": "busy"})
)


@pytest.mark.parametrize("second", SERVED)
@pytest.mark.parametrize("first", FAILS)
async def test_after_a_sign_of_life_another_target_may_answer(
    provider: Provider, other_provider: Provider, first: str, second: str
) -> None:
    kind, end = SERVED[second]
    held, clock = Held(FAILS[first]), Clock()
    provider.says(held)
    other_provider.says(stream(*end))
    async with running_gateway(chain(chat_provider(provider), kind(other_provider, "spare"))) as (client, gateway):
        gateway.pulse = Pulse(clock)
        asking = asyncio.create_task(client.post("/v1/messages", json=STREAMED))
        await until(held.asked)
        await silence(gateway, clock)
        response = await asking
        held.go.set()
        assert seen(await response.read()) == ["thinking: ", "text: Hello", "stop: end_turn"]
    assert len(other_provider.received) == 1


@pytest.mark.parametrize("second", SERVED)
async def test_an_anthropic_answer_that_failed_in_its_first_piece_leaves_nothing_behind(
    provider: Provider, other_provider: Provider, second: str
) -> None:
    kind, end = SERVED[second]
    held, clock = Held(ANTHROPIC_FAILS), Clock()
    provider.says(held)
    other_provider.says(stream(*end))
    async with running_gateway(chain(anthropic_provider(provider), kind(other_provider, "spare"))) as (client, gateway):
        gateway.pulse = Pulse(clock)
        asking = asyncio.create_task(client.post("/v1/messages", json=STREAMED))
        await until(held.asked)
        await silence(gateway, clock)
        response = await asking
        held.go.set()
        assert seen(await response.read()) == ["thinking: ", "text: Hello", "stop: end_turn"]


@pytest.mark.parametrize("fails", ["refuses", "tells content and an error in one piece"])
@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/responses"])
async def test_openai_clients_are_kept_alive_and_moved_as_well(
    provider: Provider, other_provider: Provider, path: str, fails: str
) -> None:
    held, clock = Held(FAILS[fails]), Clock()
    provider.says(held)
    other_provider.says(stream(*ANTHROPIC_END))
    config = chain(chat_provider(provider), anthropic_provider(other_provider))
    body = {"model": "m", "stream": True, "input": "Hi", "messages": [{"role": "user", "content": "Hi"}]}
    body.pop("messages" if path.endswith("responses") else "input")
    async with running_gateway(config) as (client, gateway):
        gateway.pulse = Pulse(clock)
        asking = asyncio.create_task(client.post(path, json=body))
        await until(held.asked)
        await silence(gateway, clock)
        response = await asking
        first = await response.content.readany()
        held.go.set()
        data = first + await response.read()
    events = [json.loads(block.split(b"data: ", 1)[1]) for block in data.split(b"\n\n") if b"data: {" in block]
    if path.endswith("responses"):
        assert [event["sequence_number"] for event in events] == list(range(len(events)))
        assert [event["type"] for event in events].count("response.created") == 1
        assert events[-1]["response"]["output"][-1]["content"][0]["text"] == "Hello"
    else:
        deltas = [event["choices"][0]["delta"] for event in events]
        assert [delta for delta in deltas if "role" in delta] == [{"role": "assistant", "content": ""}]
        assert "".join(delta.get("content", "") for delta in deltas) == "Hello"
        assert data.endswith(b"data: [DONE]\n\n")


@pytest.mark.parametrize("first", [stream(a.start(), then=cut), stream(a.start() + a.PING)])
async def test_a_start_that_was_not_sent_is_not_sent_with_the_error_either(
    provider: Provider, other_provider: Provider, first: Answer
) -> None:
    held, clock = Held(FAILS["refuses"]), Clock()
    provider.says(first)
    other_provider.says(held)
    async with running_gateway(chain(anthropic_provider(provider), chat_provider(other_provider))) as (client, gateway):
        gateway.pulse = Pulse(clock)
        asking = asyncio.create_task(client.post("/v1/messages", json=STREAMED))
        await until(held.asked)
        await silence(gateway, clock)
        response = await asking
        held.go.set()
        assert seen(await response.read()) == ["thinking: ", "error overloaded_error: busy"]


async def test_a_client_is_kept_alive_while_an_answer_is_taken_up_again(provider: Provider) -> None:
    half = Chat.call(0, '{"a":', id="c1", name="Bash")
    again = Held(stream(Chat.say("Let me see."), half, Chat.call(0, "1}"), Chat.finish("tool_calls"), Chat.DONE))
    clock = Clock()
    provider.says(stream(Chat.say("Let me see."), half, then=cut), again)
    async with running_gateway(configuration(chat_provider(provider))) as (client, gateway):
        gateway.pulse = Pulse(clock)
        response = await client.post("/v1/messages", json=STREAMED)
        data = await read_until(response, b"see.")
        await until(again.asked)
        await silence(gateway, clock)
        data += await read_until(response, b'"text":""}}')
        again.go.set()
        data += await response.read()
    assert seen(data) == ["text: Let me see.", 'call Bash#c1 {"a":1}', "stop: tool_use"]


async def test_a_sign_of_life_to_a_client_that_went_away_harms_nobody(provider: Provider) -> None:
    go, clock = asyncio.Event(), Clock()
    provider.says(stream(Chat.say("Hel"), when=go, more=[Chat.say("lo"), Chat.finish()]))
    async with running_gateway(configuration(chat_provider(provider))) as (client, gateway):
        gateway.pulse = Pulse(clock)
        gone = await client.post("/v1/messages", json=question(stream=True))
        stays = await client.post("/v1/messages", json=question(stream=True))
        data = await read_until(stays, b"Hel")
        gone.close()
        await silence(gateway, clock)
        data += await read_until(stays, b"text_delta")
        go.set()
        data += await stays.read()
    assert seen(data) == ["text: Hello", "stop: end_turn"]


# Providers that fail afterwards


@pytest.mark.parametrize(
    ("more", "then", "line"),
    [
        ([], None, "error api_error: the provider's answer broke off before it was finished"),
        ([], cut, "error api_error: mock,big-model broke off its answer"),
        ([], silent, "error timeout_error: mock,big-model sent nothing for"),
        ([b"data: {oops\n\n"], None, "error api_error: the provider sent an event that is not JSON"),
        ([Chat.packet(error={"message": "busy", "code": 529})], None, "error overloaded_error: busy"),
    ],
)
async def test_a_failure_after_the_first_byte_is_an_error_event(
    provider: Provider, more: list[bytes], then: Any, line: str
) -> None:
    shown = asyncio.Event()
    provider.says(stream(Chat.say("half"), when=shown, more=more, then=then))
    async with running_gateway(configuration(chat_provider(provider), **PATIENT)) as (client, _):
        response = await client.post("/v1/messages", json=STREAMED)
        first = await response.content.readany()
        shown.set()
        lines = seen(first + await response.read())
    assert response.status == 200
    assert lines[0] == "text: half"
    assert lines[1].startswith(line)


async def test_a_cut_of_an_anthropic_stream_is_an_error_event(provider: Provider) -> None:
    provider.says(stream(a.start() + a.begin(0) + a.delta(0, "text_delta", text="half"), then=cut))
    async with running_gateway(configuration(anthropic_provider(provider))) as (client, _):
        response = await client.post("/v1/messages", json=STREAMED)
        lines = seen(await response.read())
    assert lines[0] == "text: half"
    assert lines[1].startswith("error api_error: ")


# The client goes away


async def test_a_client_that_goes_away_cancels_the_provider(
    provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    provider.says(stream(Chat.say("first"), then=hang))
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        response = await client.post("/v1/messages", json=STREAMED)
        await response.content.readany()
        response.close()
        async with asyncio.timeout(30):
            await provider.gone.wait()
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_a_client_that_goes_away_before_the_answer_begins_cancels_the_provider(provider: Provider) -> None:
    provider.says(never)
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        asking = asyncio.create_task(client.post("/v1/messages", json=question()))
        async with asyncio.timeout(30):
            await provider.asked.wait()
        asking.cancel()
        async with asyncio.timeout(30):
            await provider.gone.wait()


@pytest.mark.parametrize("body", [STREAMED, question()])
@pytest.mark.parametrize(("kind", "end"), [(chat_provider, CHAT_END[:2]), (anthropic_provider, ANTHROPIC_END[:3])])
async def test_a_connection_that_breaks_after_the_stop_reason_broke_nothing(
    provider: Provider, kind: Any, end: list[bytes], body: Json
) -> None:
    provider.says(stream(*end, then=cut))
    async with running_gateway(configuration(kind(provider))) as (client, _):
        response = await client.post("/v1/messages", json=body)
        data = await response.read()
    assert response.status == 200
    if body is STREAMED:
        assert seen(data) == ["text: Hello", "stop: end_turn"]
    else:
        assert json.loads(data)["content"] == [{"type": "text", "text": "Hello"}]
