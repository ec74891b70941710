"""The difference of two JSON values as changes."""

from __future__ import annotations

from typing import Any

import pytest

from zcf.plan.values import MISSING, ValueChange, changes_between, same, value_at

SET, MEMBER = False, True

CASES: dict[str, tuple[Any, Any, list[tuple[Any, ...]]]] = {
    "nothing": ({"a": [1, {"b": None}]}, {"a": [1, {"b": None}]}, []),
    "a leaf": ({"a": 1}, {"a": 2}, [(("a",), 1, 2, SET)]),
    "true is not one": ({"a": 1}, {"a": True}, [(("a",), 1, True, SET)]),
    "null is something": ({}, {"a": None}, [(("a",), MISSING, None, SET)]),
    "a leaf that went": ({"a": 1, "b": 2}, {"b": 2}, [(("a",), 1, MISSING, SET)]),
    "a new object, container first": (
        {},
        {"env": {"A": "x"}},
        [(("env",), MISSING, {}, SET), (("env", "A"), MISSING, "x", SET)],
    ),
    "a new list": ({}, {"l": ["x"]}, [(("l",), MISSING, [], SET), (("l",), MISSING, "x", MEMBER)]),
    "an element that came": ({"l": ["x"]}, {"l": ["x", "y"]}, [(("l",), MISSING, "y", MEMBER)]),
    "an element that went": ({"l": ["x", "y"]}, {"l": ["y"]}, [(("l",), "x", MISSING, MEMBER)]),
    "an element known by its name": (
        {"l": [{"name": "a", "k": 1}, {"name": "b"}]},
        {"l": [{"name": "a", "k": 2}, {"name": "b"}]},
        [(("l", 0, "k"), 1, 2, SET)],
    ),
    "another type": ({"a": {"b": 1}}, {"a": "x"}, [(("a",), {"b": 1}, "x", SET)]),
}


@pytest.mark.parametrize(("before", "after", "expected"), CASES.values(), ids=CASES.keys())
def test_changes(before: Any, after: Any, expected: list[tuple[Any, ...]]) -> None:
    assert list(changes_between(before, after)) == [ValueChange(*case) for case in expected]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [(1, True, False), (0, False, False), (1, 1.0, True), ([1], [True], False), ({"a": 1}, {"a": True}, False)],
)
def test_sameness_is_that_of_json(first: Any, second: Any, expected: bool) -> None:
    assert same(first, second) is expected


def test_what_is_not_there_is_missing_and_null_is_there() -> None:
    root = {"a": [{"b": None}]}
    assert value_at(root, ("a", 0, "b")) is None
    for path in (("x",), ("a", 1), ("a", -1), ("a", "b"), ("a", 0, "b", "c")):
        assert value_at(root, path) is MISSING
