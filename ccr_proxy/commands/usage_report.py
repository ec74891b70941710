"""The lines of a report as asked for, and its JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ccr_proxy.commands.usage_options import PERIODS, Asked
from ccr_proxy.json_codec import JsonObject
from ccr_proxy.usage.transcripts import ccusage_json, query
from ccr_proxy.usage.transcripts.blocks import Block
from ccr_proxy.usage.transcripts.periods import Calendar, Period
from ccr_proxy.usage.transcripts.query import Days, Source
from ccr_proxy.usage.transcripts.totals import CostOf, Totals, total_of

_PERIODS = dict(zip(PERIODS, Period, strict=True))
_RECENT_DAYS = 3


@dataclass(frozen=True, slots=True)
class Line:
    """A line's names (of a session also its project's, of a period with --instances too) and its sums."""

    names: tuple[str, ...]
    totals: Totals


def days_asked(asked: Asked, calendar: Calendar, today: date) -> Days:
    """The days that count. `--last N` of a report by period are whole periods, this one included."""
    period = _PERIODS.get(asked.report)
    since = asked.since
    if asked.last is not None and period is not None:
        first = calendar.start(today, period)
        for _ in range(asked.last - 1):
            first = calendar.start(first - timedelta(days=1), period)
        since = max(first, since or first)
    return Days(calendar, since, asked.until)


def lines_of(asked: Asked, sources: Sequence[Source], days: Days, cost_of: CostOf) -> list[Line]:
    """The lines of every report but blocks."""
    if asked.report == "models":
        return _models(query.by_project(sources, days, cost_of))
    lines = [Line(names, totals) for names, totals in _named(asked, sources, days, cost_of).items()]
    if asked.report == "session" and asked.last is not None:
        lines = lines[-asked.last :]
    return lines[::-1] if asked.latest_first else lines


def _named(asked: Asked, sources: Sequence[Source], days: Days, cost_of: CostOf) -> dict[tuple[str, ...], Totals]:
    if asked.report == "session":
        return query.by_session(sources, days, cost_of)
    if asked.report == "projects":
        return {(name,): totals for name, totals in query.by_project(sources, days, cost_of).items()}
    period = _PERIODS[asked.report]
    if not asked.instances:
        return {(name,): totals for name, totals in query.by_period(sources, days, period, cost_of).items()}
    projects = query.by_project_and_period(sources, days, period, cost_of)
    return {(project, name): totals for project, lines in projects.items() for name, totals in lines.items()}


def _models(projects: dict[str, Totals]) -> list[Line]:
    total = total_of(projects.values())
    return [Line((name,), Totals(replace(tokens), {name: tokens})) for name, tokens in total.costliest]


def blocks_asked(
    asked: Asked, sources: Sequence[Source], days: Days, cost_of: CostOf, now: int
) -> tuple[list[Block], int | None]:
    """The blocks, and the limit of tokens; `max` is the most of any block that is over."""
    found = query.blocks(sources, days, asked.session_length, cost_of)
    limit = asked.token_limit
    if limit == 0:
        limit = max((block.totals.tokens.total for block in found if not block.is_active(now)), default=0) or None
    if asked.recent:
        first = days.calendar.day(now) - timedelta(days=_RECENT_DAYS)
        found = [block for block in found if days.calendar.day(block.start) >= first or block.is_active(now)]
    if asked.active:
        found = [block for block in found if block.is_active(now)]
    if asked.last is not None:
        found = found[-asked.last :]
    return found[::-1] if asked.latest_first else found, limit


def report_json(asked: Asked, lines: Sequence[Line]) -> JsonObject:
    """The JSON of every report but blocks, in ccusage's shape where it has such a report."""
    total = total_of(line.totals for line in lines)
    if asked.report == "session":
        return ccusage_json.session_json({line.names: line.totals for line in lines}, total)
    if asked.report == "models":
        return ccusage_json.models_json(total)
    if asked.report == "projects":
        return ccusage_json.projects_json({line.names[0]: line.totals for line in lines}, total)
    if not asked.instances:
        return ccusage_json.period_json(asked.report, {line.names[0]: line.totals for line in lines}, total)
    projects: dict[str, dict[str, Totals]] = {}
    for line in lines:
        projects.setdefault(line.names[0], {})[line.names[1]] = line.totals
    return ccusage_json.project_periods_json(asked.report, projects, total)
