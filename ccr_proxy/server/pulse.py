"""Keeps clients alive whose provider is silent.

Claude Code drops a stream after 300 s without content events. One task per gateway looks at all open answers, so that
a request costs no timer of its own.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

# Twice within the client's limit, and late enough that an error of a slow provider still gets a real HTTP status.
SILENCE_SECONDS = 110.0
LOOK_EVERY_SECONDS = 5.0

_log = logging.getLogger("ccr_proxy")


class Silent(Protocol):
    """An answer that can be kept alive; `last_sent` is on the clock of the Pulse."""

    last_sent: float

    async def keep_alive(self) -> None: ...


class Pulse:
    """`clock` gives seconds, `sleep` waits for some; both are passed in by tests."""

    def __init__(
        self,
        clock: Callable[[], float] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._answers: set[Silent] = set()

    def now(self) -> float:
        return self._clock() if self._clock else asyncio.get_running_loop().time()

    @contextmanager
    def watching(self, answer: Silent | None) -> Iterator[None]:
        """Keep `answer` alive while the context is open; None needs no care."""
        if answer is None:
            yield
            return
        self._answers.add(answer)
        try:
            yield
        finally:
            self._answers.discard(answer)

    async def run(self) -> None:
        """Look after the open answers until cancelled."""
        while True:
            await self._sleep(LOOK_EVERY_SECONDS)
            await self.look()

    async def look(self) -> None:
        """Send a sign of life to every client that has heard nothing for SILENCE_SECONDS.

        A client that went away or does not read must not keep the others from theirs.
        """
        due = self.now() - SILENCE_SECONDS
        silent = [answer for answer in self._answers if answer.last_sent <= due]
        outcomes = await asyncio.gather(*map(_tell, silent), return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, Exception) and not isinstance(outcome, ConnectionError | TimeoutError):
                _log.error("a sign of life failed", exc_info=outcome)


async def _tell(answer: Silent) -> None:
    async with asyncio.timeout(LOOK_EVERY_SECONDS):
        await answer.keep_alive()
