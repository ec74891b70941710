"""JSON Schema in Gemini's subset."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.protocols.gemini.schema import as_gemini_parameters, as_gemini_schema

ALLOWED = {"type", "description", "enum", "format", "items", "minItems", "maxItems", "minimum", "maximum", "anyOf"} | {
    "properties",
    "additionalProperties",
    "required",
}
ANY_TYPES = ["string", "number", "boolean", "object", "array"]


def schemas_in(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """A cleaned schema and all below it."""
    below = [*schema.get("anyOf", []), *schema.get("properties", {}).values()]
    below += [schema[key] for key in ("items", "additionalProperties") if isinstance(schema.get(key), dict)]
    return [schema, *(found for item in below for found in schemas_in(item))]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string", "title": "T", "description": "d"}, {"type": "string", "description": "d"}),
        ({"type": ["string", "null"]}, {"type": ["string", "null"]}),
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}, {"type": ["string", "null"]}),
        ({"type": ["string", "integer"]}, {"anyOf": [{"type": "string"}, {"type": "integer"}]}),
        (
            {"oneOf": [{"type": "string"}, {"type": "boolean"}, {"type": "null"}], "description": "d"},
            {"anyOf": [{"type": "string"}, {"type": "boolean"}, {"type": "null"}], "description": "d"},
        ),
        ({"const": "x"}, {"type": "string", "enum": ["x"]}),
        ({"anyOf": [{"const": "a"}, {"const": "b"}]}, {"type": "string", "enum": ["a", "b"]}),
        ({"enum": ["a", None]}, {"type": ["string", "null"], "enum": ["a"]}),
        ({"enum": ["a", ""]}, {"type": "string", "description": 'One of: "a", "".'}),
        ({"enum": [1, 2]}, {"type": "integer", "description": "One of: 1, 2."}),
        ({"const": True}, {"type": "boolean", "description": "One of: true."}),
        ({"type": "integer", "exclusiveMinimum": 0, "maximum": 9}, {"type": "integer", "minimum": 1, "maximum": 9}),
        ({"type": "number", "exclusiveMaximum": 1}, {"type": "number", "description": "Less than 1."}),
        (
            {"type": "number", "minimum": 0, "exclusiveMinimum": True},
            {"type": "number", "minimum": 0, "description": "Greater than 0."},
        ),
        ({"type": "string", "format": "date-time"}, {"type": "string", "format": "date-time"}),
        ({"type": "string", "format": "uri"}, {"type": "string", "description": "Format: uri."}),
        (
            {"type": "string", "description": "d", "pattern": "^a", "minLength": 1, "default": "a"},
            {
                "type": "string",
                "description": 'd Must match the pattern "^a". At least 1 characters. Default: "a".',
            },
        ),
        ({"type": "boolean", "default": False}, {"type": "boolean", "description": "Default: false."}),
        (
            {"type": "array", "items": {"type": "string"}, "uniqueItems": False},
            {"type": "array", "items": {"type": "string"}},
        ),
        (
            {"type": "array", "prefixItems": [{"type": "string"}, {"type": "number"}]},
            {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "number"}]}},
        ),
        ({"type": "array", "items": [{"type": "string"}]}, {"type": "array", "items": {"type": "string"}}),
        (
            {"type": "object", "additionalProperties": {"type": "string"}, "propertyNames": {"pattern": "x"}},
            {"type": "object", "additionalProperties": {"type": "string"}},
        ),
        (
            {"type": "object", "patternProperties": {"^x": {"type": "string"}}, "additionalProperties": False},
            {"type": "object", "additionalProperties": {"type": "string"}},
        ),
        (
            {"properties": {"a": {"type": "string"}}, "required": ["a", "gone"]},
            {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]},
        ),
    ],
)
def test_each_keyword_in_the_subset(schema: dict[str, Any], expected: dict[str, Any]) -> None:
    assert as_gemini_schema(schema) == expected


@pytest.mark.parametrize("schema", [{}, True, None, {"description": "anything"}, {"type": "any"}])
def test_anything_is_spelled_out_because_a_type_is_demanded(schema: object) -> None:
    cleaned = as_gemini_parameters({"type": "object", "properties": {"x": schema}})["properties"]["x"]
    assert [item["type"] for item in cleaned["anyOf"]] == ANY_TYPES


def test_what_stands_beside_alternatives_moves_into_them() -> None:
    cleaned = as_gemini_schema(
        {
            "type": "object",
            "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
            "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
        }
    )
    assert set(cleaned) == {"anyOf"}
    assert [(item["type"], item["required"], set(item["properties"])) for item in cleaned["anyOf"]] == [
        ("object", ["a"], {"a", "b"}),
        ("object", ["b"], {"a", "b"}),
    ]


def test_references_are_written_out_and_recursion_is_cut() -> None:
    cleaned = as_gemini_parameters(
        {
            "type": "object",
            "properties": {"root": {"$ref": "#/$defs/Node"}, "other": {"$ref": "#/$defs/Node", "description": "o"}},
            "$defs": {
                "Node": {
                    "type": "object",
                    "properties": {
                        "name": {"$ref": "#/$defs/Name"},
                        "children": {"type": "array", "items": {"$ref": "#/$defs/Node"}},
                        "parent": {"anyOf": [{"$ref": "#/$defs/Node"}, {"type": "null"}]},
                    },
                },
                "Name": {"type": "string"},
            },
        }
    )
    node = cleaned["properties"]["root"]
    assert node["properties"]["name"] == {"type": "string"}
    assert node["properties"]["children"]["items"]["type"] == "object"
    assert node["properties"]["parent"]["type"] == ["object", "null"]
    assert cleaned["properties"]["other"]["description"] == "o"
    assert all(set(item) <= ALLOWED for item in schemas_in(cleaned))


def test_many_definitions_that_name_each_other_stay_small() -> None:
    names = [f"D{number}" for number in range(12)]
    node = {"type": "object", "properties": {name: {"$ref": f"#/$defs/{name}"} for name in names}}
    cleaned = as_gemini_parameters({**node, "$defs": dict.fromkeys(names, node)})
    assert len(schemas_in(cleaned)) < 60_000


def test_the_top_is_always_one_object() -> None:
    kinds = [{"properties": {"kind": {"const": kind}}, "required": ["kind"]} for kind in ("a", "b")]
    assert as_gemini_parameters({"oneOf": kinds}) == {
        "type": "object",
        "properties": {"kind": {"type": "string", "enum": ["a", "b"]}},
        "required": ["kind"],
    }
    assert as_gemini_parameters(None) == {"type": "object", "properties": {}}


KEYWORDS = st.sampled_from(
    (
        "type properties required items prefixItems anyOf oneOf allOf $ref $defs enum const additionalProperties "
        "patternProperties format default exclusiveMinimum nullable description not if $schema x-own minLength Node"
    ).split()
)
VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(
        ["string", "object", "array", "null", "integer", "#", "#/$defs/Node", "#/properties/Node", "Node", "uri", ""]
    )
)
ANY_SCHEMA = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYWORDS, inner, max_size=5),
    max_leaves=30,
)


@given(ANY_SCHEMA)
def test_whatever_comes_only_the_subset_leaves(schema: Any) -> None:
    cleaned = as_gemini_parameters(schema)
    assert cleaned["type"] == "object"
    for item in schemas_in(cleaned):
        assert set(item) <= ALLOWED
        assert "type" in item or "anyOf" in item
        assert set(item.get("required", [])) <= set(item.get("properties", {}))
        assert all(isinstance(value, str) and value for value in item.get("enum", []))
