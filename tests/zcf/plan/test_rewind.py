"""Several runs taken back in one file."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from zcf.facts import SeenFile
from zcf.plan.documents import document_of
from zcf.plan.receipt import FileReceipt, Receipt, StoredReceipt, digest, open_receipts
from zcf.plan.rewind import rewind
from zcf.plan.values import changes_between

PATH = Path("/x/settings.json")
STATES = [b'{"a": 1, } // mine', b'{"a": 2}', b'{"a": 3, "b": 1}', b'{ "a": 4 }']


def run(number: int, before: bytes, after: bytes, takes_back: tuple[int, ...] = ()) -> Receipt:
    values = changes_between(document_of(PATH, before).value, document_of(PATH, after).value)
    copy = Path(f"/x/{number}.bak")
    entry = FileReceipt(PATH, digest(before), digest(after), 0o644 - number, copy, values)
    return Receipt(number, "2026-11-23T07:17:39.288+00:00", "api key", True, (entry,), (), takes_back)


RUNS = [run(number, *pair) for number, pair in enumerate(pairwise(STATES), 1)]


def seen(content: bytes) -> SeenFile:
    return SeenFile(PATH, content, document_of(PATH, content))


def test_runs_in_a_row_need_only_the_first_backup() -> None:
    rewound = rewind(seen(STATES[-1]), RUNS, {Path("/x/1.bak"): STATES[0]})
    assert (rewound.content, rewound.kept, rewound.mode_before) == (STATES[0], (), 0o643)


def test_without_backups_the_values_come_back() -> None:
    assert rewind(seen(STATES[-1]), RUNS, {}).content == b'{ "a": 1 }'


def test_what_somebody_changed_stays_and_is_told() -> None:
    rewound = rewind(seen(b'{"a": 9, "mine": 1}'), RUNS, {Path("/x/1.bak"): STATES[0]})
    assert rewound.content == b'{"a": 9, "mine": 1}'
    assert {change.path for change in rewound.kept} == {("a",)}


def test_a_run_is_open_until_it_is_undone_or_taken_back() -> None:
    back = run(4, STATES[3], STATES[2], takes_back=(3,))

    def numbers(*undone: int) -> list[int]:
        stored = [StoredReceipt(receipt, receipt.number in undone) for receipt in (*RUNS, back)]
        return [receipt.number for receipt in open_receipts(stored)]

    assert numbers() == [1, 2]
    assert numbers(4) == [1, 2, 3]
    assert numbers(4, 3) == [1, 2]
