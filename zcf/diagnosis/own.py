"""zcf's own memory: receipts, profiles, and what a run that was killed left behind."""

from __future__ import annotations

from collections.abc import Iterator

from zcf.diagnosis.facts import Facts
from zcf.diagnosis.finding import Finding, Repair, finding


def memory(facts: Facts) -> Iterator[Finding]:
    """Files of zcf that cannot be read."""
    for path, fault in facts.own.unreadable:
        yield finding("receipt-unreadable", path=path, cause=fault, file=path)
    if facts.own.profiles_fault is not None:
        path, fault = facts.own.profiles_fault
        yield finding("profiles-unreadable", path=path, cause=fault, file=path)


def interrupted(facts: Facts) -> Iterator[Finding]:
    """A run that did not come to its end, or one that is under way now."""
    own = facts.own
    if own.lock_busy is not None:
        yield finding("lock-busy", path=own.lock_busy, file=own.lock_busy)
        return
    if own.half_applied is not None:
        yield finding("run-half-applied", number=own.half_applied)
    if own.leftovers:
        repair = Repair.REMOVE_LEFTOVERS if own.half_applied is None else None
        yield finding(
            "leftovers", path=own.leftovers[0], repair=repair, count=len(own.leftovers), file=own.leftovers[0]
        )
