"""Files with keys in them that others may read."""

from __future__ import annotations

from collections.abc import Iterator

from zcf.diagnosis.facts import Facts
from zcf.diagnosis.finding import Finding, Repair, finding


def modes(facts: Facts) -> Iterator[Finding]:
    """One finding for each such file."""
    for file in facts.files:
        yield finding("file-open", path=file.path, repair=Repair.CLOSE_FILE, file=file.path, mode=f"{file.mode:04o}")
