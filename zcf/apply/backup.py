"""Copies of the files that are about to change, and of no others.

A copy stands beside its original as `NAME.YYYY-MM-DDTHH-mm-ss-SSSZ.bak`. For the gateway's `config.json` that is the
name Claude Code Router gives its own copies; the time is true UTC, and the copy is readable by its owner only.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from zcf.apply import atomic_write
from zcf.plan.changes import FileChange


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


def back_up(change: FileChange, copy: Path) -> Path | None:
    """Copy the bytes we planned with. Returns the copy's path, or None where there is nothing to keep."""
    if change.before is None or not change.backup:
        return None
    atomic_write.write(copy, change.before, mode=atomic_write.PRIVATE_FILE_MODE)
    return copy
