"""Days, weeks and months of a time zone, cut out of quarters of an hour."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum

from ccr_proxy.usage.quarters import QUARTER_SECONDS

SUNDAY = 6
# Beyond every quarter that may come.
FOREVER = 1 << 62


class Period(StrEnum):
    """What a report's lines are."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Calendar:
    """The days of a time zone, None for the computer's own. `first_weekday` begins a week; Monday is 0."""

    def __init__(self, zone: tzinfo | None, first_weekday: int = SUNDAY) -> None:
        self._zone = zone
        self._first_weekday = first_weekday

    def day(self, at: int) -> date:
        """The day of a Unix time in milliseconds."""
        return datetime.fromtimestamp(at / 1_000, UTC).astimezone(self._zone).date()

    def time(self, at: int) -> datetime:
        """A Unix time in milliseconds as a clock there shows it."""
        return datetime.fromtimestamp(at / 1_000, UTC).astimezone(self._zone)

    def quarter(self, day: date) -> int:
        """The quarter of an hour, counted since 1970, with which a day begins."""
        midnight = datetime(day.year, day.month, day.day, tzinfo=self._zone)
        return round(midnight.timestamp()) // QUARTER_SECONDS

    def start(self, day: date, period: Period) -> date:
        """The first day of the period in which a day lies."""
        if period is Period.WEEK:
            return day - timedelta(days=(day.weekday() - self._first_weekday) % 7)
        return day.replace(day=1) if period is Period.MONTH else day

    def after(self, day: date, period: Period) -> date:
        """The first day of the next period."""
        longest = {Period.DAY: 1, Period.WEEK: 7, Period.MONTH: 31}[period]
        return self.start(self.start(day, period) + timedelta(days=longest), period)

    def cut(self, quarter: int, period: Period) -> tuple[str, int]:
        """The name of the period in which a quarter lies, and the first quarter after it."""
        day = self.day(quarter * QUARTER_SECONDS * 1_000)
        return label(self.start(day, period), period), self.quarter(self.after(day, period))


def label(first_day: date, period: Period) -> str:
    """How ccusage names a period: `2026-11-25`, the first day of its week, `2026-11`."""
    return first_day.isoformat()[:7] if period is Period.MONTH else first_day.isoformat()
