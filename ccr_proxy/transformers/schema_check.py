"""Whether tool arguments fit a tool's JSON Schema: types, required names, choices, in as deep as they go.

Patterns, lengths and formats are not looked at: this check decides whether a repair may be trusted, not what a tool
accepts.
"""

from __future__ import annotations

from typing import Any

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.tool_schema import MAXIMUM_DEPTH, names, resolve
from ccr_proxy.transformers.values import meant

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}


def fits(value: Any, schema: object) -> bool:
    """Whether `value` fits; an unknown or missing schema takes anything."""
    return not isinstance(schema, dict) or _fits(value, schema, schema, 0)


def with_types_of(arguments: JsonObject, schema: object) -> JsonObject:
    """The arguments with each string that should be a number, a boolean, a list or an object turned into one."""
    properties = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(properties, dict):
        return arguments
    return {name: _typed(value, properties.get(name), schema) for name, value in arguments.items()}


def _typed(value: Any, schema: object, document: object) -> Any:
    if not isinstance(value, str) or not isinstance(schema, dict) or not isinstance(document, dict):
        return value
    if _fits(value, schema, document, 0):
        return value
    candidate = None if value.strip().lower() in ("null", "none") else meant("", value)
    return candidate if _fits(candidate, schema, document, 0) else value


def _fits(value: Any, schema: JsonObject, document: JsonObject, depth: int) -> bool:
    if depth > MAXIMUM_DEPTH:
        return True
    if "$ref" in schema and (target := resolve(schema["$ref"], document)) is not None:
        return _fits(value, target, document, depth + 1)
    if not _has_type(value, schema.get("type")) or not _is_allowed(value, schema):
        return False
    if not _fits_alternatives(value, schema, document, depth + 1):
        return False
    if isinstance(value, dict):
        return _object_fits(value, schema, document, depth + 1)
    items = schema.get("items")
    if isinstance(value, list) and isinstance(items, dict):
        return all(_fits(item, items, document, depth + 1) for item in value)
    return True


def _has_type(value: Any, wanted: object) -> bool:
    kinds = [wanted] if isinstance(wanted, str) else names(wanted)
    return not kinds or any(_is_a(value, kind) for kind in kinds)


def _is_a(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    if kind == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _TYPES.get(kind, (object,)))


def _is_allowed(value: Any, schema: JsonObject) -> bool:
    choices = schema.get("enum")
    if isinstance(choices, list) and value not in choices:
        return False
    return "const" not in schema or value == schema["const"]


def _fits_alternatives(value: Any, schema: JsonObject, document: JsonObject, depth: int) -> bool:
    for keyword, enough in (("anyOf", any), ("oneOf", any), ("allOf", all)):
        variants = schema.get(keyword)
        if isinstance(variants, list) and variants:
            found = [_fits(value, variant, document, depth) for variant in variants if isinstance(variant, dict)]
            if not enough(found):
                return False
    return True


def _object_fits(value: JsonObject, schema: JsonObject, document: JsonObject, depth: int) -> bool:
    if any(name not in value for name in names(schema.get("required"))):
        return False
    properties = schema.get("properties")
    known: JsonObject = properties if isinstance(properties, dict) else {}
    other = schema.get("additionalProperties")
    for name, item in value.items():
        expected = known.get(name, other if name not in known else None)
        if expected is False or (isinstance(expected, dict) and not _fits(item, expected, document, depth)):
            return False
    return True
