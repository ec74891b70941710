"""Times of day: over midnight, on weekdays, in zones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from ccr_proxy.config.clock_time import parse_clock_time
from ccr_proxy.config.problems import Findings

# 2026-01-05 is a Monday.
DAY = {"mon": 5, "tue": 6, "fri": 9, "sat": 10, "sun": 11}


def at(day: str, clock: str, zone: timezone = UTC) -> datetime:
    hour, minute = clock.split(":")
    return datetime(2026, 1, DAY[day], int(hour), int(minute), tzinfo=zone)


NIGHT = {"from": "22:00", "to": "06:00", "days": "fri", "zone": "UTC"}
WORK = {"from": "9:00", "to": "17:30", "days": ["mon-thu", "Friday"], "zone": "+02:00"}


@pytest.mark.parametrize(
    ("name", "value", "now", "holds"),
    [
        ("at the start", "09:00-17:00", at("mon", "9:00"), True),
        ("at the end", "09:00-17:00", at("mon", "17:00"), False),
        ("before midnight", "22:00 – 06:00", at("mon", "23:59"), True),
        ("after midnight", "22:00-06:00", at("mon", "5:59"), True),
        ("in the morning", "22:00-06:00", at("mon", "6:00"), False),
        ("a whole day", "00:00-24:00", at("mon", "12:00"), True),
        ("days only", {"days": ["sat", "sun"]}, at("sun", "12:00"), True),
        ("other days", {"days": ["sat", "sun"]}, at("mon", "12:00"), False),
        ("over the week's end", {"days": "sat-mon"}, at("mon", "12:00"), True),
        ("not in it", {"days": "sat-mon"}, at("tue", "12:00"), False),
        ("the night of Friday", NIGHT, at("fri", "23:00"), True),
        ("is Saturday's morning", NIGHT, at("sat", "3:00"), True),
        ("not Friday's", NIGHT, at("fri", "3:00"), False),
        ("by the zone's clock", WORK, at("mon", "7:00"), True),
        ("not by another's", WORK, at("mon", "16:00"), False),
        ("by the name of a zone", {"from": "09:00", "zone": "Asia/Tokyo"}, at("mon", "0:30"), True),
        ("else by the clock handed in", "09:00-10:00", at("mon", "9:30", timezone(timedelta(hours=-5))), True),
        ("called local", {"from": "09:00", "to": "10:00", "zone": "local"}, at("mon", "9:30"), True),
    ],
)
def test_when_it_holds(name: str, value: Any, now: datetime, holds: bool) -> None:
    findings = Findings()
    span = parse_clock_time(value, ("time",), findings)
    assert findings.found == []
    assert span is not None
    assert span.holds(now) is holds, name


def test_it_prints_as_people_write_it() -> None:
    span = parse_clock_time(WORK, (), Findings())
    assert str(span) == "09:00-17:30 mon,tue,wed,thu,fri UTC+02:00"


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        (5, 'time must be "22:00-06:00" or {"from": "22:00", "to": "06:00", "days": [...], "zone": "..."}'),
        ("at night", 'time must be "22:00-06:00" or {"from": "22:00", "to": "06:00", "days": [...], "zone": "..."}'),
        ({"from": "25:00"}, 'time.from must be a time from "00:00" to "24:00"'),
        ({"to": "24:30"}, 'time.to must be a time from "00:00" to "24:00"'),
        ({"from": 9}, 'time.from must be a time from "00:00" to "24:00"'),
        ({"days": ["mon", "moon-fri"]}, 'time.days holds "moon-fri"; days are'),
        ({"days": ["xyz"]}, 'time.days holds "xyz"; days are'),
        ({"zone": "Mars/Olympus"}, 'time.zone "Mars/Olympus" is not a time zone that this machine knows'),
        ({"zone": "../etc"}, 'time.zone "../etc" is not a time zone that this machine knows'),
        ({"until": "10:00"}, "time.until is not known here"),
    ],
)
def test_every_fault_is_told(value: Any, fault: str) -> None:
    findings = Findings()
    assert parse_clock_time(value, ("time",), findings) is None
    assert [finding.message.startswith(fault) for finding in findings.found] == [True], findings.found
