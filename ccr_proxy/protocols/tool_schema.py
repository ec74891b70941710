"""Tool schemas as OpenAI-style targets take them, and what every adaptation of a JSON Schema needs.

Claude Code and MCP servers write full JSON Schema. OpenAI refuses only an unusual top level. (Gemini's subset is in
`gemini.schema`.)
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from ccr_proxy.json_codec import JsonObject

# References may be recursive; a schema deeper than this ends in "any object".
MAXIMUM_DEPTH = 24
_COMBINATORS = ("allOf", "anyOf", "oneOf")
# What OpenAI refuses at the top level, beside the combinators
# (https://platform.openai.com/docs/guides/structured-outputs#root-objects-must-not-be-anyof-and-must-be-an-object).
_NOT_AT_THE_TOP = frozenset({"$schema", "$ref", "enum", "const", "not"})


def as_openai_parameters(schema: object) -> JsonObject:
    """A function's parameters for OpenAI, which demands `type: object` with `properties` and no combinator at the top
    level. `$schema` is dropped; below the top level nothing changes."""
    return object_root(schema)


def object_root(schema: object) -> JsonObject:
    """The schema with one plain object at the top: alternatives become optional properties of it."""
    root = schema if isinstance(schema, dict) else {}
    return _object_root(root, root, 0)


def merged(first: JsonObject, second: JsonObject) -> JsonObject:
    """Both schemas at once; where they differ the first wins, properties and required names add up."""
    result = {**second, **first}
    properties = first.get("properties"), second.get("properties")
    if isinstance(properties[0], dict) and isinstance(properties[1], dict):
        result["properties"] = {**properties[1], **properties[0]}
    if required := [*names(second.get("required")), *names(first.get("required"))]:
        result["required"] = list(dict.fromkeys(required))
    return result


def names(value: object) -> list[str]:
    """The strings of a list such as `required`; old drafts wrote a boolean there."""
    return [name for name in value if isinstance(name, str)] if isinstance(value, list) else []


def resolve(reference: object, document: JsonObject) -> JsonObject | None:
    """The schema that a local reference (`#/$defs/Name`) points to; None for any other reference."""
    if not isinstance(reference, str) or not reference.startswith("#"):
        return None
    node: Any = document
    for step in filter(None, reference[1:].split("/")):
        key = unquote(step).replace("~1", "/").replace("~0", "~")
        if isinstance(node, list) and key.isdigit() and int(key) < len(node):
            node = node[int(key)]
        elif isinstance(node, dict):
            node = node.get(key)
        else:
            return None
    return node if isinstance(node, dict) else None


def _object_root(schema: JsonObject, document: JsonObject, depth: int) -> JsonObject:
    root = {key: value for key, value in schema.items() if key not in _NOT_AT_THE_TOP}
    target = resolve(schema.get("$ref"), document)
    if target is not None and depth < MAXIMUM_DEPTH:
        root = merged(root, _object_root(target, document, depth + 1))
    for keyword in _COMBINATORS:
        variants = root.pop(keyword, None)
        if isinstance(variants, list) and depth < MAXIMUM_DEPTH:
            objects = [_object_root(item, document, depth + 1) for item in variants if isinstance(item, dict)]
            root = _with_variants(root, objects, all_hold=keyword == "allOf")
    properties = root.get("properties")
    return {**root, "type": "object", "properties": properties if isinstance(properties, dict) else {}}


def _with_variants(root: JsonObject, objects: list[JsonObject], *, all_hold: bool) -> JsonObject:
    """A name stays required when every alternative requires it, or when all of them hold at once."""
    if not objects:
        return root
    if all_hold:
        for item in objects:
            root = merged(root, item)
        return root
    required = set.intersection(*(set(names(item.get("required"))) for item in objects))
    properties: dict[str, list[Any]] = {}
    for item in objects:
        for name, schema in item["properties"].items():
            known = properties.setdefault(name, [])
            if schema not in known:
                known.append(schema)
    either = {name: found[0] if len(found) == 1 else {"anyOf": found} for name, found in properties.items()}
    return merged(root, {"properties": either, "required": sorted(required)})
