"""Receipts: what one run changed, from what and to what, so that exactly that can be taken back.

One file per run, `receipts/0001.json`, mode 0600 because the values that were there before may be secrets. Undoing a
run renames its receipt to `0001.undone.json`; the last receipt is the highest number that is not undone.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from zcf.errors import refused
from zcf.plan.receipt import FileReceipt, Receipt, StoredReceipt
from zcf.plan.values import MISSING, ValueChange

FORMAT_VERSION = 1


def receipt_path(directory: Path, number: int) -> Path:
    """Where receipt `number` lives below the state directory."""
    return directory / "receipts" / f"{number:04d}.json"


def undone_path(path: Path) -> Path:
    """The name of a receipt after its run was undone."""
    return path.with_name(f"{path.stem}.undone.json")


def next_number(directory: Path) -> int:
    """The number for a new receipt; those of undone runs are not used again."""
    return max(_numbers(directory, "*.json"), default=0) + 1


def last_receipt(directory: Path) -> Receipt | None:
    """The receipt of the last run that is not undone. Raises Refusal if it cannot be read."""
    numbers = set(_numbers(directory, "*.json")) - set(_numbers(directory, "*.undone.json"))
    return read_receipt(receipt_path(directory, max(numbers))) if numbers else None


def all_receipts(directory: Path) -> tuple[StoredReceipt, ...]:
    """Every receipt there is, the first run first. Raises Refusal if one cannot be read."""
    undone = set(_numbers(directory, "*.undone.json"))
    return tuple(
        stored_receipt(directory, number, undone=number in undone) for number in sorted(_numbers(directory, "*.json"))
    )


def stored_receipt(directory: Path, number: int, *, undone: bool) -> StoredReceipt:
    """One receipt from the disk. Raises Refusal if it cannot be read."""
    path = receipt_path(directory, number)
    return StoredReceipt(read_receipt(undone_path(path) if undone else path), undone)


def _numbers(directory: Path, pattern: str) -> list[int]:
    names = [path.name.split(".")[0] for path in (directory / "receipts").glob(pattern)]
    return [int(name) for name in names if name.isdigit()]


def read_receipt(path: Path) -> Receipt:
    """Read one receipt. Raises Refusal naming the file when it is not one of ours."""
    try:
        data = json.loads(path.read_bytes())
        if data["version"] != FORMAT_VERSION:
            raise refused("receipt.newer", path=path, version=data["version"])
        return Receipt(
            number=int(data["number"]),
            created=str(data["created"]),
            command=str(data["command"]),
            gateway_was_running=bool(data["gateway_was_running"]),
            files=tuple(_file_from(entry) for entry in data["files"]),
            directories=tuple(Path(name) for name in data["directories"]),
            takes_back=tuple(int(number) for number in data.get("takes_back", ())),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise refused("receipt.unreadable", path=path, reason=error) from error


def encoded(receipt: Receipt) -> bytes:
    """A receipt as the bytes of its file."""
    data = {
        "version": FORMAT_VERSION,
        "number": receipt.number,
        "created": receipt.created,
        "command": receipt.command,
        "gateway_was_running": receipt.gateway_was_running,
        "files": [_file_to(entry) for entry in receipt.files],
        "directories": [str(path) for path in receipt.directories],
        "takes_back": list(receipt.takes_back),
    }
    return json.dumps(data, ensure_ascii=True, indent=1).encode() + b"\n"


def _file_to(entry: FileReceipt) -> dict[str, Any]:
    return {
        "path": str(entry.path),
        "before_digest": entry.before_digest,
        "after_digest": entry.after_digest,
        "mode_before": entry.mode_before,
        "backup": str(entry.backup) if entry.backup else None,
        "values": [_value_to(change) for change in entry.values],
    }


def _file_from(entry: dict[str, Any]) -> FileReceipt:
    return FileReceipt(
        path=Path(entry["path"]),
        before_digest=entry["before_digest"],
        after_digest=entry["after_digest"],
        mode_before=entry["mode_before"],
        backup=Path(entry["backup"]) if entry["backup"] else None,
        values=tuple(_value_from(change) for change in entry["values"]),
    )


def _value_to(change: ValueChange) -> dict[str, Any]:
    """A missing value is written as a missing key."""
    entry: dict[str, Any] = {"path": list(change.path)}
    if change.member:
        entry["member"] = True
    if change.before is not MISSING:
        entry["before"] = change.before
    if change.after is not MISSING:
        entry["after"] = change.after
    return entry


def _value_from(entry: dict[str, Any]) -> ValueChange:
    return ValueChange(
        path=tuple(entry["path"]),
        before=entry.get("before", MISSING),
        after=entry.get("after", MISSING),
        member=bool(entry.get("member")),
    )
