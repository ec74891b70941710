"""Ends an answer whose provider has been silent for too long, with one timer however many pieces come."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import TracebackType


class SilenceWatch:
    """Calls `give_up` once `seconds` have passed between `waiting` and `heard`; None watches nothing.

    Only the time in which somebody waits for the provider counts: a client that reads slowly is not its silence.
    """

    def __init__(self, seconds: float | None, give_up: Callable[[], object]) -> None:
        self._seconds = seconds
        self._give_up = give_up
        self._loop = asyncio.get_running_loop()
        self._since: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.expired = False

    def __enter__(self) -> SilenceWatch:
        if self._seconds is not None:
            self._timer = self._loop.call_later(self._seconds, self._look)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def waiting(self) -> None:
        self._since = self._loop.time()

    def heard(self) -> None:
        self._since = None

    def _look(self) -> None:
        seconds = self._seconds or 0.0
        silent = 0.0 if self._since is None else self._loop.time() - self._since
        if silent < seconds:
            self._timer = self._loop.call_later(seconds - silent, self._look)
            return
        self.expired = True
        self._give_up()
