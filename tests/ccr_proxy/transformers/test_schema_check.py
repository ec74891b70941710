"""Whether values fit a tool's schema; `jsonschema` is the judge where the two must agree."""

from __future__ import annotations

from typing import Any

import jsonschema  # type: ignore[import-untyped,unused-ignore]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.transformers.schema_check import fits, with_types_of

TODO = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "path": {"type": "string"},
        "line": {"type": "integer", "enum": [1, 2]},
        "ratio": {"type": ["number", "null"]},
        "all": {"type": "boolean"},
        "todos": {"type": "array", "items": {"$ref": "#/$defs/todo"}},
        "either": {"anyOf": [{"type": "string"}, {"type": "boolean"}]},
        "fixed": {"const": "x"},
        "both": {"allOf": [{"type": "object"}, {"required": ["text"]}]},
    },
    "required": ["path"],
    "additionalProperties": False,
    "$defs": {"todo": TODO},
}
VALUES: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    st.sampled_from([*SCHEMA["properties"], "other"]),
    st.sampled_from(
        [None, True, 1, 2, 3, 0.5, 2.0, "x", "y", [], [{"text": "a"}], [{"text": 1}], [{}], {"text": "a"}, {}]
    ),
)


@given(VALUES, st.booleans())
def test_it_agrees_with_the_standard(value: dict[str, Any], with_path: bool) -> None:
    value = {"path": "p", **value} if with_path else value
    assert fits(value, SCHEMA) is jsonschema.Draft202012Validator(SCHEMA).is_valid(value)


@pytest.mark.parametrize("schema", [None, {}, True, {"type": "unheard-of"}, {"$ref": "https://elsewhere"}])
def test_an_unknown_schema_takes_anything(schema: object) -> None:
    assert fits({"a": 1}, schema)


def test_a_schema_that_refers_to_itself_ends() -> None:
    assert fits({}, {"$ref": "#"})


@pytest.mark.parametrize(
    ("name", "given_value", "typed"),
    [
        ("all", "true", True),
        ("line", "2", 2),
        ("ratio", "0.5", 0.5),
        ("ratio", "null", None),
        ("todos", '[{"text": "a"}]', [{"text": "a"}]),
        ("todos", '[{"text": 1}]', '[{"text": 1}]'),
        ("path", "5", "5"),
        ("either", "true", "true"),
        ("line", "many", "many"),
        ("other", "1", "1"),
    ],
)
def test_strings_become_what_the_schema_wants(name: str, given_value: str, typed: Any) -> None:
    assert with_types_of({name: given_value}, SCHEMA) == {name: typed}


def test_without_properties_nothing_changes() -> None:
    assert with_types_of({"a": "1"}, {}) == {"a": "1"}
