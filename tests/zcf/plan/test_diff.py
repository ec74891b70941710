"""The diff people see."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from zcf.plan.changes import FileChange
from zcf.plan.diff import diff_of
from zcf.plan.values import changes_between

CASES: dict[str, tuple[Any, Any, list[str]]] = {
    "new values, not their empty containers": ({}, {"env": {"A": "x"}}, ['+ env.A: "x"']),
    "changed": ({"a": 1}, {"a": [2]}, ["~ a: 1 -> [2]"]),
    "gone": ({"a": {"b": 1}}, {}, ['- a: {"b": 1}']),
    "an element": ({"l": []}, {"l": [{"name": "x"}]}, ['+ l[x].name: "x"']),
    "an element with objects in it, field by field": (
        {"l": []},
        {"l": [{"name": "x", "api_key": "sk-0123456789abcdef", "limits": {"m": {"most": 1}, "n.o": {}}}]},
        ['+ l[x].name: "x"', '+ l[x].api_key: "…cdef"', '+ l[x].limits.m: {"most": 1}', '+ l[x].limits["n.o"]: {}'],
    ),
    "an element that went": ({"l": [{"a": 1}]}, {"l": []}, ["- l[].a: 1"]),
    "a secret": (
        {"APIKEY": "sk-old-0123456789ab"},
        {"APIKEY": "sk-new-0123456789cd"},
        ['~ APIKEY: "…89ab" -> "…89cd"'],
    ),
}


@pytest.mark.parametrize(("before", "after", "lines"), CASES.values(), ids=CASES.keys())
def test_lines(before: Any, after: Any, lines: list[str]) -> None:
    change = FileChange(Path("x"), b"", b"", changes_between(before, after))
    assert [str(line) for line in diff_of(change)] == lines
