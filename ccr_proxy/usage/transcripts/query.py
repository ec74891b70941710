"""From the sums of files to the lines of a report."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from ccr_proxy.usage.transcripts.blocks import Block, blocks_of
from ccr_proxy.usage.transcripts.files import Transcript
from ccr_proxy.usage.transcripts.periods import FOREVER, Calendar, Period
from ccr_proxy.usage.transcripts.sums import Cut, Series
from ccr_proxy.usage.transcripts.totals import CostOf, Totals

Name = TypeVar("Name", bound=Hashable)
Source = tuple[Transcript, Sequence[Series]]


@dataclass(frozen=True, slots=True)
class Days:
    """From `since` to `until`, both included; None is without end."""

    calendar: Calendar
    since: date | None = None
    until: date | None = None

    @property
    def quarters(self) -> tuple[int, int]:
        """The first quarter of an hour of these days, and the first after them."""
        first = self.calendar.quarter(self.since) if self.since else 0
        return first, self.calendar.quarter(self.until + timedelta(days=1)) if self.until else FOREVER


def by_period(sources: Iterable[Source], days: Days, period: Period, cost_of: CostOf) -> dict[str, Totals]:
    """A line for each day, week or month in which something was used, in the order of time."""

    def cut(quarter: int) -> tuple[str, int]:
        return days.calendar.cut(quarter, period)

    lines = _grouped(sources, days, lambda _: cut, cost_of)
    return dict(sorted(lines.items()))


def by_project_and_period(
    sources: Sequence[Source], days: Days, period: Period, cost_of: CostOf
) -> dict[str, dict[str, Totals]]:
    """The same for each project by itself, in the order of their names."""
    projects: dict[str, list[Source]] = {}
    for source in sources:
        projects.setdefault(source[0].project, []).append(source)
    lines = {name: by_period(projects[name], days, period, cost_of) for name in sorted(projects)}
    return {name: periods for name, periods in lines.items() if periods}


def by_session(sources: Iterable[Source], days: Days, cost_of: CostOf) -> dict[tuple[str, ...], Totals]:
    """A line for each project and session, the one used last at the end."""

    def cut_of(file: Transcript) -> Cut[tuple[str, ...]]:
        return _whole((file.project, file.session))

    return _by_last_use(_grouped(sources, days, cut_of, cost_of))


def by_project(sources: Iterable[Source], days: Days, cost_of: CostOf) -> dict[str, Totals]:
    """A line for each project, the one used last at the end."""
    return _by_last_use(_grouped(sources, days, lambda file: _whole(file.project), cost_of))


def blocks(sources: Iterable[Source], days: Days, hours: float, cost_of: CostOf) -> list[Block]:
    """The windows and pauses that begin on one of the days."""
    found = blocks_of((series for _, each in sources for series in each), cost_of, hours)
    first, last = days.since or date.min, days.until or date.max
    return [block for block in found if first <= days.calendar.day(block.start) <= last]


def _whole(name: Name) -> Cut[Name]:
    return lambda _: (name, FOREVER)


def _grouped(
    sources: Iterable[Source], days: Days, cut_of: Callable[[Transcript], Cut[Name]], cost_of: CostOf
) -> dict[Name, Totals]:
    lines: dict[Name, Totals] = {}
    quarters = days.quarters
    for transcript, all_series in sources:
        cut = cut_of(transcript)
        for series in all_series:
            for name, sums in series.cut(cut, *quarters):
                lines.setdefault(name, Totals()).add(sums, cost_of(sums))
    return lines


def _by_last_use(lines: dict[Name, Totals]) -> dict[Name, Totals]:
    return dict(sorted(lines.items(), key=lambda line: line[1].tokens.last))
