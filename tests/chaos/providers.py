"""Several providers, alive for as long as a test needs them, and waiting for what they do."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from tests.chaos.provider import ChaosProvider


@asynccontextmanager
async def alive(*providers: ChaosProvider) -> AsyncIterator[dict[str, ChaosProvider]]:
    """Start them; they are dead afterwards, whatever happened to them meanwhile."""
    try:
        for provider in providers:
            await provider.start()
        yield {provider.name: provider for provider in providers}
    finally:
        for provider in providers:
            await provider.die()
        gc.collect()  # what is wrong with their remains belongs to this test, not to a later one


async def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until it holds. Raises TimeoutError when it does not in time."""
    async with asyncio.timeout(seconds):
        # What is waited for happens on the other side of a socket, where nobody can set an event.
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
