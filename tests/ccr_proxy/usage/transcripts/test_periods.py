"""Days of a time zone out of quarters of an hour: the days that clocks show there, also where clocks are changed."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.usage.transcripts.periods import Calendar, Period, label

# Half and quarter hours, a day that was left out (Samoa), clocks changed at midnight (Beirut, Havana, Santiago).
ZONES = (
    "UTC Europe/Berlin Asia/Kathmandu America/St_Johns Australia/Lord_Howe Pacific/Apia Asia/Beirut America/Havana "
    "America/Santiago"
).split()
QUARTER = 900


@given(zone=st.sampled_from(ZONES), quarter=st.integers(1_000_000, 2_300_000), period=st.sampled_from(Period))
def test_a_period_is_cut_where_its_name_changes(zone: str, quarter: int, period: Period) -> None:
    calendar = Calendar(ZoneInfo(zone))

    def name(at: int) -> str:
        day = datetime.fromtimestamp(at * QUARTER, UTC).astimezone(ZoneInfo(zone)).date()
        return label(calendar.start(day, period), period)

    found, after = calendar.cut(quarter, period)
    assert found == name(quarter) == name(after - 1)
    assert name(after) > found


@pytest.mark.parametrize(("first_weekday", "week"), [(6, "2026-11-22"), (0, "2026-11-23"), (2, "2026-11-25")])
def test_weeks_begin_with_any_weekday(first_weekday: int, week: str) -> None:
    wednesday = int(datetime(2026, 11, 25, 12, tzinfo=UTC).timestamp()) // QUARTER
    assert Calendar(UTC, first_weekday).cut(wednesday, Period.WEEK)[0] == week
