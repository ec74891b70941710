"""The door of one provider: a bounded line in front of its limits, first come, first served.

The only file here that waits. Nobody overtakes: who arrives while others wait goes to the end, and only the head of
the line looks at the limits. A waiter who gives up or is cancelled leaves no trace, also when that happens in the same
moment as being let in.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from ccr_proxy.availability.limits import Entry, Limits, MinuteWindow


@dataclass
class Full(Exception):
    """No room in time. `seconds` is when there may be, as far as can be told."""

    seconds: float


@dataclass(slots=True, eq=False)
class _Waiter:
    tokens: int
    turn: asyncio.Event = field(default_factory=asyncio.Event)
    admitted: Entry | None = None


class Door:
    """`clock` gives seconds, `sleep` waits for some."""

    def __init__(self, limits: Limits, clock: Callable[[], float], sleep: Callable[[float], Awaitable[None]]) -> None:
        self._limits = limits
        self._clock = clock
        self._sleep = sleep
        self._window = MinuteWindow(limits)
        self._line: deque[_Waiter] = deque()
        self.inside = 0

    @property
    def waiting(self) -> int:
        """How many stand in line."""
        return len(self._line)

    @property
    def limits(self) -> Limits:
        return self._limits

    @limits.setter
    def limits(self, limits: Limits) -> None:
        """New limits count at once; who is inside stays inside."""
        self._limits = limits
        self._window.limits = limits
        self._admit()

    def used(self) -> tuple[int, int]:
        """Requests and tokens of the last minute."""
        return self._window.used(self._clock())

    async def enter(self, tokens: int, patience: float) -> Entry:
        """Wait for room, at most `patience` seconds. What comes back is to be given to `leave`. Raises Full."""
        if not self._line and self._wait(tokens) == 0:
            return self._let_in(tokens)
        if patience <= 0 or len(self._line) >= self._limits.queue:
            raise Full(self._expected_wait(tokens))
        waiter = _Waiter(tokens)
        self._line.append(waiter)
        try:
            return await self._stand_in_line(waiter, self._clock() + patience)
        except BaseException:
            # Cancelled, perhaps after the turn had come: the place goes to the next.
            if waiter.admitted is not None:
                self.leave(waiter.admitted)
            raise
        finally:
            if waiter in self._line:
                self._line.remove(waiter)
                self._call_head()

    def leave(self, entry: Entry, tokens: int | None = None) -> None:
        """Give back the place that `enter` gave. `tokens` is what the request really used, if known."""
        if tokens is not None:
            self._window.settle(entry, tokens, self._clock())
        self.inside -= 1
        self._admit()

    async def _stand_in_line(self, waiter: _Waiter, deadline: float) -> Entry:
        while True:
            remaining = deadline - self._clock()
            if remaining <= 0:
                raise Full(self._expected_wait(waiter.tokens))
            waiter.turn.clear()
            # Behind the head, and for a free place, somebody else calls; only the minute passes by itself.
            until_next = self._wait(waiter.tokens) if self._line[0] is waiter else math.inf
            await self._call_or_time(waiter, min(until_next, remaining))
            self._admit()
            if waiter.admitted is not None:
                return waiter.admitted

    async def _call_or_time(self, waiter: _Waiter, seconds: float) -> None:
        """Until the waiter is called, or so many seconds have passed."""
        called = asyncio.ensure_future(waiter.turn.wait())
        passed = asyncio.ensure_future(self._sleep(seconds))
        try:
            await asyncio.wait({called, passed}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            called.cancel()
            passed.cancel()

    def _admit(self) -> None:
        """Let in from the head of the line whoever has room now, and tell the next head that it is one."""
        while self._line and self._wait(self._line[0].tokens) == 0:
            waiter = self._line.popleft()
            waiter.admitted = self._let_in(waiter.tokens)
            waiter.turn.set()
        self._call_head()

    def _call_head(self) -> None:
        if self._line:
            self._line[0].turn.set()

    def _let_in(self, tokens: int) -> Entry:
        self.inside += 1
        return self._window.take(self._clock(), tokens)

    def _wait(self, tokens: int) -> float:
        """Seconds until there is room; infinite when that depends on somebody leaving."""
        if self._limits.concurrency is not None and self.inside >= self._limits.concurrency:
            return math.inf
        return self._window.wait(self._clock(), tokens)

    def _expected_wait(self, tokens: int) -> float:
        """When room is free again: known for the minute, and soon for a place."""
        return max(self._window.wait(self._clock(), tokens), 1.0)
