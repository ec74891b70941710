"""What a run changed, as data; `zcf.apply.receipts` keeps it on the disk."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from zcf.plan.values import ValueChange


@dataclass(frozen=True, slots=True)
class FileReceipt:
    """One changed file. `before_digest` and `mode_before` are None where the file did not exist.

    `after_digest` is None where the run deleted it.
    """

    path: Path
    before_digest: str | None
    after_digest: str | None
    mode_before: int | None
    backup: Path | None
    values: tuple[ValueChange, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """One run. `created` is ISO 8601 UTC; `gateway_was_running` tells whether undo should stop the gateway.

    `takes_back` are the numbers of the runs whose changes to Claude Code's files this run took back.
    """

    number: int
    created: str
    command: str
    gateway_was_running: bool
    files: tuple[FileReceipt, ...]
    directories: tuple[Path, ...] = ()
    takes_back: tuple[int, ...] = ()


def digest(content: bytes) -> str:
    """How a receipt remembers a whole content: its SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True, slots=True)
class StoredReceipt:
    """A receipt as it lies on the disk: with whether its run was undone."""

    receipt: Receipt
    undone: bool


def open_receipts(stored: Sequence[StoredReceipt]) -> tuple[Receipt, ...]:
    """The runs whose changes stand, in the order given: neither undone nor taken back by a later run."""
    closed = taken_back(stored)
    standing = (entry.receipt for entry in stored if not entry.undone)
    return tuple(receipt for receipt in standing if not receipt.takes_back and receipt.number not in closed)


def taken_back(stored: Sequence[StoredReceipt]) -> dict[int, int]:
    """The numbers of the runs that a later run took back, which is not undone itself, to that run's number."""
    standing = (entry.receipt for entry in stored if not entry.undone)
    return {number: receipt.number for receipt in standing for number in receipt.takes_back}
