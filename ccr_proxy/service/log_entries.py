"""The lines of the gateway's log as entries: when, how grave, about which request.

2026-11-25T14:42:03.123Z WARNING req_5c0d demo,demo failed: 503 …     written by the gateway at work
config.json:4:9: warning: …                                          told at its start, without a time
Traceback (most recent call last):                                   belongs to the error above, with what follows
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

LEVELS = ("debug", "info", "warning", "error", "critical")

_STAMPED = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([A-Z]+) +(.*)")
_TOLD = re.compile(r"(?:.*?:\d+:\d+: )?(error|warning|note): ")
_REQUEST = re.compile(r"\breq_[0-9a-f]+")
# How the interpreter begins to say why a process ends.
_CRASH = ("Traceback (most recent call last)", "Fatal Python error", "Windows fatal exception")


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One entry. `time` is as written (UTC, ISO 8601), None for what is told without one; `lines` are at least one, the
    first as it stands in the file."""

    time: str | None
    level: str
    message: str
    request: str | None
    lines: tuple[str, ...]

    def as_json(self) -> dict[str, str | None]:
        """The entry for programs; a traceback is part of `message`."""
        message = "\n".join((self.message, *self.lines[1:]))
        return {"time": self.time, "level": self.level, "request": self.request, "message": message}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries are asked for: at least this grave, about the request whose id begins so ("" for all)."""

    level: str = LEVELS[0]
    request: str = ""

    def __call__(self, entry: LogEntry) -> bool:
        about = not self.request or (entry.request or "").startswith(self.request)
        return about and LEVELS.index(entry.level) >= LEVELS.index(self.level)


def entries(lines: Iterable[str]) -> Iterator[LogEntry]:
    """The entries of a log that begins with `lines`, without their line ends."""
    reader = EntryReader()
    for line in lines:
        yield from reader.take(line)
    yield from reader.rest()


class EntryReader:
    """Takes line after line and gives entries back once they are whole: when the next one begins."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._in_traceback = False

    def take(self, line: str) -> Iterator[LogEntry]:
        """The entry that `line` ends, if any."""
        if self._lines and self._continues(line):
            self._lines.append(line)
        else:
            yield from self.rest()
            self._lines = [line] if line.strip() else []
        self._in_traceback = bool(self._lines) and (self._in_traceback or line.startswith(_CRASH))

    def rest(self) -> Iterator[LogEntry]:
        """The entry that has begun, when nothing is to come that could belong to it."""
        if self._lines:
            yield _entry(self._lines)
        self._lines, self._in_traceback = [], False

    def _continues(self, line: str) -> bool:
        if _STAMPED.match(line) or _TOLD.match(line):
            return False
        if line.startswith(_CRASH) and not self._in_traceback:
            return _level(self._lines[0]) == "error"
        return self._in_traceback or line[:1].isspace()


def _entry(lines: list[str]) -> LogEntry:
    stamped = _STAMPED.match(lines[0])
    message = stamped[3] if stamped else lines[0]
    request = _REQUEST.search(message)
    return LogEntry(
        time=stamped[1] if stamped else None,
        level=_level(lines[0]),
        message=message,
        request=request[0] if request else None,
        lines=tuple(lines),
    )


def _level(line: str) -> str:
    if stamped := _STAMPED.match(line):
        return stamped[2].lower() if stamped[2].lower() in LEVELS else "info"
    if told := _TOLD.match(line):
        return "info" if told[1] == "note" else told[1]
    return "error" if line.startswith(_CRASH) else "info"
