"""An answer on its way to a streaming client, and the commit point.

Until real content has gone out, nothing is committed: a failure is raised and may still become an HTTP error or move
to another target. From then on a failure becomes an `error` event. That line is `_open`, and nowhere else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Protocol

from aiohttp import web

from ccr_proxy.errors import UpstreamFault
from ccr_proxy.protocols.usage import Usage
from ccr_proxy.server.pulse import Pulse
from ccr_proxy.upstream.connection import IncomingAnswer


class Answer(Protocol):
    """A decoded answer: provider bytes in, client bytes out."""

    @property
    def has_content(self) -> bool: ...
    @property
    def finished(self) -> bool: ...
    @property
    def failure(self) -> UpstreamFault | None: ...
    def feed(self, chunk: bytes) -> None: ...
    def end(self) -> None: ...
    def take(self) -> bytes: ...
    def broke_off(self, fault: UpstreamFault) -> None: ...
    def keep_alive(self) -> None: ...
    def final_usage(self) -> Usage: ...


class LiveAnswer:
    """Relays one answer. Made per attempt; `last_sent` is on the clock of the Pulse."""

    def __init__(self, request: web.Request, headers: Mapping[str, str], answer: Answer, pulse: Pulse) -> None:
        self._request = request
        self._headers = headers
        self._answer = answer
        self._pulse = pulse
        self._response: web.StreamResponse | None = None
        self._opening = asyncio.Lock()
        self.last_sent = pulse.now()

    async def relay(self, incoming: IncomingAnswer) -> web.StreamResponse:
        """Send the whole answer. Raises UpstreamFault when it fails before anything was committed."""
        answer = self._answer
        with self._pulse.watching(self):
            try:
                async for chunk in incoming.chunks():
                    answer.feed(chunk)
                    if self._response is None:
                        if not answer.has_content or answer.failure is not None:
                            continue
                        await self._open()
                    await self._send()
                    if answer.finished:
                        break
            except UpstreamFault as fault:
                answer.broke_off(fault)
            answer.end()
        if answer.failure is not None and self._response is None:
            raise answer.failure
        response = await self._open()
        await self._send()
        await response.write_eof()
        return response

    async def keep_alive(self) -> None:
        """Tell the client that something is still coming."""
        self._answer.keep_alive()
        await self._open()
        await self._send()

    async def _send(self) -> None:
        """Hand what is ready to the connection in one piece; nothing can come between `take` and the hand-over."""
        data = self._answer.take()
        if data and self._response is not None:
            self.last_sent = self._pulse.now()
            await self._response.write(data)

    async def _open(self) -> web.StreamResponse:
        # The answer and a sign of life may both be the first to send.
        async with self._opening:
            if self._response is None:
                response = web.StreamResponse(headers=self._headers)
                response.content_type = "text/event-stream"
                response.headers["cache-control"] = "no-cache"
                await response.prepare(self._request)
                self._response = response
        return self._response
