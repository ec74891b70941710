"""An answer is over when its last word has been said, also where the provider keeps the connection open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest
from aiohttp import web

from ccr_proxy.protocols.answer import Closing
from ccr_proxy.server.until_the_end import until_the_end
from tests.ccr_proxy.protocols.transcript import Chat, seen
from tests.ccr_proxy.server.lab import (
    Json,
    Provider,
    chat_provider,
    configuration,
    hang,
    question,
    running_gateway,
    stream,
)
from tests.ccr_proxy.server.upstreams import UPSTREAMS

ONE_AT_A_TIME = {"limits": {"concurrency": 1}}


@pytest.mark.parametrize("body", [question(stream=True), question()], ids=["streamed", "whole"])
@pytest.mark.parametrize("name", UPSTREAMS)
async def test_a_provider_that_keeps_the_connection_open_keeps_nobody_waiting(
    provider: Provider, name: str, body: Json
) -> None:
    upstream = UPSTREAMS[name]
    provider.says(stream(upstream.text.streamed, then=hang))
    async with running_gateway(configuration(upstream.entry(provider, **ONE_AT_A_TIME))) as (client, gateway):
        gateway.grace = 0.05
        async with asyncio.timeout(30):
            for _ in range(2):
                response = await client.post("/v1/messages", json=body)
                data = await response.read()
                if body.get("stream"):
                    assert seen(data) == ["text: Hello", "stop: end_turn"]
                assert response.status == 200
            await provider.gone.wait()


async def test_the_usage_behind_the_stop_reason_is_waited_for(provider: Provider) -> None:
    later = asyncio.Event()
    provider.says(stream(Chat.say("Hello"), Chat.finish(), when=later, more=[Chat.usage(30, 4)]))
    async with running_gateway(configuration(chat_provider(provider))) as (client, gateway):
        gateway.grace = 30
        asking = asyncio.create_task(client.post("/v1/messages", json=question(stream=True)))
        await provider.asked.wait()
        asyncio.get_running_loop().call_later(0.05, later.set)
        data = await (await asking).read()
    assert b'"output_tokens":4' in data


@pytest.mark.parametrize("name", UPSTREAMS)
async def test_the_connection_of_an_answer_that_ends_a_little_later_is_used_again(
    provider: Provider, name: str
) -> None:
    peers = set()

    async def a_moment(request: web.Request) -> None:
        assert request.transport is not None
        peers.add(request.transport.get_extra_info("peername"))
        await asyncio.sleep(0)

    upstream = UPSTREAMS[name]
    provider.says(stream(upstream.text.streamed, then=a_moment))
    async with running_gateway(configuration(upstream.entry(provider))) as (client, _):
        for _ in range(3):
            await (await client.post("/v1/messages", json=question(stream=True))).read()
    assert len(peers) == 1


class Body:
    """A body of pieces, after which the connection stays open."""

    status = 200

    def __init__(self, *pieces: bytes) -> None:
        self.headers: dict[str, str] = {}
        self.pieces = pieces
        self.closed = False

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        try:
            for piece in self.pieces:
                yield piece
            await asyncio.Event().wait()
        finally:
            self.closed = True

    async def read(self) -> bytes:
        return b"".join(self.pieces)

    async def goodbye(self) -> None:
        return None


async def test_what_comes_within_the_grace_is_read_until_the_end_is_certain() -> None:
    states = {b"a": Closing.NOT_YET, b"b": Closing.LIKELY, b"c": Closing.LIKELY, b"d": Closing.CERTAIN, b"e": None}
    body, read = Body(*states), list[bytes]()
    async for piece in until_the_end(body, lambda: states[read[-1]] or Closing.NOT_YET, 1.0):
        read.append(piece)
    assert read == [b"a", b"b", b"c", b"d"]
    assert body.closed
