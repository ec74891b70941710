"""Reads a streamed answer until it is over, which is not always when its body ends.

Some providers keep the connection open after the last word. A client that waited for the end of the body would hang,
and the place at the provider would stay taken, until the idle time-out.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from ccr_proxy.protocols.answer import Closing
from ccr_proxy.upstream.connection import IncomingAnswer

# What may follow a stop reason, the usage and a goodbye, follows at once.
GRACE_SECONDS = 5.0


async def until_the_end(
    incoming: IncomingAnswer, closing: Callable[[], Closing], grace: float
) -> AsyncGenerator[bytes, None]:
    """The body in pieces as they arrive. `closing` is asked after each: it ends the reading when it is certain, and
    once it is likely when nothing more comes for `grace` seconds. Raises UpstreamFault as `chunks` does."""
    async with aclosing(incoming.chunks()) as chunks:
        async for chunk in chunks:
            yield chunk
            if closing() is not Closing.NOT_YET:
                break
        while closing() is Closing.LIKELY:
            try:
                async with asyncio.timeout(grace):
                    chunk = await anext(chunks, b"")
            except TimeoutError:
                return
            if not chunk:
                return
            yield chunk
