"""How many backups of a file are kept: the newest twenty, and the one from before the first run that still stands."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from zcf.apply.backup import Backup, backups_of
from zcf.apply.receipts import all_receipts
from zcf.errors import Refusal
from zcf.plan.receipt import open_receipts

KEPT = 20


def keep_newest(files: Iterable[Path], state: Path, made: Collection[Path | None]) -> None:
    """Delete what is too much beside these files, but none of those `made` just now; the caller holds the lock."""
    try:
        for backup in superfluous(files, state, KEPT):
            # With a clock that was set back, the copy made just now looks like the oldest.
            if backup.copy not in made:
                backup.copy.unlink(missing_ok=True)
    except (OSError, Refusal):
        # The change that this follows is done and has its way back. A copy too many hurts nobody, and the next run
        # tries again; without readable receipts nobody knows which copy is the first one.
        return


def superfluous(files: Iterable[Path], state: Path, keep: int) -> tuple[Backup, ...]:
    """The backups beyond the newest `keep` of each file. Raises OSError, and Refusal for unreadable receipts."""
    spared = first_copies(state)
    beyond = (backup for file in files for backup in backups_of(file)[keep:])
    return tuple(backup for backup in beyond if backup.copy not in spared)


def first_copies(state: Path) -> frozenset[Path]:
    """For each file the copy from before the first run that stands: with it, going back ends byte for byte.

    Raises Refusal when a receipt cannot be read.
    """
    copies: dict[Path, Path | None] = {}
    for receipt in open_receipts(all_receipts(state)):
        for entry in receipt.files:
            copies.setdefault(entry.path, entry.backup)
    return frozenset(copy for copy in copies.values() if copy is not None)
