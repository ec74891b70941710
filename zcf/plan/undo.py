"""Taking a run back, value by value: what is still as we wrote it becomes what it was; everything else stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ccr_proxy.config.document import Document
from ccr_proxy.errors import ConfigFault
from zcf.plan.changes import FileChange
from zcf.plan.documents import document_of
from zcf.plan.receipt import FileReceipt, digest
from zcf.plan.values import MISSING, ValueChange, changes_between, same, value_at


@dataclass(frozen=True, slots=True)
class FileUndo:
    """What undo does to one file: `change` is None when nothing is left to take back.

    `kept` are the values that are no longer what we wrote and stay as they are.
    """

    receipt: FileReceipt
    change: FileChange | None
    kept: tuple[ValueChange, ...] = ()
    gone: bool = False


def undo_of_file(receipt: FileReceipt, present: bytes | None, backup: bytes | None) -> FileUndo:
    """Plan the undo of one file from its present content and its backup (None if there is none).

    Raises Refusal when the file changed since and cannot be read any more.
    """
    if present is None and receipt.after_digest is not None:
        return FileUndo(receipt, None, gone=True)
    if _digest_of(present) == receipt.after_digest:
        if receipt.before_digest is None:
            return FileUndo(receipt, _deletion(receipt, present))
        if backup is not None and digest(backup) == receipt.before_digest:
            inverse = tuple(_inverse(change) for change in reversed(receipt.values))
            return FileUndo(receipt, FileChange(receipt.path, present, backup, inverse, backup=False))
    return _undo_by_value(receipt, present)


def _digest_of(content: bytes | None) -> str | None:
    return None if content is None else digest(content)


def _undo_by_value(receipt: FileReceipt, present: bytes | None) -> FileUndo:
    document = document_of(receipt.path, present)
    restored, kept = take_back(document, receipt.values)
    if restored.text == document.text:
        return FileUndo(receipt, None, kept)
    if receipt.before_digest is None and restored.value == {}:
        return FileUndo(receipt, _deletion(receipt, present), kept)
    values = changes_between(document.value, restored.value)
    return FileUndo(receipt, FileChange(receipt.path, present, restored.text.encode(), values), kept)


def _deletion(receipt: FileReceipt, present: bytes | None) -> FileChange:
    inverse = tuple(_inverse(change) for change in reversed(receipt.values))
    return FileChange(receipt.path, present, None, inverse, backup=False)


def _inverse(change: ValueChange) -> ValueChange:
    return ValueChange(change.path, change.after, change.before, change.member)


def take_back(document: Document, changes: Sequence[ValueChange]) -> tuple[Document, tuple[ValueChange, ...]]:
    """The document without the changes, the last one first, and those that could not be taken back."""
    kept: list[ValueChange] = []
    for change in reversed(changes):
        try:
            result = _take_member_back(document, change) if change.member else _take_value_back(document, change)
        except ConfigFault:
            # Something else stands now where the value's container was.
            result = None
        if result is None:
            kept.append(change)
        else:
            document = result
    return document, tuple(reversed(kept))


def _take_value_back(document: Document, change: ValueChange) -> Document | None:
    present = value_at(document.value, change.path)
    if not same(present, change.after):
        # A container of ours that others have used since stays, and nobody misses anything.
        is_container = change.before is MISSING and change.after in ({}, [])
        return document if is_container or same(present, change.before) else None
    if change.before is MISSING:
        return document.without(change.path)
    return document.with_value(change.path, change.before)


def _take_member_back(document: Document, change: ValueChange) -> Document | None:
    elements: Any = value_at(document.value, change.path)
    if not isinstance(elements, list):
        return None
    if change.before is MISSING:
        index = next((index for index, element in enumerate(elements) if same(element, change.after)), None)
        return None if index is None else document.without((*change.path, index))
    if any(same(element, change.before) for element in elements):
        return document
    if not elements:
        return document.with_value(change.path, [change.before])
    return document.with_value((*change.path, len(elements)), change.before)
