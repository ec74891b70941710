"""JSON as clients and providers really send it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.json_codec import as_object, dumps, loads


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": [1, 2.5, null, true]}', {"a": [1, 2.5, None, True]}),
        ('"\\ud83d\\ude00"', "😀"),
        ('"cut \\ud83d"', "cut �"),
        ('{"\\ude00": "\\ude00x"}', {"�": "�x"}),
        ('"kept \\ufeff"', "kept \ufeff"),
        ("\ufeff[1]", [1]),
        ('["\\ud83d", NaN, Infinity, -Infinity]', ["�", None, None, None]),
        ("NaN", None),
    ],
)
def test_text_and_bytes_read_the_same(text: str, value: Any) -> None:
    assert loads(text) == value
    assert loads(text.encode()) == value


@pytest.mark.parametrize(
    "data", [b"", b"{", b"<html>", b"'a'", b"\xff\xfe", b"\xff", b"[" * 100_000, b"\xed\xa0\x80", b"{} {}"]
)
def test_what_is_not_json_is_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError):
        loads(data)


@pytest.mark.parametrize(
    ("value", "data"),
    [
        ({"a": "ä", "b": [1, None]}, '{"a":"ä","b":[1,null]}'.encode()),
        ("cut \ud83d", '"cut �"'.encode()),
        (2**64, b"18446744073709551616"),
        ([float("nan")], b"[null]"),
        ([2**70, float("inf")], b"[1180591620717411303424,null]"),
    ],
)
def test_written_json_is_valid_utf_8(value: Any, data: bytes) -> None:
    assert dumps(value) == data
    json.loads(data)


def test_deep_nesting_is_written() -> None:
    deep: Any = 1
    for _ in range(300):
        deep = [deep]
    assert loads(dumps(deep)) == deep


texts = st.text(st.characters(exclude_categories=["Cs"]))
plain = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**63), 2**64 - 1),
        st.floats(allow_nan=False, allow_infinity=False),
        texts,
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=10,
)


@given(plain)
def test_what_is_written_is_read_back(value: Any) -> None:
    assert loads(dumps(value)) == value


@given(st.text(st.characters()))
def test_any_string_of_a_javascript_client_can_be_sent_on(text: str) -> None:
    assert "�" in loads(dumps(text)) or loads(dumps(text)) == text
    assert loads(dumps(loads(json.dumps(text)))) == loads(json.dumps(text))


@pytest.mark.parametrize(("value", "found"), [({"a": 1}, {"a": 1}), (None, {}), ([1], {}), ("x", {})])
def test_as_object(value: object, found: dict[str, Any]) -> None:
    assert as_object(value) == found
