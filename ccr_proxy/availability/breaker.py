"""The state of one circuit, as values and pure functions.

    closed      everything passes; failures in a row are counted
    open        nobody passes until `open_until`; parked circuits never end by themselves
    half open   the time is over: exactly one live request may pass, and its end decides

A success closes. A failed live request opens again, for twice as long. All times are seconds on one clock that never
goes back. A circuit without a state (None) is closed and has no failures.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum

from ccr_proxy.availability.failures import TABLE, Cooling, Failure, Length, Opening

# 2**40 base cool-downs exceed any configured maximum; a larger exponent would only overflow.
_MOST_DOUBLINGS = 40


class Phase(StrEnum):
    """What a circuit lets through now. PROBING is half open with its one live request under way."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half open"
    PROBING = "probing"


@dataclass(frozen=True, slots=True)
class CoolDowns:
    """How long circuits stay open, in seconds.

    `failures_to_open`: for failures that do not open at once. `first` doubles up to `longest`. `longest_asked` caps
    what a provider asks for by Retry-After: a wrong date must not take it away for a week. `no_credit` is Length.LONG.
    """

    failures_to_open: int = 3
    first: float = 10.0
    longest: float = 300.0
    longest_asked: float = 3600.0
    no_credit: float = 3600.0


@dataclass(frozen=True, slots=True)
class CircuitState:
    """`failures` in a row; `openings` in a row; `opened_at` and `open_until` while not closed; `probe` numbers the live
    request under way, 0 is none; then the last failure."""

    failures: int = 0
    openings: int = 0
    opened_at: float | None = None
    open_until: float | None = None
    probe: int = 0
    failure: Failure | None = None
    status: int = 0
    message: str = ""


@dataclass(frozen=True, slots=True)
class Happened:
    """A failure as a circuit sees it: on an attempt begun at `began`, as that circuit's live request or not."""

    failure: Failure
    status: int
    message: str
    began: float
    as_probe: bool = False
    retry_after: float | None = None


def phase_of(state: CircuitState | None, now: float) -> Phase:
    """What the circuit lets through at `now`."""
    if state is None or state.open_until is None:
        return Phase.CLOSED
    if state.probe:
        return Phase.PROBING
    return Phase.OPEN if now < state.open_until else Phase.HALF_OPEN


def claimed(state: CircuitState, probe: int) -> CircuitState:
    """The half-open circuit with its live request, number `probe` from 1, under way. Raises ValueError when it has one
    already."""
    if state.probe:
        raise ValueError("a half-open circuit lets one live request pass, not two")
    return replace(state, probe=probe)


def released(state: CircuitState) -> CircuitState:
    """The circuit after a live request that ended without a result: the next request may try."""
    return replace(state, probe=0)


def after_success(state: CircuitState, began: float, *, as_probe: bool) -> CircuitState | None:
    """The circuit after a success of an attempt begun at `began`; None is closed and as new.

    An answer to a request that was under way before the circuit opened says nothing about what opened it.
    """
    if as_probe or state.opened_at is None or began >= state.opened_at:
        return None
    return state


def after_failure(state: CircuitState | None, what: Happened, now: float, cool_downs: CoolDowns) -> CircuitState:
    """The circuit after a failure that counts for it (the rule of the failure must have `cools`)."""
    cooling = TABLE[what.failure].cools
    if cooling is None:
        raise ValueError(f"{what.failure} does not cool anything")
    before = state or CircuitState()
    if phase_of(before, now) is not Phase.CLOSED and not what.as_probe:
        return _still_open(before, what, now, cool_downs)
    counted = replace(
        before,
        failures=before.failures + 1,
        probe=0,
        failure=what.failure,
        status=what.status,
        message=what.message[:200],
    )
    at_once = cooling.opening is Opening.AT_ONCE or what.as_probe or what.retry_after is not None
    if not at_once and counted.failures < cool_downs.failures_to_open:
        return counted
    until = now + _cool_down(cooling, what.retry_after, before.openings, cool_downs)
    return replace(counted, openings=before.openings + 1, opened_at=now, open_until=until)


def _still_open(before: CircuitState, what: Happened, now: float, cool_downs: CoolDowns) -> CircuitState:
    """Others that fail meanwhile were sent earlier or had nowhere else to go: they do not add up. Only what the
    provider says itself may move the end."""
    if what.retry_after is None or before.open_until is None or math.isinf(before.open_until):
        return before
    asked = now + min(what.retry_after, cool_downs.longest_asked)
    return replace(before, open_until=max(before.open_until, asked))


def _cool_down(cooling: Cooling, retry_after: float | None, openings: int, cool_downs: CoolDowns) -> float:
    if cooling.length is Length.PARKED:
        return math.inf
    if retry_after is not None:
        return min(retry_after, cool_downs.longest_asked)
    if cooling.length is Length.LONG:
        return cool_downs.no_credit
    doubled: float = cool_downs.first * 2.0 ** min(openings, _MOST_DOUBLINGS)
    return min(doubled, cool_downs.longest)
