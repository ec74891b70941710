"""Receipts survive the way to the disk and back, and the right one is the last."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from zcf.apply.receipts import encoded, last_receipt, next_number, read_receipt, receipt_path, undone_path
from zcf.errors import Refusal
from zcf.plan.receipt import FileReceipt, Receipt
from zcf.plan.values import MISSING, ValueChange


def receipt(number: int) -> Receipt:
    values = (
        ValueChange(("env", "A"), MISSING, None),
        ValueChange(("env", "B"), None, MISSING),
        ValueChange(("Providers", 0, "name"), "a", "\ud83d"),
        ValueChange(("approved",), MISSING, "x", member=True),
    )
    files = (
        FileReceipt(Path("/x/a.json"), None, "00", None, None, values),
        FileReceipt(Path("/x/b.json"), "11", "22", 0o644, Path("/x/b.json.bak"), ()),
    )
    return Receipt(number, "2026-11-23T07:17:39.288+00:00", "init", True, files, (Path("/x"),))


def write(directory: Path, number: int) -> Path:
    path = receipt_path(directory, number)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(encoded(receipt(number)))
    return path


def test_there_and_back(tmp_path: Path) -> None:
    assert read_receipt(write(tmp_path, 1)) == receipt(1)


def test_the_last_is_the_highest_that_is_not_undone_and_numbers_are_not_used_again(tmp_path: Path) -> None:
    assert last_receipt(tmp_path) is None
    assert next_number(tmp_path) == 1
    for number in (1, 2, 10):
        write(tmp_path, number)
    receipt_path(tmp_path, 10).rename(undone_path(receipt_path(tmp_path, 10)))
    assert last_receipt(tmp_path) == receipt(2)
    assert next_number(tmp_path) == 11


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"{", "receipt.unreadable"),
        (b"[]", "receipt.unreadable"),
        (b'{"version": 1}', "receipt.unreadable"),
        (json.dumps({"version": 2}).encode(), "receipt.newer"),
    ],
)
def test_what_is_no_receipt_of_ours_is_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    write(tmp_path, 1).write_bytes(content)
    with pytest.raises(Refusal) as refusal:
        last_receipt(tmp_path)
    assert refusal.value.sentence == sentence
