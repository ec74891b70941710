"""How copies of a file are named that is about to change: beside it, as Claude Code Router names its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path


def stamp(now: datetime) -> str:
    """`2026-11-23T07-17-39-288Z`: ISO 8601 in UTC with milliseconds, and `-` for what Windows forbids in names."""
    utc = now.astimezone(UTC)
    return utc.strftime("%Y-%m-%dT%H-%M-%S-") + f"{utc.microsecond // 1000:03d}Z"


def backup_path(path: Path, now: datetime) -> Path:
    """A free name for the copy of `path`: beside the real file, if `path` is a symlink.

    Where a copy of the same millisecond stands already, the next one that is free.
    """
    target = path.resolve()
    while (copy := target.with_name(f"{target.name}.{stamp(now)}.bak")).exists():
        now += timedelta(milliseconds=1)
    return copy
