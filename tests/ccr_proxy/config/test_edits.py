"""Transcripts of single edits; the general laws (what must hold for every text) are in test_document.py."""

from __future__ import annotations

from typing import Any

import pytest

from ccr_proxy.config.edits import EditError, remove, set_value
from ccr_proxy.config.json_path import JsonPath

SET: dict[str, tuple[str, JsonPath, Any, str]] = {
    "a new member takes the indentation of its neighbours": (
        '{\n    "a": 1\n}\n', ("b",), {"c": [1]},
        '{\n    "a": 1,\n    "b": {\n        "c": [\n            1\n        ]\n    }\n}\n',
    ),
    "tabs and CRLF": ('{\r\n\t"a": 1\r\n}', ("b",), 2, '{\r\n\t"a": 1,\r\n\t"b": 2\r\n}'),
    "missing parents": ('{\n  "a": 1\n}', ("env", "X"), "y", '{\n  "a": 1,\n  "env": {\n    "X": "y"\n  }\n}'),
    "one line": ('{"a": 1}', ("b",), [1, {"c": 2}], '{"a": 1, "b": [1, {"c": 2}]}'),
    "minified": ('{"a":1}', ("b",), {"c": 2, "d": 3}, '{"a":1,"b":{"c":2,"d":3}}'),
    "an empty object opens": ("{}", ("a",), 1, '{\n  "a": 1\n}'),
    "an empty object inside opens": ('{\n  "env": {}\n}', ("env", "X"), 1, '{\n  "env": {\n    "X": 1\n  }\n}'),
    "an empty object in one line stays in it": ('{"env": {}}', ("env", "X"), 1, '{"env": {"X": 1}}'),
    "trailing commas are kept": ('{\n  "a": 1,\n}', ("b",), 2, '{\n  "a": 1,\n  "b": 2,\n}'),
    "a comment stays with its line": ('{\n  "a": 1 // one\n}', ("b",), 2, '{\n  "a": 1, // one\n  "b": 2\n}'),
    "comments below stay below": (
        '{\n  "a": 1,\n  // "z": 9\n}', ("b",), 2, '{\n  "a": 1,\n  "b": 2,\n  // "z": 9\n}',
    ),
    "only a comment inside": ("{ // empty\n}", ("b",), 2, '{ // empty\n  "b": 2\n}'),
    "a line comment does not swallow the member": ('{"a": 1 // one\n}', ("b",), 2, '{"a": 1, "b": 2 // one\n}'),
    "the last of equal names": ('{"a": 1, "a": 2}', ("a",), 3, '{"a": 1, "a": 3}'),
    "a value replaced": ("{a: 'old' /* c */,}", ("a",), "n'ew", "{a: \"n'ew\" /* c */,}"),
    "a value of several lines": (
        '{\n  "a": {\n    "b": 1\n  }\n}', ("a",), {"c": 2}, '{\n  "a": {\n    "c": 2\n  }\n}',
    ),
    "a list in one line stays in it": ('{\n  "a": [1, 2]\n}', ("a",), [3, 4], '{\n  "a": [3, 4]\n}'),
    "append": ('{\n  "a": [1, 2]\n}', ("a", 2), 3, '{\n  "a": [1, 2, 3]\n}'),
    "an element": ("[\n  1,\n  2\n]", (0,), 9, "[\n  9,\n  2\n]"),
    "the whole": ("{} // c\n", (), {"a": 1}, '{\n  "a": 1\n} // c\n'),
    "letters as they are, half characters as escapes": ("{}", ("名",), "é\ud800", '{\n  "名": "é\\ud800"\n}'),
}  # fmt: skip


@pytest.mark.parametrize("case", SET)
def test_set(case: str) -> None:
    text, path, value, expected = SET[case]
    assert set_value(text, path, value) == expected


REMOVE: dict[str, tuple[str, JsonPath, str]] = {
    "a line in the middle, with its comment": (
        '{\n  "a": 1, // one\n  "b": 2, // two\n  "c": 3\n}', ("b",), '{\n  "a": 1, // one\n  "c": 3\n}',
    ),
    "the last line takes the comma before it": ('{\n  "a": 1, // one\n  "b": 2\n}', ("b",), '{\n  "a": 1 // one\n}'),
    "trailing commas stay": ('{\n  "a": 1,\n  "b": 2,\n}', ("b",), '{\n  "a": 1,\n}'),
    "comments above stay": ('{\n  // about a\n  "a": 1,\n  "b": 2\n}', ("a",), '{\n  // about a\n  "b": 2\n}'),
    "the only one": ('{\n  "a": 1\n}', ("a",), "{}"),
    "the only one beside a comment": ('{ /* c */ "a": 1 }', ("a",), "{ /* c */ }"),
    "first in one line": ('{"a": 1, "b": 2}', ("a",), '{"b": 2}'),
    "last in one line": ('{"a": 1, "b": 2}', ("b",), '{"a": 1}'),
    "equal names go together": ('{"a": 1, "b": 2, "a": 3}', ("a",), '{"b": 2}'),
    "no bracket ends up in a comment": ('{\n  "a": 1, // one\n  "b": 2}', ("b",), '{\n  "a": 1 // one\n  }'),
    "an element": ("[1, 2, 3]", (1,), "[1, 3]"),
    "CRLF": ('{\r\n  "a": 1,\r\n  "b": 2\r\n}', ("b",), '{\r\n  "a": 1\r\n}'),
    "what is not there": ('{"a": 1}', ("b", "c"), '{"a": 1}'),
    "the top level stays": ('{"a": 1}', (), '{"a": 1}'),
}  # fmt: skip


@pytest.mark.parametrize("case", REMOVE)
def test_remove(case: str) -> None:
    text, path, expected = REMOVE[case]
    assert remove(text, path) == expected


@pytest.mark.parametrize(
    ("text", "path", "reason"),
    [
        ('{"a": "x"}', ("a", "b"), "cannot set a.b: a is neither an object nor a list"),
        ('{"a": null}', ("a", "b"), "cannot set a.b: a is neither an object nor a list"),
        ('{"a": {}}', ("a", 0), "cannot set a[0]: a is an object and has no element 0"),
        ('{"a": [1]}', ("a", 3), "cannot set a[3]: a is a list of 1"),
        ('{"a": [1]}', ("a", "b"), "cannot set a.b: a is a list of 1"),
        ("{}", ("a", 2), "cannot set a[2]: the list for element 2 does not exist"),
    ],
)
def test_what_stands_in_the_way_is_named(text: str, path: JsonPath, reason: str) -> None:
    with pytest.raises(EditError) as caught:
        set_value(text, path, 1)
    assert str(caught.value) == reason


def test_numbers_that_json_lacks_are_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        set_value("{}", ("a",), float("nan"))
