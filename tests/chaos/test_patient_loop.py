"""The clock of the chaos tests: lost processor time is no silence, and silence still is."""

from __future__ import annotations

import asyncio
import socket
import time

import pytest


async def test_what_is_there_after_a_long_absence_of_the_machine_is_in_time() -> None:
    left, right = socket.socketpair()
    with left, right:
        right.setblocking(False)
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(0.05):
            for _ in range(3):
                left.send(b"x")
                loop.call_soon(time.sleep, 0.1)
                assert await loop.sock_recv(right, 1) == b"x"


async def test_silence_runs_into_its_time_limit() -> None:
    left, right = socket.socketpair()
    with left, right:
        right.setblocking(False)
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await asyncio.get_running_loop().sock_recv(right, 1)
        assert time.monotonic() - began >= 0.05
