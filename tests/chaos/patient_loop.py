"""An event loop whose clock stands still while the machine gives it no processor.

Providers, gateway and clients of these tests live in one loop, so a time-out is true only when nobody has anything to
do until it. The clock of this loop goes on by what it waited while nothing happened. For a turn in which something
happened it goes on by little, however long that turn took: a busy machine never looks like a provider that stalls.
"""

from __future__ import annotations

import asyncio
import selectors
import time

SECONDS_PER_BUSY_TURN = 0.001


class PatientSelector(selectors.DefaultSelector):
    """Counts the seconds that pass in its waits."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 0.0
        self._turn_began = time.monotonic()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """As every selector; what is ready now is found before time passes."""
        ready = super().select(0) or ([] if timeout == 0 else super().select(timeout))
        now = time.monotonic()
        took, self._turn_began = now - self._turn_began, now
        waited_in_vain = timeout is not None and timeout > 0 and not ready
        self.seconds += timeout if waited_in_vain and timeout else min(took, SECONDS_PER_BUSY_TURN)
        return ready


class PatientLoop(asyncio.SelectorEventLoop):
    """A loop for code that speaks only with itself, over sockets."""

    def __init__(self) -> None:
        self._waits = PatientSelector()
        super().__init__(self._waits)

    def time(self) -> float:
        """Seconds since the loop was made, in its own time."""
        return self._waits.seconds
