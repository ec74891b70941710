from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.config.json5 import Json5Error, decode
from tests.ccr_proxy.config.json5_texts import documents, values

ACCEPTED: list[tuple[str, Any]] = [
    ("{a: 1, $b_2: 2, 'c d': 3, ключ: 4, 名: 5}", {"a": 1, "$b_2": 2, "c d": 3, "ключ": 4, "名": 5}),
    (r"{\u0061b: 1}", {"ab": 1}),
    ("{\"a\": 1, // c\n /* d */ 'a': 2,}", {"a": 2}),
    ("[1, 2, /* last */ 3,]", [1, 2, 3]),
    ("[]", []),
    ("[+1, -2, .5, 5., 0x1F, -0xa, 1e3, +Infinity]", [1, -2, 0.5, 5.0, 31, -10, 1000.0, math.inf]),
    ("[-Infinity]", [-math.inf]),
    (r"'it\'s \x41\u0042 \q \/ \v\0'", "it's AB q / \v\0"),
    ("'one \\\ntwo \\\r\nthree'", "one two three"),
    (r'"\ud83d\ude00"', "😀"),
    (r"'\ud83d'", "\ud83d"),
    ("'tab\there \u2028 too'", "tab\there \u2028 too"),
    ("\ufeff\u00a0{} // end", {}),
    ("null", None),
    ("[true, false]", [True, False]),
]


@pytest.mark.parametrize(("text", "value"), ACCEPTED)
def test_every_form_of_json5_is_read(text: str, value: Any) -> None:
    assert decode(text) == value


def test_nan_is_a_number() -> None:
    assert math.isnan(decode("NaN"))


REFUSED = [
    ("", 0, "it is empty"),
    (" // nothing\n", 12, "there is no value in it, only white space or comments"),
    ('{"env": {} "x": 1}', 11, "expected ',' or '}' after the value of \"env\", found \"x\""),
    ('{"a" 1}', 5, "expected ':' after the name \"a\", found 1"),
    ('{"a": }', 6, "expected a value for \"a\", found '}'"),
    ('{"a": 1', 7, "expected ',' or '}' after the value of \"a\", found the end of the file"),
    ("{", 1, "expected a name in quotes or '}', found the end of the file"),
    ("{,}", 1, "expected a name in quotes or '}', found ','"),
    ("{1a: 2}", 1, "expected a name in quotes or '}', found 1a"),
    ("[1 2]", 3, "expected ',' or ']' after element 1 of the list, found 2"),
    ("[1,,2]", 3, "expected a value or ']', found ','"),
    ('{"a": "open\n}', 6, "the string that begins here is not closed on its line"),
    ("{} /* open", 3, "the comment that begins here is never closed with */"),
    ("{} {}", 3, "expected the end of the file after the value, found '{'"),
    ('{"a": True}', 6, 'expected a value for "a", found True (write true)'),
    ('{"api_key": sk-0123456789-secret}', 12, 'expected a value for "api_key", found sk-012… (text needs quotes)'),
    ('{"api_key" "sk-secret"}', 11, "expected ':' after the name \"api_key\", found a text"),
    ('{"a": some-text}', 6, 'expected a value for "a", found some-text (text needs quotes)'),
    ('{"a": 01}', 6, 'expected a value for "a", found 01 (text needs quotes)'),
    (r'{"a": "\x4"}', 7, r"unknown escape \x in a string"),
    (r'{"a": "\1"}', 7, r"unknown escape \1 in a string"),
    ("[" * 300, 200, "lists and objects are nested more than 200 deep"),
]


@pytest.mark.parametrize(("text", "offset", "reason"), REFUSED)
def test_a_fault_is_named_with_its_place(text: str, offset: int, reason: str) -> None:
    with pytest.raises(Json5Error) as caught:
        decode(text)
    assert (caught.value.offset, caught.value.reason) == (offset, reason)


@given(documents())
def test_any_object_in_any_style_is_read_back(document: tuple[str, dict[str, Any]]) -> None:
    text, value = document
    assert decode(text) == value


@given(st.text(st.sampled_from(list("{}[]:,\"'\\/*\n aé01.x-")), max_size=30))
def test_any_text_is_read_or_refused_at_a_place_inside_it(text: str) -> None:
    fault = None
    try:
        decode(text)
    except Json5Error as error:
        fault = error
    assert fault is None or (0 <= fault.offset <= len(text) and "\n" not in fault.reason)


@given(values)
def test_strict_json_means_the_same(value: Any) -> None:
    assert decode(json.dumps(value, ensure_ascii=False)) == value
