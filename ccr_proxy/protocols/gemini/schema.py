"""JSON Schema in the subset that Gemini takes.

One unknown keyword anywhere makes Gemini refuse the whole request. What has no keyword there goes into the description,
where the model still reads it. The output is meant for `parametersJsonSchema` and `responseJsonSchema`, which take more
than the older `parameters` and `responseSchema` do: free-form objects, `additionalProperties` and null types.
"""

from __future__ import annotations

from typing import Any

from ccr_proxy.json_codec import JsonObject, dumps
from ccr_proxy.protocols.tool_schema import MAXIMUM_DEPTH, merged, names, object_root, resolve

# Keywords that pass unchanged (https://ai.google.dev/api/generate-content#FIELDS.response_json_schema). `$ref` and
# `$defs` are in that list too, but not for cycles in required properties, so references are written out.
_KEPT = ("minItems", "maxItems", "minimum", "maximum")
_TYPES = frozenset({"string", "number", "integer", "boolean", "array", "object", "null"})
# Other formats (uri, uuid, email ...) are answered with 400 by some models.
_FORMATS = frozenset({"date-time", "int32", "int64", "float", "double"})
_FOLDED = {
    "pattern": "Must match the pattern {}.",
    "minLength": "At least {} characters.",
    "maxLength": "At most {} characters.",
    "multipleOf": "A multiple of {}.",
    "uniqueItems": "No duplicates.",
    "minProperties": "At least {} entries.",
    "maxProperties": "At most {} entries.",
    "default": "Default: {}.",
}

_RECURSIVE: JsonObject = {"type": "object", "description": "Nested, built like what surrounds it."}
# Written-out references multiply; beyond this many nested schemas the rest becomes "any object".
_MAXIMUM_NODES = 4000

# A schema and the references that were written out on the way to it, so that a recursive one is noticed.
_Located = tuple[JsonObject, tuple[str, ...]]


def as_gemini_parameters(schema: object) -> JsonObject:
    """A function's parameters: an object at the top, the subset everywhere."""
    root = schema if isinstance(schema, dict) else {}
    return {**_Cleaner(root).clean(object_root(root)), "type": "object"}


def as_gemini_schema(schema: object) -> JsonObject:
    """Any schema, for structured output."""
    root = schema if isinstance(schema, dict) else {}
    return _Cleaner(root).clean(root)


def _any_value() -> JsonObject:
    """Gemini refuses a property without a type, so "anything" is spelled out."""
    plain: list[JsonObject] = [{"type": kind} for kind in ("string", "number", "boolean", "object")]
    return {"anyOf": [*plain, {"type": "array", "items": {"type": "string"}}]}


class _Cleaner:
    """Writes one schema document in Gemini's subset."""

    def __init__(self, document: JsonObject) -> None:
        self._document = document
        self._left = _MAXIMUM_NODES

    def clean(self, schema: object, inside: tuple[str, ...] = (), depth: int = 0) -> JsonObject:
        """`inside` names the references that are being written out, so that a recursive one is cut."""
        if not isinstance(schema, dict) or not schema:
            return _any_value()
        self._left -= 1
        if depth > MAXIMUM_DEPTH or self._left < 0:
            return {"type": "object"}
        located = self._flat(schema, inside)
        if located is None:
            return dict(_RECURSIVE)
        flat, inside = located
        base, alternatives, nullable = self._alternatives(flat, inside)
        if not alternatives:
            cleaned = self._plain(base, inside, depth)
        elif len(alternatives) == 1:
            only, inside = alternatives[0]
            cleaned = self.clean(merged(base, only), inside, depth + 1)
        else:
            cleaned = self._union(base, alternatives, depth)
        return _with_null(cleaned) if nullable else cleaned

    def _flat(self, schema: JsonObject, inside: tuple[str, ...]) -> _Located | None:
        """The schema with references and allOf merged in; None when it is a reference to what surrounds it."""
        flat = {key: value for key, value in schema.items() if key not in ("$ref", "allOf")}
        parts = _dicts(schema.get("allOf"))
        if (reference := schema.get("$ref")) is not None:
            if reference in inside:
                return None
            inside = (*inside, str(reference))
            parts = [*_dicts([resolve(reference, self._document)]), *parts]
        for part in parts:
            located = self._flat(part, inside)
            if located is not None:
                flat, inside = merged(flat, located[0]), located[1]
        return flat, inside

    def _alternatives(self, schema: JsonObject, inside: tuple[str, ...]) -> tuple[JsonObject, list[_Located], bool]:
        """What holds in any case, the alternatives (none or several), and whether null is one of them."""
        base = {key: value for key, value in schema.items() if key not in ("anyOf", "oneOf", "nullable")}
        nullable = schema.get("nullable") is True
        alternatives = [
            self._flat(item, inside) or (dict(_RECURSIVE), inside)
            for item in [*_dicts(schema.get("anyOf")), *_dicts(schema.get("oneOf"))]
        ]
        if isinstance(kinds := base.get("type"), list):
            nullable = nullable or "null" in kinds
            kinds = [kind for kind in kinds if kind != "null"]
            base["type"] = kinds[0] if len(kinds) == 1 else None
            if len(kinds) > 1 and not alternatives:
                alternatives = [({"type": kind}, inside) for kind in kinds]
        present = [item for item in alternatives if item[0].get("type") != "null"]
        nullable = nullable or len(present) < len(alternatives)
        if present and (literals := _literals([item for item, _ in present])) is not None:
            return {**base, "enum": literals}, [], nullable
        return base, present, nullable

    def _union(self, base: JsonObject, alternatives: list[_Located], depth: int) -> JsonObject:
        """What stands beside the alternatives is written into each: `anyOf` must stand alone."""
        beside = {key: value for key, value in base.items() if key not in ("description", "default", "title")}
        variants = [self.clean(merged(item, beside), inside, depth + 1) for item, inside in alternatives]
        return _described({"anyOf": variants}, base, ["default"])

    def _plain(self, schema: JsonObject, inside: tuple[str, ...], depth: int) -> JsonObject:
        kind = _kind(schema)
        if kind is None:
            return _described(_any_value(), schema, list(_FOLDED))
        cleaned: JsonObject = {"type": kind, **{key: schema[key] for key in _KEPT if key in schema}}
        notes: list[str] = []
        _keep_enum(schema, cleaned, notes)
        _keep_bounds(schema, cleaned, notes)
        if form := str(schema.get("format") or ""):
            if form in _FORMATS:
                cleaned["format"] = form
            else:
                notes.append(f"Format: {form}.")
        if kind == "object":
            self._keep_properties(schema, cleaned, inside, depth)
        elif kind == "array":
            cleaned["items"] = self._items(schema, inside, depth)
        return _described(cleaned, schema, list(_FOLDED), notes)

    def _keep_properties(self, schema: JsonObject, cleaned: JsonObject, inside: tuple[str, ...], depth: int) -> None:
        properties = schema.get("properties")
        if isinstance(properties, dict):
            cleaned["properties"] = {key: self.clean(item, inside, depth + 1) for key, item in properties.items()}
        required = [name for name in names(schema.get("required")) if name in cleaned.get("properties", {})]
        if required:
            cleaned["required"] = required
        extra = schema.get("additionalProperties")
        patterns = schema.get("patternProperties")
        if isinstance(patterns, dict) and patterns and not isinstance(extra, dict):
            extra = next(iter(patterns.values()))
        if isinstance(extra, dict) and extra:
            cleaned["additionalProperties"] = self.clean(extra, inside, depth + 1)
        elif isinstance(extra, bool):
            cleaned["additionalProperties"] = extra

    def _items(self, schema: JsonObject, inside: tuple[str, ...], depth: int) -> JsonObject:
        items = schema.get("items")
        places = schema.get("prefixItems") or (items if isinstance(items, list) else None)
        if not isinstance(places, list):
            return self.clean(items, inside, depth + 1)
        kinds: list[JsonObject] = []
        for place in places:
            cleaned = self.clean(place, inside, depth + 1)
            if cleaned not in kinds:
                kinds.append(cleaned)
        return kinds[0] if len(kinds) == 1 else {"anyOf": kinds}


def _with_null(schema: JsonObject) -> JsonObject:
    if isinstance(schema.get("type"), str):
        return {**schema, "type": [schema["type"], "null"]}
    if "anyOf" in schema and {"type": "null"} not in schema["anyOf"]:
        return {**schema, "anyOf": [*schema["anyOf"], {"type": "null"}]}
    return schema


def _dicts(value: object) -> list[JsonObject]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _literals(variants: list[JsonObject]) -> list[Any] | None:
    """The values of alternatives that are all single values, as zod writes unions of literals."""
    values: list[Any] = []
    for variant in variants:
        if not (found := _values(variant)):
            return None
        values += found
    return values


def _kind(schema: JsonObject) -> str | None:
    """The type of a schema, inferred from its other keywords when it names none."""
    kind = schema.get("type")
    if isinstance(kind, str) and kind in _TYPES:
        return kind
    if "properties" in schema or "additionalProperties" in schema:
        return "object"
    if "items" in schema or "prefixItems" in schema:
        return "array"
    kinds = {_JSON_TYPES.get(type(value)) for value in _values(schema) if value is not None}
    return kinds.pop() if len(kinds) == 1 else None


def _values(schema: JsonObject) -> list[Any]:
    """The only values that a schema allows; empty when it does not say."""
    if isinstance(schema.get("enum"), list):
        return list(schema["enum"])
    return [schema["const"]] if "const" in schema else []


_JSON_TYPES: dict[type, str] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    list: "array",
    dict: "object",
}


def _keep_enum(schema: JsonObject, cleaned: JsonObject, notes: list[str]) -> None:
    """Gemini takes string values only, none empty; other values are told in words."""
    values = _values(schema)
    present = [value for value in values if value is not None]
    if not present:
        return
    if cleaned["type"] == "string" and all(isinstance(value, str) and value for value in present):
        cleaned["enum"] = list(dict.fromkeys(present))
    else:
        notes.append("One of: " + ", ".join(_json(value) for value in present) + ".")
    if len(present) < len(values):
        cleaned["type"] = [cleaned["type"], "null"]


def _keep_bounds(schema: JsonObject, cleaned: JsonObject, notes: list[str]) -> None:
    """Exclusive bounds become inclusive ones for whole numbers and words for others."""
    for exclusive, inclusive, step, word in (
        ("exclusiveMinimum", "minimum", 1, "Greater"),
        ("exclusiveMaximum", "maximum", -1, "Less"),
    ):
        bound = schema.get(exclusive)
        if bound is True:  # draft 4: the bound itself stands in `minimum`
            notes.append(f"{word} than {schema.get(inclusive)}.")
        elif isinstance(bound, int) and not isinstance(bound, bool) and cleaned["type"] == "integer":
            cleaned.setdefault(inclusive, bound + step)
        elif isinstance(bound, int | float) and not isinstance(bound, bool):
            notes.append(f"{word} than {bound}.")


def _described(
    cleaned: JsonObject, schema: JsonObject, folded: list[str], notes: list[str] | None = None
) -> JsonObject:
    """The description of `schema`, and in words what `cleaned` has no keyword for."""
    parts = [schema["description"]] if isinstance(schema.get("description"), str) else []
    parts += notes or []
    for key in folded:
        if (value := schema.get(key)) is not None and (value is not False or key == "default"):
            parts.append(_FOLDED[key].format(_json(value)))
    description = " ".join(part for part in parts if part)
    return {**cleaned, "description": description} if description else cleaned


def _json(value: object) -> str:
    return dumps(value).decode()
