"""A provider on a real local socket, for the tests of the server."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.ccr_proxy.server.lab import Provider, running_provider


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    async with running_provider() as running:
        yield running


@pytest.fixture
async def other_provider() -> AsyncIterator[Provider]:
    async with running_provider() as running:
        yield running
