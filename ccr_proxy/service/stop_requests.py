"""How a gateway is asked to stop: by signal, and by a file where signals do not reach (Windows).

The first request lets running answers finish, the second ends at once. On Windows a detached process shares no console
with the one that wants to stop it, so no Ctrl-Break reaches it, and `os.kill` would end it without warning.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from ccr_proxy.config import paths
from ccr_proxy.service.private_file import write_private

WATCH_SECONDS = 0.5


class StopRequests:
    """Counts requests to stop; `first` asks for a gentle end, `second` for an end at once."""

    def __init__(self) -> None:
        self.first = asyncio.Event()
        self.second = asyncio.Event()

    def add(self) -> None:
        """Note one more request."""
        (self.second if self.first.is_set() else self.first).set()


def listen_to_signals(requests: StopRequests, loop: asyncio.AbstractEventLoop) -> None:
    """Let the signals that end a program count as requests to stop. Call in the main thread."""
    if sys.platform == "win32":
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGBREAK):
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(requests.add))
        return
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # A program under nohup has SIGHUP ignored on purpose.
        if signal.getsignal(number) is not signal.SIG_IGN:
            loop.add_signal_handler(number, requests.add)


def stop_file() -> Path:
    """The file that asks the instance named in it to stop."""
    return paths.state_path().with_name("gateway.stop")


def ask_by_file(instance: str) -> None:
    """Ask the gateway with this instance id to stop. Raises OSError."""
    write_private(stop_file(), instance)


async def watch_stop_file(
    requests: StopRequests, instance: str, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
) -> None:
    """Wait until a file asks `instance` to stop, remove the file and note the request. Never ends otherwise."""
    while _asked(stop_file()) != instance:
        await sleep(WATCH_SECONDS)
    stop_file().unlink(missing_ok=True)
    requests.add()


def signals_reach_other_processes() -> bool:
    """False on Windows, where the stop file takes the place of SIGTERM."""
    return os.name == "posix"


def _asked(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return None
