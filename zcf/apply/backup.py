"""Copies of the files that are about to change, and of no others.

A copy stands beside its original as `NAME.YYYY-MM-DDTHH-mm-ss-SSSZ.bak`. For the gateway's `config.json` that is the
name Claude Code Router gives its own copies; the time is true UTC, and the copy is readable by its owner only.
"""

from __future__ import annotations

import glob
import os
import re
import stat
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from zcf.apply import atomic_write
from zcf.plan.changes import FileChange


def back_up(change: FileChange, copy: Path) -> Path | None:
    """Copy the bytes we planned with. Returns the copy's path, or None where there is nothing to keep."""
    if change.before is None or not change.backup:
        return None
    atomic_write.write(copy, change.before, mode=atomic_write.PRIVATE_FILE_MODE)
    return copy


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy of `file` that was made at `created` (UTC); `size` is in bytes."""

    file: Path
    copy: Path
    created: datetime
    size: int


def backups_of(file: Path) -> tuple[Backup, ...]:
    """The copies beside a file that are ours in form, the newest first. Raises OSError.

    That form is the whole name, a regular file, and on POSIX a mode for its owner only: other programs' copies of
    `config.json` have the same name, but are open to others.
    """
    target = file.resolve()
    found = []
    for copy in target.parent.glob(f"{glob.escape(target.name)}.*.bak") if target.parent.is_dir() else ():
        created = _created(copy.name.removeprefix(f"{target.name}."))
        facts = copy.lstat()
        if created is not None and stat.S_ISREG(facts.st_mode) and _is_private(facts):
            found.append(Backup(file, copy, created, facts.st_size))
    return tuple(sorted(found, key=lambda backup: backup.copy.name, reverse=True))


_STAMP = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2})-(\d{2})-(\d{2})-(\d{3})Z\.bak")


def _created(ending: str) -> datetime | None:
    match = _STAMP.fullmatch(ending)
    if match is None:
        return None
    day, hour, minute, second, millisecond = match.groups()
    try:
        return datetime.fromisoformat(f"{day}T{hour}:{minute}:{second}.{millisecond}+00:00")
    except ValueError:
        # Digits in the right places that are no time.
        return None


def _is_private(facts: os.stat_result) -> bool:
    return sys.platform == "win32" or stat.S_IMODE(facts.st_mode) == atomic_write.PRIVATE_FILE_MODE
