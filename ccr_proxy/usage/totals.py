"""Sums from the ledger between two times, grouped as asked. What it costs is computed here, from the tokens.

Reads the sums by quarter of an hour, so that millions of requests cost no more than the hours in which they came.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from enum import StrEnum

from ccr_proxy.protocols.usage import Usage
from ccr_proxy.usage.database import Connection
from ccr_proxy.usage.quarters import QUARTER_SECONDS
from ccr_proxy.usage.store import SUMS

# What tokens at a provider's model cost, in US dollars, where each prompt was longer than the last argument says; None
# when the price is not known. Signature: provider, model, tokens, one of quarters.PROMPT_STEPS or 0.
CostOfSum = Callable[[str, str, Usage, int], float | None]


class GroupBy(StrEnum):
    """What sums are kept apart by. A day is named 2026-11-25, an hour 2026-11-25T14:00, in the time zone that is asked
    for; a route that a rule decided is named `rule “name”`; what is not known is ""."""

    DAY = "day"
    HOUR = "hour"
    MODEL = "model"
    PROVIDER = "provider"
    ROUTE = "route"
    SESSION = "session"
    PROJECT = "project"


@dataclass(frozen=True, slots=True)
class Total:
    """The sums of one group. `group` has one text for each GroupBy, in the order asked for.

    `requests` counts at whoever was asked last; `failed` of the `attempts` gave no whole answer. `usage.reported` is
    False when a part of it is estimated. `cost` is in US dollars, of everything whose price is known, None when none
    is; `unpriced` names the "provider,model"s that took tokens at an unknown price.
    """

    group: tuple[str, ...]
    requests: int
    attempts: int
    failed: int
    usage: Usage
    cost: float | None
    unpriced: tuple[str, ...] = ()


# Claude Code writes a session's first line after its first request, whose project is known from later ones.
_PROJECT = """CASE WHEN project != '' OR session = '' THEN project
    ELSE (SELECT max(project) FROM quarters AS other WHERE other.session = quarters.session) END"""
_COLUMNS = {
    GroupBy.DAY: "quarter",
    GroupBy.HOUR: "quarter",
    GroupBy.MODEL: "model",
    GroupBy.PROVIDER: "provider",
    GroupBy.ROUTE: "CASE WHEN rule = '' THEN route ELSE 'rule “' || rule || '”' END",
    GroupBy.SESSION: "session",
    GroupBy.PROJECT: _PROJECT,
}
_TIME_FORMATS = {GroupBy.DAY: "%Y-%m-%d", GroupBy.HOUR: "%Y-%m-%dT%H:00"}


def totals(
    connection: Connection, by: Sequence[GroupBy], since: datetime, until: datetime, zone: tzinfo, cost_of: CostOfSum
) -> list[Total]:
    """The sums from `since` until before `until`, sorted by group; both times have a zone and count by the quarter of
    an hour in which they lie. Without `by` there is one group, when there is anything. Raises LedgerFault inside
    `database.reading`."""
    query = query_for(by)
    span = tuple(int(moment.timestamp()) // QUARTER_SECONDS * QUARTER_SECONDS for moment in (since, until))
    groups: dict[tuple[str, ...], Total] = {}
    for row in connection.execute(query, span):
        group = tuple(_name(each, value, zone) for each, value in zip(by, row, strict=False))
        part = _part(group, row[len(by) :], cost_of)
        groups[group] = _sum(groups[group], part) if group in groups else part
    return [_free_if_nothing_was_taken(groups[group]) for group in sorted(groups)]


def query_for(by: Sequence[GroupBy]) -> str:
    keys = ", ".join((*(_COLUMNS[each] for each in by), "provider", "model", "prompt_above", "reported"))
    places = ", ".join(str(place + 1) for place in range(len(by) + 4))
    sums = ", ".join(f"sum({name})" for name in SUMS)
    return (
        f"SELECT {keys}, {sums} FROM quarters "  # noqa: S608 - names are ours
        f"WHERE quarter >= ? AND quarter < ? GROUP BY {places}"
    )


def _name(by: GroupBy, value: int | str, zone: tzinfo) -> str:
    if by in _TIME_FORMATS:
        return datetime.fromtimestamp(int(value), zone).strftime(_TIME_FORMATS[by])
    return str(value)


def _part(group: tuple[str, ...], row: Sequence[str | int], cost_of: CostOfSum) -> Total:
    """One row: provider, model, prompt_above, reported, and the sums."""
    provider, model = str(row[0]), str(row[1])
    above, reported, requests, attempts, failed, *tokens = (int(value) for value in row[2:])
    usage = _usage(tokens, is_reported=bool(reported))
    cost = cost_of(provider, model, usage, above) if any(tokens) else None
    unpriced = (f"{provider},{model}",) if cost is None and any(tokens) else ()
    return Total(group, requests, attempts, failed, usage, cost, unpriced)


def _usage(tokens: Sequence[int], *, is_reported: bool) -> Usage:
    taken, output, cache_read, cache_write_5m, cache_write_1h, reasoning = tokens
    return Usage(taken, output, cache_read, cache_write_5m + cache_write_1h, reasoning, is_reported, cache_write_1h)


def _sum(one: Total, other: Total) -> Total:
    costs = [cost for cost in (one.cost, other.cost) if cost is not None]
    return replace(
        one,
        requests=one.requests + other.requests,
        attempts=one.attempts + other.attempts,
        failed=one.failed + other.failed,
        usage=one.usage + other.usage,
        cost=sum(costs) if costs else None,
        unpriced=tuple(sorted({*one.unpriced, *other.unpriced})),
    )


def _free_if_nothing_was_taken(total: Total) -> Total:
    return replace(total, cost=0.0) if total.cost is None and not total.unpriced else total
