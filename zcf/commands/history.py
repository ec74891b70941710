"""`zcf history`: every run that changed files, and whether its changes stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ccr_proxy.commands.table import table_lines
from zcf.apply.receipts import all_receipts
from zcf.i18n import Texts
from zcf.plan.receipt import FileReceipt, StoredReceipt, taken_back
from zcf.report import shown
from zcf.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One run; `taken_back_by` is the number of the run that took it back, None where none did."""

    stored: StoredReceipt
    taken_back_by: int | None

    @property
    def state(self) -> str:
        """`stands`, `undone` or `taken_back`."""
        if self.stored.undone:
            return "undone"
        return "stands" if self.taken_back_by is None else "taken_back"


def history(world: Surroundings) -> tuple[HistoryEntry, ...]:
    """All runs, the last one first. Raises Refusal when a receipt cannot be read."""
    stored = all_receipts(world.state)
    closed = taken_back(stored)
    return tuple(HistoryEntry(entry, closed.get(entry.receipt.number)) for entry in reversed(stored))


def history_lines(entries: tuple[HistoryEntry, ...], texts: Texts) -> Iterator[str]:
    """The runs as a table."""
    if not entries:
        yield texts("history.empty")
        return
    heads = [texts(f"history.head_{name}") for name in ("number", "created", "command", "state", "files")]
    yield from table_lines(heads, [_row(entry, texts) for entry in entries])


def _row(entry: HistoryEntry, texts: Texts) -> tuple[str, ...]:
    receipt = entry.stored.receipt
    files = ", ".join(f"{_SIGNS[_action(file)]}{shown(file.path)}" for file in receipt.files)
    state = texts(f"history.{entry.state}", by=entry.taken_back_by)
    return (str(receipt.number), receipt.created[:16].replace("T", " "), receipt.command, state, files)


_SIGNS = {"create": "+", "edit": "~", "delete": "-"}


def _action(file: FileReceipt) -> str:
    if file.after_digest is None:
        return "delete"
    return "create" if file.before_digest is None else "edit"


def history_json(entries: tuple[HistoryEntry, ...]) -> dict[str, Any]:
    """The runs without their values, which may be secrets."""
    return {"ok": True, "runs": [_entry_json(entry) for entry in entries]}


def _entry_json(entry: HistoryEntry) -> dict[str, Any]:
    receipt = entry.stored.receipt
    return {
        "number": receipt.number,
        "created": receipt.created,
        "command": receipt.command,
        "state": entry.state,
        "taken_back_by": entry.taken_back_by,
        "takes_back": list(receipt.takes_back),
        "files": [
            {"path": str(file.path), "action": _action(file), "backup": str(file.backup) if file.backup else None}
            for file in receipt.files
        ],
    }
