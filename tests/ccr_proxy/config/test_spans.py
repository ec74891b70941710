from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from ccr_proxy.config.json5 import decode
from ccr_proxy.config.json_path import JsonPath
from ccr_proxy.config.spans import follow, line_and_column
from tests.ccr_proxy.config.json5_texts import documents

TEXT = """{
  // "a": 0
  a: {"b": [1, /* , */ {c: '}'}],},
  'a': {"b": [10, {"c": 'x]'}, 5]},
}"""


@pytest.mark.parametrize(
    ("path", "value_text", "depth"),
    [
        (("a", "b", 1, "c"), "'x]'", 4),
        (("a", "b", 0), "10", 3),
        (("a", "b", 7), "[10, {\"c\": 'x]'}, 5]", 2),
        (("a", "b", 2, "deeper"), "5", 3),
        (("absent",), TEXT, 0),
    ],
)
def test_a_path_leads_to_its_text_or_to_the_nearest_that_exists(path: JsonPath, value_text: str, depth: int) -> None:
    trail = follow(TEXT, path)
    assert TEXT[trail.value_start : trail.value_end] == value_text
    assert len(trail.items) == depth


def paths_of(value: Any, path: JsonPath = ()) -> list[JsonPath]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(deeper for key, item in pairs for deeper in paths_of(item, (*path, key)))]


@given(documents())
def test_the_text_at_every_path_means_its_value(document: tuple[str, dict[str, Any]]) -> None:
    text, value = document
    for path in paths_of(value):
        expected: Any = value
        for part in path:
            expected = expected[part]
        trail = follow(text, path)
        assert len(trail.items) == len(path)
        assert decode(text[trail.value_start : trail.value_end]) == expected


@pytest.mark.parametrize(
    ("text", "offset", "place"),
    [
        ("abc", 0, (1, 1)),
        ("a\nbc", 3, (2, 2)),
        ("a\r\nb\rc", 5, (3, 1)),
        ("\ufeffab", 2, (1, 2)),
        ("\ufeffab", 0, (1, 1)),
    ],
)
def test_lines_and_columns_count_from_one(text: str, offset: int, place: tuple[int, int]) -> None:
    assert line_and_column(text, offset) == place
