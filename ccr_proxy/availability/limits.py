"""Requests and tokens per minute, counted exactly over the last sixty seconds.

A bucket that refills would let twice the limit through within one minute, and providers count that minute.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

WINDOW_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What a provider may be asked for at a time; None is no limit. Times are in seconds.

    `queue`: how many may wait in line. `wait`: how long, when there is nobody else to ask; `wait_before_moving`: how
    long, when there is.
    """

    concurrency: int | None = None
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    queue: int = 100
    wait: float = 60.0
    wait_before_moving: float = 2.0

    @property
    def any(self) -> bool:
        """Whether there is anything to keep to."""
        return not (self.concurrency is self.requests_per_minute is self.tokens_per_minute is None)


@dataclass(slots=True)
class Entry:
    """One request that was let through; its tokens are an estimate until `settle`. `counted`: limits were set then."""

    at: float
    tokens: int
    counted: bool = False


@dataclass(slots=True)
class MinuteWindow:
    """What was let through during the last minute. Times are seconds on one clock."""

    limits: Limits
    _entries: deque[Entry] = field(default_factory=deque)
    _tokens: int = 0

    def wait(self, now: float, tokens: int) -> float:
        """Seconds until a request of so many tokens fits; 0 when it does now.

        A request larger than the whole limit fits into an empty minute: nothing would ever let it through otherwise.
        """
        self._forget(now)
        excess_requests = _excess(len(self._entries) + 1, self.limits.requests_per_minute)
        excess_tokens = _excess(self._tokens + tokens, self.limits.tokens_per_minute)
        free_at = now
        for entry in self._entries:
            if excess_requests <= 0 and excess_tokens <= 0:
                break
            excess_requests -= 1
            excess_tokens -= entry.tokens
            free_at = entry.at + WINDOW_SECONDS
        return max(free_at - now, 0.0)

    def take(self, now: float, tokens: int) -> Entry:
        """Count a request that is let through."""
        self._forget(now)
        limits = self.limits
        entry = Entry(now, tokens, not (limits.requests_per_minute is limits.tokens_per_minute is None))
        if entry.counted:
            self._entries.append(entry)
            self._tokens += tokens
        return entry

    def settle(self, entry: Entry, tokens: int, now: float) -> None:
        """Replace the estimate of a request by what it really used."""
        self._forget(now)
        if entry.counted and entry.at + WINDOW_SECONDS > now:
            self._tokens += tokens - entry.tokens
            entry.tokens = tokens

    def used(self, now: float) -> tuple[int, int]:
        """Requests and tokens of the last minute."""
        self._forget(now)
        return len(self._entries), self._tokens

    def _forget(self, now: float) -> None:
        while self._entries and self._entries[0].at + WINDOW_SECONDS <= now:
            self._tokens -= self._entries.popleft().tokens


def _excess(wanted: int, limit: int | None) -> int:
    return 0 if limit is None else wanted - limit
