"""How far a text can still become a JSON object, and how a beginning is continued so that it means a value."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.transformers.json_prefix import JsonPrefix, continuation

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.text(), VALUES, max_size=4)


@pytest.mark.parametrize(
    "good",
    [
        '{"a":"b"}',
        ' { "a" : [ 1 , -0.5e+3 , true , null , { } , [ ] ] } \n',
        '{"a":"\\u00e9\\n\\""}',
        '{"a":{"b":[{"c":1}]}}',
    ],
)
def test_json_is_taken_whole(good: str) -> None:
    prefix = JsonPrefix()
    assert prefix.taken(good) == len(good)
    assert prefix.finished


@pytest.mark.parametrize(
    ("taken", "refused"),
    [
        ("", "[1]"),
        ("", "ls -l"),
        ("{", "'a':1}"),
        ('{"a":1,', "}"),
        ('{"a":"x', '\n"}'),
        ('{"a":"\\', 'd+"}'),
        ('{"a":"\\u00', 'zz"}'),
        ('{"a":', "True}"),
        ('{"a":0', "1}"),
        ('{"a":1.', "}"),
        ('{"a":tru', "}"),
        ('{"a":1', "]"),
        ('{"a"', ",1}"),
        ('{"a":1}', "}"),
        ('{"a":1} ', '{"a":1}'),
    ],
)
def test_the_first_character_that_breaks_it_is_found(taken: str, refused: str) -> None:
    assert JsonPrefix().taken(taken + refused) == len(taken)


@given(OBJECTS, st.booleans(), st.sampled_from((None, 1)), st.lists(st.integers(1, 7)))
def test_any_json_in_any_pieces_is_taken(
    value: dict[str, object], ascii_: bool, indent: int | None, cuts: list[int]
) -> None:
    text = json.dumps(value, ensure_ascii=ascii_, indent=indent)
    prefix = JsonPrefix()
    for cut in [*cuts, len(text)]:
        piece, text = text[:cut], text[cut:]
        assert prefix.taken(piece) == len(piece)
        assert prefix.finished == (not text and bool(piece)) or not piece
    assert prefix.finished


@given(OBJECTS, st.integers(0, 60), st.text("{}[]\",:\\ue01-.tn \n'", max_size=8))
def test_what_is_refused_could_not_have_become_json(value: dict[str, object], cut: int, noise: str) -> None:
    text = json.dumps(value)[:cut] + noise + json.dumps(value)[cut:]
    prefix = JsonPrefix()
    whole = prefix.taken(text) == len(text) and prefix.finished
    assert whole == _is_an_object(text)


def _is_an_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


@given(OBJECTS, st.booleans(), st.integers(0, 200))
def test_a_beginning_is_continued_to_its_value(value: dict[str, object], ascii_: bool, cut: int) -> None:
    beginning = json.dumps(value, ensure_ascii=ascii_)[:cut]
    rest = continuation(beginning, value)
    if rest is None:  # only where one character's escape is spelled differently and has been cut in the middle
        assert "\\" in beginning[-12:]
    else:
        assert json.loads(beginning + rest) == value


def test_another_value_cannot_be_reached() -> None:
    assert continuation('{"a":1', {"b": 1}) is None
