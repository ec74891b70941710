"""`cleancache`: no cache marks, for providers that refuse them."""

from __future__ import annotations

from typing import Any

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.transformers.transformer import Context, Transformer

_MARK = "cache_control"
# What a tool or a model wrote is not ours: a property there may have any name.
_FOREIGN = frozenset({"input_schema", "input", "parameters", "arguments"})


def _clean(body: JsonObject, _context: Context, _options: JsonObject) -> JsonObject:
    return {key: _without_marks(value) for key, value in body.items() if key != _MARK}


def _without_marks(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_marks(item) for item in value]
    if isinstance(value, dict):
        return {key: item if key in _FOREIGN else _without_marks(item) for key, item in value.items() if key != _MARK}
    return value


CLEANCACHE = Transformer("cleancache", conversation=_clean)
