"""`customparams`: more request fields. What the request has already stays; objects are merged, level by level."""

from __future__ import annotations

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.transformers.transformer import Context, Transformer


def filled_in(body: JsonObject, additions: JsonObject) -> JsonObject:
    """`body` with what it lacks of `additions`, also inside objects that both have."""
    merged = {**body, **{key: value for key, value in additions.items() if key not in body}}
    for key in body.keys() & additions.keys():
        if isinstance(body[key], dict) and isinstance(additions[key], dict):
            merged[key] = filled_in(body[key], additions[key])
    return merged


def _add(body: JsonObject, _context: Context, options: JsonObject) -> JsonObject:
    return filled_in(body, options)


CUSTOMPARAMS = Transformer("customparams", takes_any_option=True, request=_add)
