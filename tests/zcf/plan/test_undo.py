"""Taking changes back from a document, whatever the document looks like."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccr_proxy.config.document import parse
from zcf.plan.receipt import FileReceipt, digest
from zcf.plan.undo import take_back, undo_of_file
from zcf.plan.values import MISSING, ValueChange, changes_between, same

scalars = st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4)
trees = st.dictionaries(
    st.text(max_size=3), st.recursive(scalars, lambda inner: st.dictionaries(st.text(max_size=3), inner), max_leaves=8)
)


@given(trees, trees)
@settings(max_examples=200)
def test_taking_back_everything_gives_the_value_that_was_there(before: Any, after: Any) -> None:
    document, kept = take_back(parse(json.dumps(after), "x"), changes_between(before, after))
    assert same(document.value, before)
    assert kept == ()


@given(st.lists(scalars, max_size=5), st.lists(scalars, max_size=5))
@settings(max_examples=100)
def test_lists_get_their_elements_back_in_some_order(before: list[Any], after: list[Any]) -> None:
    before, after = _unique(before), _unique(after)
    document, kept = take_back(parse(json.dumps({"l": after}), "x"), changes_between({"l": before}, {"l": after}))
    assert sorted(map(json.dumps, document.value["l"])) == sorted(map(json.dumps, before))
    assert kept == ()


def _unique(elements: list[Any]) -> list[Any]:
    return [json.loads(text) for text in dict.fromkeys(map(json.dumps, elements))]


WRITTEN = ValueChange(("env", "URL"), "theirs", "ours")
ADDED = ValueChange(("env", "TOKEN"), MISSING, "ours")
CONTAINER = ValueChange(("env",), MISSING, {})
PROVIDER = ValueChange(("Providers",), MISSING, {"name": "x"}, member=True)
REMOVED = ValueChange(("rejected",), "k", MISSING, member=True)

CASES: dict[str, tuple[str, ValueChange, str, bool]] = {
    "still ours": ('{"env": {"URL": "ours"}} // c', WRITTEN, '{"env": {"URL": "theirs"}} // c', False),
    "changed since": ('{"env": {"URL": "else"}}', WRITTEN, '{"env": {"URL": "else"}}', True),
    "removed since": ('{"env": {}}', WRITTEN, '{"env": {}}', True),
    "put back by hand": ('{"env": {"URL": "theirs"}}', WRITTEN, '{"env": {"URL": "theirs"}}', False),
    "added, still there": ('{"env": {"TOKEN": "ours"}}', ADDED, '{"env": {}}', False),
    "added, removed by hand": ('{"env": {}}', ADDED, '{"env": {}}', False),
    "container empty again": ('{"env": {}, "a": 1}', CONTAINER, '{"a": 1}', False),
    "container used by others": ('{"env": {"X": 1}}', CONTAINER, '{"env": {"X": 1}}', False),
    "the container is something else now": ('{"env": "text"}', WRITTEN, '{"env": "text"}', True),
    "element moved": (
        '{"Providers": [{"name": "y"}, {"name": "x"}]}', PROVIDER, '{"Providers": [{"name": "y"}]}', False
    ),
    "element edited": (
        '{"Providers": [{"name": "x", "k": 1}]}', PROVIDER, '{"Providers": [{"name": "x", "k": 1}]}', True
    ),
    "element comes back": ('{"rejected": ["a"]}', REMOVED, '{"rejected": ["a", "k"]}', False),
    "element is back already": ('{"rejected": ["k"]}', REMOVED, '{"rejected": ["k"]}', False),
    "the list is gone": ("{}", REMOVED, "{}", True),
}  # fmt: skip


@pytest.mark.parametrize(("present", "change", "expected", "kept"), CASES.values(), ids=CASES.keys())
def test_one_change(present: str, change: ValueChange, expected: str, kept: bool) -> None:
    document, left = take_back(parse(present, "x"), [change])
    assert document.text == expected
    assert left == ((change,) if kept else ())


def receipt(before: bytes | None, after: bytes) -> FileReceipt:
    values = changes_between(json.loads(before or b"{}"), json.loads(after))
    return FileReceipt(
        Path("/x.json"), digest(before) if before is not None else None, digest(after), None, None, values
    )


def test_an_unchanged_file_gets_its_backup_and_without_one_its_values() -> None:
    before, after = b'{"a":1}', b'{"a":2}'
    exact = undo_of_file(receipt(before, after), after, before)
    assert exact.change is not None
    assert exact.change.after == before
    for backup in (None, b"not what was there"):
        by_value = undo_of_file(receipt(before, after), after, backup)
        assert by_value.change is not None
        assert json.loads(by_value.change.after or b"") == {"a": 1}


def test_a_file_of_ours_is_deleted_even_when_others_have_come_and_gone() -> None:
    undo = undo_of_file(receipt(None, b'{"a":1}'), b'{ "a": 1 }', None)
    assert undo.change is not None
    assert undo.change.after is None
