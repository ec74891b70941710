"""Times of day with weekdays and a zone: `"22:00-06:00"`, or an object with `from`, `to`, `days`, `zone`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ccr_proxy.config import values
from ccr_proxy.config.json_path import JsonPath
from ccr_proxy.config.problems import Findings

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_TIME = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")
_SPAN = re.compile(rf"\s*({_TIME.pattern})\s*[-–]\s*({_TIME.pattern})\s*")
_OFFSET = re.compile(r"([+-])(\d{1,2}):?(\d{2})?")


@dataclass(frozen=True, slots=True)
class ClockTime:
    """From `start` up to, but not including, `end`, on `days` (Monday is 0).

    Where `end` is not later than `start` the span runs over midnight and belongs to the day on which it began; equal
    times are a whole day. `zone` None is the zone of the clock that asks.
    """

    start: time
    end: time
    days: frozenset[int]
    zone: tzinfo | None

    def holds(self, now: datetime) -> bool:
        """Whether `now` (with a zone) lies within."""
        local = now.astimezone(self.zone) if self.zone else now
        clock = local.time().replace(tzinfo=None)
        if self.start < self.end:
            return self.start <= clock < self.end and local.weekday() in self.days
        if clock >= self.start:
            return local.weekday() in self.days
        return clock < self.end and (local - timedelta(days=1)).weekday() in self.days

    def __str__(self) -> str:
        days = "" if len(self.days) == len(DAYS) else " " + ",".join(DAYS[day] for day in sorted(self.days))
        return f"{self.start:%H:%M}-{self.end:%H:%M}{days}" + (f" {self.zone}" if self.zone else "")


def parse_clock_time(value: Any, path: JsonPath, findings: Findings) -> ClockTime | None:
    """Read a span of times at `path`; None when it is not one, after telling `findings` why."""
    if isinstance(value, str):
        value = _from_text(value)
    if not isinstance(value, dict):
        findings.error(path, 'must be "22:00-06:00" or {"from": "22:00", "to": "06:00", "days": [...], "zone": "..."}')
        return None
    before = len(findings.found)
    values.known_only(value, ("from", "to", "days", "zone"), path, findings)
    start = _time(value.get("from", "00:00"), (*path, "from"), findings)
    end = _time(value.get("to", "24:00"), (*path, "to"), findings)
    days = _days(value.get("days"), (*path, "days"), findings)
    zone = _zone(value.get("zone"), (*path, "zone"), findings)
    if start is None or end is None or len(findings.found) > before:
        return None
    return ClockTime(start, end, days, zone)


def _from_text(text: str) -> Any:
    match = _SPAN.fullmatch(text)
    return {"from": match[1], "to": match[4]} if match else text


def _time(value: Any, path: JsonPath, findings: Findings) -> time | None:
    match = _TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    if match and (int(match[1]) < 24 or match[2] == "00"):
        return time(int(match[1]) % 24, int(match[2]))
    findings.error(path, 'must be a time from "00:00" to "24:00"')
    return None


def _days(value: Any, path: JsonPath, findings: Findings) -> frozenset[int]:
    if value is None:
        return frozenset(range(7))
    names = values.texts(value, path, findings) or ()
    found: set[int] = set()
    for name in names:
        first, _, last = name.lower().partition("-")
        if first[:3] not in DAYS or (last and last[:3] not in DAYS):
            findings.error(path, f'holds "{name}"; days are {", ".join(DAYS)} or "mon-fri"')
            continue
        start = DAYS.index(first[:3])
        length = (DAYS.index(last[:3]) - start) % 7 if last else 0
        found.update((start + step) % 7 for step in range(length + 1))
    return frozenset(found)


def _zone(value: Any, path: JsonPath, findings: Findings) -> tzinfo | None:
    name = None if value is None else values.text(value, path, findings)
    if name is None or name.lower() == "local":
        return None
    if name.upper() in ("UTC", "Z"):
        return UTC
    offset = _OFFSET.fullmatch(name)
    if offset and int(offset[2]) < 24:
        distance = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        return timezone(distance if offset[1] == "+" else -distance)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        hint = 'write a name such as "Europe/Berlin" (on Windows these need the package tzdata) or "+02:00"'
        findings.error(path, f'"{name}" is not a time zone that this machine knows', hint)
        return None


CLOCK_TIME_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"type": "string", "pattern": r"^\s*\d{1,2}:\d{2}\s*[-–]\s*\d{1,2}:\d{2}\s*$"},
        {
            "type": "object",
            "properties": {
                "from": {"type": "string"},
                "to": {"type": "string"},
                "days": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
                "zone": {"type": "string", "description": "local, UTC, +02:00 or Europe/Berlin"},
            },
            "additionalProperties": False,
        },
    ]
}
