"""Almost-JSON, and what it meant."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.transformers.json_repair import MAXIMUM_DEPTH, candidates, missing_end

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


def first(text: str) -> Any:
    return next(candidates(text), None)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ('{"a":1}', {"a": 1}),
        ('{"a":1', {"a": 1}),
        ('{"a":{"b":[1,2', {"a": {"b": [1, 2]}}),
        ('{"a":"half', {"a": "half"}),
        ('{"a":"x\\"y', {"a": 'x"y'}),
        ('{"a":1,}', {"a": 1}),
        ('{"a":[1,2,],}', {"a": [1, 2]}),
        ("{'a': 'it'}", {"a": "it"}),
        ("{'a': True, 'b': False, 'c': None}", {"a": True, "b": False, "c": None}),
        ("{a: 1, b_c: 'x'}", {"a": 1, "b_c": "x"}),
        ('{"a":1 "b":2}', {"a": 1, "b": 2}),
        ('{"a":"line\nbreak"}', {"a": "line\nbreak"}),
        ('{"path":"C:\\dir\\new"}', {"path": "C:\\dir\new"}),
        ('{"a":1}}', {"a": 1}),
        ('{"a":1}{"a":1}', {"a": 1}),
        ('```json\n{"a":1}\n```', {"a": 1}),
        ('"{\\"a\\":1}"', {"a": 1}),
        ('{"a":"\\u00e9', {"a": "é"}),
        ("{'a': '\\u00e9'}", {"a": "é"}),
        ("{a: -1.5e3, b: +2}", {"a": -1500.0, "b": 2}),
        ('{"a":1,"b":', {"a": 1}),
        ('{"a":1,"b"', {"a": 1}),
    ],
)
def test_it_is_read_as_it_was_meant(text: str, meant: Any) -> None:
    assert first(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "[1]",
        "{]",
        '{"a":1}{"b":2}',
        '{"a":1} and more',
        '{"a":"say "hi" there"}',
        '{"a" 1}',
        "{a: b}",
        "{'a': '\\uZZ'}",
        '{"a":' * (MAXIMUM_DEPTH + 2) + "'x'",
    ],
)
def test_a_guess_that_could_be_wrong_is_not_made(text: str) -> None:
    assert first(text) is None


@pytest.mark.parametrize(
    ("text", "end"), [("{", "}"), ('{"a":["', '"]}'), ('{"a":"\\', '"}'), ('{"}"', "}"), ("{}", "")]
)
def test_what_is_missing_at_the_end(text: str, end: str) -> None:
    assert missing_end(text) == end


@given(st.dictionaries(st.text(), JSON))
def test_good_json_stays_what_it_is(value: dict[str, Any]) -> None:
    assert first(json.dumps(value)) == value


@given(st.dictionaries(st.text(), JSON), st.data())
def test_a_cut_never_invents_keys(value: dict[str, Any], data: st.DataObject) -> None:
    text = json.dumps(value)
    found = first(text[: data.draw(st.integers(1, len(text)))])
    assert found is None or len(found) <= len(value)


@given(st.dictionaries(st.text(alphabet="abc'\"\\ é\n"), st.text(alphabet="abc'\"\\ é\n") | st.booleans() | st.none()))
def test_python_is_read_too(value: dict[str, Any]) -> None:
    assert first(repr(value)) == value


@given(st.text(alphabet="{}[]\",':\\au1 \n"))
def test_any_text_is_survived(text: str) -> None:
    assert all(isinstance(candidate, dict) for candidate in candidates(text))
