"""Complaints that would come with every request are made once a minute."""

from __future__ import annotations

import time
from collections.abc import Callable

EVERY_SECONDS = 60.0


class Complaints:
    """What was complained about during the last minute. `clock` gives seconds and never goes back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._made: dict[str, float] = {}

    def is_due(self, message: str) -> bool:
        """Whether a message is to be logged now; if so it counts as made."""
        now = self._clock()
        self._made = {text: at for text, at in self._made.items() if now - at < EVERY_SECONDS}
        if message in self._made:
            return False
        self._made[message] = now
        return True
