"""What OpenAI-style targets get of a tool's schema."""

from __future__ import annotations

from typing import Any

import pytest

from ccr_proxy.protocols.tool_schema import as_openai_parameters, merged, resolve

PLAIN = {
    "type": "object",
    "properties": {
        "path": {"type": "string", "format": "uri", "minLength": 1},
        "mode": {"anyOf": [{"const": "r"}, {"const": "w"}]},
        "limit": {"type": ["integer", "null"], "exclusiveMinimum": 0},
    },
    "required": ["path"],
    "additionalProperties": False,
    "$defs": {"Unused": {"type": "string"}},
}


def test_only_the_schema_mark_is_dropped_from_an_ordinary_schema() -> None:
    assert as_openai_parameters({"$schema": "https://json-schema.org/draft/2020-12/schema", **PLAIN}) == PLAIN


@pytest.mark.parametrize("schema", [None, {}, {"type": "object"}, {"type": "object", "properties": None}, "text", []])
def test_a_tool_without_parameters_has_an_empty_object(schema: object) -> None:
    assert as_openai_parameters(schema) == {"type": "object", "properties": {}}


@pytest.mark.parametrize("keyword", ["anyOf", "oneOf"])
def test_alternatives_at_the_top_become_properties_of_one_object(keyword: str) -> None:
    by_name = {"properties": {"kind": {"const": "name"}, "name": {"type": "string"}}, "required": ["kind", "name"]}
    by_id = {"properties": {"kind": {"const": "id"}, "id": {"type": "integer"}}, "required": ["kind", "id"]}
    schema = as_openai_parameters({keyword: [by_name, by_id], "description": "Find it."})
    assert schema == {
        "type": "object",
        "description": "Find it.",
        "properties": {
            "kind": {"anyOf": [{"const": "name"}, {"const": "id"}]},
            "name": {"type": "string"},
            "id": {"type": "integer"},
        },
        "required": ["kind"],
    }


def test_parts_that_hold_together_keep_all_required_names() -> None:
    schema = as_openai_parameters(
        {
            "type": "object",
            "properties": {"a": {"type": "string"}},
            "required": ["a"],
            "allOf": [{"properties": {"b": {"type": "string"}}, "required": ["b"]}, {"$ref": "#/$defs/C"}],
            "$defs": {"C": {"properties": {"c": {"type": "string"}}, "required": ["c"]}},
        }
    )
    assert set(schema["properties"]) == set(schema["required"]) == {"a", "b", "c"}
    assert "allOf" not in schema


def test_a_reference_at_the_top_is_replaced_by_its_target() -> None:
    schema = as_openai_parameters(
        {"$ref": "#/definitions/In", "definitions": {"In": {"type": "object", "properties": {"x": {"type": "null"}}}}}
    )
    assert schema["properties"] == {"x": {"type": "null"}}
    assert "$ref" not in schema


def test_a_reference_to_itself_ends() -> None:
    assert as_openai_parameters({"$ref": "#"})["type"] == "object"
    assert as_openai_parameters({"anyOf": [{"$ref": "#"}]})["type"] == "object"


def test_the_schema_given_in_is_not_changed() -> None:
    part: dict[str, Any] = {"properties": {"b": {}}, "required": ["b"]}
    schema = {"properties": {"a": {}}, "allOf": [part]}
    as_openai_parameters(schema)
    assert schema == {"properties": {"a": {}}, "allOf": [{"properties": {"b": {}}, "required": ["b"]}]}


@pytest.mark.parametrize(
    ("reference", "target"),
    [
        ("#/$defs/A", {"type": "string"}),
        ("#/$defs/a~1b", {"type": "number"}),
        ("#/$defs/with%20blank", {"type": "boolean"}),
        ("#/list/1", {"type": "null"}),
        ("#/list/9", None),
        ("#/$defs/Missing", None),
        ("#/$defs/A/type/x", None),
        ("other.json#/A", None),
        (None, None),
    ],
)
def test_local_references_are_followed(reference: object, target: object) -> None:
    document = {
        "$defs": {"A": {"type": "string"}, "a/b": {"type": "number"}, "with blank": {"type": "boolean"}},
        "list": [{}, {"type": "null"}],
    }
    assert resolve(reference, document) == target


def test_where_two_schemas_differ_the_first_counts() -> None:
    both = merged({"type": "string", "required": True}, {"type": "number", "title": "T", "required": ["x"]})
    assert both == {"type": "string", "title": "T", "required": ["x"]}
