"""What a run changed, as data; `zcf.apply.receipts` keeps it on the disk."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from zcf.plan.values import ValueChange


@dataclass(frozen=True, slots=True)
class FileReceipt:
    """One changed file. `before_digest` is None where the file did not exist, `mode_before` likewise."""

    path: Path
    before_digest: str | None
    after_digest: str
    mode_before: int | None
    backup: Path | None
    values: tuple[ValueChange, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """One run. `created` is ISO 8601 UTC; `gateway_was_running` tells whether undo should stop the gateway."""

    number: int
    created: str
    command: str
    gateway_was_running: bool
    files: tuple[FileReceipt, ...]
    directories: tuple[Path, ...] = ()


def digest(content: bytes) -> str:
    """How a receipt remembers a whole content: its SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()
