"""Several providers, alive for as long as a test needs them."""

from __future__ import annotations

from collections.abc import AsyncIterator
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
