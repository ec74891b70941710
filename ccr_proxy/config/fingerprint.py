"""Tells cheaply whether a file is still the one that was read."""

from __future__ import annotations

import os
from pathlib import Path

# Time of the last change in nanoseconds, size, and number of the file: an editor that replaces a file gives it a new
# number, and one that writes in place a new time or size.
Fingerprint = tuple[int, int, int]


def fingerprint_of(path: Path) -> Fingerprint | None:
    """The fingerprint of the file that `path` leads to; None when there is none that can be looked at."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
