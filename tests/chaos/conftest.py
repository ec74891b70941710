"""Every chaos test runs in a loop for which a busy machine is no stall, but for those that watch another process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from tests.chaos.patient_loop import PatientLoop


def pytest_asyncio_loop_factories(config: Any, item: Any) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The loop of these tests, by name. A hook of pytest-asyncio."""
    if item.path.name == "test_killed_gateway.py":
        return {"usual": asyncio.new_event_loop}
    return {"patient": PatientLoop}
