"""The official OpenAI client in front of a local server that answers with given bytes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from openai import AsyncOpenAI


@asynccontextmanager
async def client_of(answer: bytes | dict[str, Any], status: int = 200) -> AsyncIterator[AsyncOpenAI]:
    """A client whose every request is answered with `answer`: bytes as an event stream, a dict as JSON."""

    async def handle(request: web.Request) -> web.Response:
        await request.read()
        if isinstance(answer, bytes):
            return web.Response(body=answer, content_type="text/event-stream")
        return web.Response(body=json.dumps(answer), status=status, content_type="application/json")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    async with TestServer(app) as server:
        client = AsyncOpenAI(api_key="k", base_url=str(server.make_url("/v1")), max_retries=0)
        try:
            yield client
        finally:
            await client.close()
