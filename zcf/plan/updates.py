"""Which programs are behind their newest version. Pure: versions in, verdicts out."""

from __future__ import annotations

from enum import StrEnum

from packaging.version import InvalidVersion, Version


class Standing(StrEnum):
    """How a program stands to its newest version. The values are those of `--json`."""

    CURRENT = "current"
    BEHIND = "behind"
    UNKNOWN = "could not check"


def standing(installed: str | None, newest: str | None) -> Standing:
    """Compare two versions; what is not known, or no version, cannot be compared."""
    if installed is None or newest is None:
        return Standing.UNKNOWN
    try:
        return Standing.BEHIND if Version(installed) < Version(newest) else Standing.CURRENT
    except InvalidVersion:
        return Standing.UNKNOWN


def is_major_step(installed: str | None, newest: str | None) -> bool:
    """Whether an update would bring another major version."""
    if standing(installed, newest) is not Standing.BEHIND or installed is None or newest is None:
        return False
    return Version(installed).major != Version(newest).major
