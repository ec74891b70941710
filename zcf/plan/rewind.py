"""Several runs taken back at once in one file: from what it holds now to what it held before the first of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from zcf.facts import SeenFile
from zcf.plan.changes import FileChange
from zcf.plan.documents import document_of
from zcf.plan.receipt import FileReceipt, Receipt
from zcf.plan.secrets import holds_secret
from zcf.plan.undo import undo_of_file
from zcf.plan.values import MISSING, ValueChange, changes_between


@dataclass(frozen=True, slots=True)
class Rewound:
    """The content a file would have; `kept` are values that somebody changed since and that stay.

    `mode_before` is the file's mode before the first of the runs, None where there was no file.
    """

    path: Path
    content: bytes | None
    kept: tuple[ValueChange, ...] = ()
    mode_before: int | None = None


def rewind(seen: SeenFile, receipts: Sequence[Receipt], backups: Mapping[Path, bytes]) -> Rewound:
    """Take the receipts' changes of one file back; `receipts` stand in the order in which they were made.

    Raises Refusal when the file changed since and cannot be read any more.
    """
    content = seen.content
    kept: list[ValueChange] = []
    mode: int | None = None
    for entry in reversed(_joined(_entries(receipts, seen.path))):
        undo = undo_of_file(entry, content, backups.get(entry.backup) if entry.backup else None)
        kept += undo.kept
        mode = entry.mode_before
        if undo.change is not None:
            content = undo.change.after
    return Rewound(seen.path, content, tuple(kept), mode)


def _entries(receipts: Iterable[Receipt], path: Path) -> list[FileReceipt]:
    return [entry for receipt in receipts for entry in receipt.files if entry.path == path]


def _joined(entries: Sequence[FileReceipt]) -> list[FileReceipt]:
    """Runs that follow each other without anybody else's change in between count as one: only its backup is needed."""
    joined: list[FileReceipt] = []
    for entry in entries:
        last = joined[-1] if joined else None
        if last is not None and last.after_digest == entry.before_digest:
            joined[-1] = replace(last, after_digest=entry.after_digest, values=(*last.values, *entry.values))
        else:
            joined.append(entry)
    return joined


def change_to(seen: SeenFile, content: bytes | None, mode: int | None = None) -> FileChange | None:
    """The change from what was seen to `content`, None if they are the same. Raises Refusal for unreadable content."""
    if content == seen.content:
        return None
    values = changes_between(seen.document.value, document_of(seen.path, content).value)
    secret = any(value.after is not MISSING and holds_secret(value.path, value.after) for value in values)
    return FileChange(seen.path, seen.content, content, values, private=secret and mode is None, mode=mode)
