"""The connection pool: connections are used again after a whole answer and dropped after a broken-off one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from ccr_proxy.errors import UpstreamFault
from ccr_proxy.upstream.connection import OutgoingRequest, Upstream, Waiting

PATIENT = Waiting(1.0, 1.0, 1.0)


class Server:
    """Counts connections; `/slow` answers its first byte and then nothing."""

    def __init__(self) -> None:
        self.peers: list[Any] = []
        self.gone = asyncio.Event()
        self.headers: dict[str, str] = {}

    async def handle(self, request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        self.peers.append(request.transport.get_extra_info("peername"))
        self.headers = dict(request.headers)
        if request.path == "/redirect":
            raise web.HTTPFound("http://elsewhere.invalid/")
        if request.path == "/cookie":
            return web.Response(text="x", headers={"set-cookie": "a=b"})
        if request.path != "/slow":
            return web.Response(text="whole")
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"first")
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.gone.set()
            raise
        return response


@pytest.fixture
async def server() -> AsyncIterator[tuple[Server, str]]:
    handler = Server()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler.handle)
    async with TestServer(app, handler_cancellation=True, shutdown_timeout=0.1) as running:
        yield handler, str(running.make_url("")).rstrip("/")


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    pool = Upstream()
    yield pool
    await pool.close()


def to(url: str, waiting: Waiting = PATIENT) -> OutgoingRequest:
    return OutgoingRequest("prov", "model", url, {}, b"{}", waiting)


async def test_a_connection_is_used_again(server: tuple[Server, str], upstream: Upstream) -> None:
    handler, url = server
    for _ in range(3):
        async with upstream.send(to(url + "/")) as answer:
            assert await answer.read() == b"whole"
    assert len(set(handler.peers)) == 1


async def test_leaving_early_stops_the_provider(server: tuple[Server, str], upstream: Upstream) -> None:
    handler, url = server
    async with upstream.send(to(url + "/slow")) as answer:
        async for chunk in answer.chunks():
            assert chunk == b"first"
            break
    async with asyncio.timeout(30):
        await handler.gone.wait()


async def test_silence_is_told_with_provider_and_seconds(server: tuple[Server, str], upstream: Upstream) -> None:
    _, url = server
    with pytest.raises(UpstreamFault, match=r"prov,model sent nothing for 0 s") as caught:
        async with upstream.send(to(url + "/slow", Waiting(30.0, 30.0, 0.05))) as answer:
            await answer.read()
    assert caught.value.status == 504


async def test_no_redirect_is_followed_and_no_cookie_kept(server: tuple[Server, str], upstream: Upstream) -> None:
    handler, url = server
    async with upstream.send(to(url + "/redirect")) as answer:
        assert answer.status == 302
        await answer.read()
    for _ in range(2):
        async with upstream.send(to(url + "/cookie")) as answer:
            await answer.read()
    assert "Cookie" not in handler.headers


@pytest.mark.parametrize("url", ["http://host name/", "http://127.0.0.1:1/", "http://"])
async def test_an_address_that_cannot_be_reached_is_a_fault(upstream: Upstream, url: str) -> None:
    with pytest.raises(UpstreamFault, match="could not be reached") as caught:
        async with upstream.send(to(url)):
            pass
    assert caught.value.status == 502


async def test_closing_an_unused_pool_is_harmless() -> None:
    await Upstream().close()
