"""Which of the errors of all attempts the client gets.

The one that lets it do the right thing, in this order:

1. the request is at fault or too long: changing or compacting it heals it everywhere;
2. something passes soon: the client repeats by itself. The clearest reason first, then the shortest wait;
3. something passes later than the client would wait (it gives up at once when Retry-After exceeds about a minute);
4. nothing passes by itself: a key, a credit, a model. A person must act, and on the target that comes first.

Among equals the first that was tried, because it is the one that was meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ccr_proxy.availability.failures import Failure
from ccr_proxy.errors import GatewayError

# Seen with Claude Code 2.1.197: it waits out a Retry-After of 60 s and shows the error of one of 300 s at once.
CLIENT_WAITS_SECONDS = 60.0

_HEALED_BY_THE_CLIENT = (Failure.REQUEST, Failure.TOO_LONG)
_PASSING = (
    Failure.RATE_LIMITED, Failure.OVERLOADED, Failure.SERVER_ERROR, Failure.TRANSIENT, Failure.FIRST_BYTE_TIMEOUT,
    Failure.IDLE_TIMEOUT, Failure.BROKEN_OFF, Failure.EMPTY, Failure.GARBLED, Failure.UNREACHABLE,
    Failure.CONNECT_TIMEOUT, Failure.BUSY, Failure.OVER_BUDGET,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Failed:
    """A failed attempt: its kind, its error as it would reach the client, and seconds of Retry-After if any."""

    failure: Failure
    fault: GatewayError
    retry_after: float | None = None


def most_useful(failed: Sequence[Failed]) -> Failed:
    """The failure to tell. Raises ValueError when there is none."""
    return min(failed, key=_rank)


def _rank(failed: Failed) -> tuple[float, ...]:
    wait = failed.retry_after or 0.0
    if failed.failure in _HEALED_BY_THE_CLIENT:
        return (1,)
    if failed.failure not in _PASSING:
        return (4,)
    return (2 if wait <= CLIENT_WAITS_SECONDS else 3, _PASSING.index(failed.failure), wait)
