"""JSON for the wire: orjson, with the standard library as second try.

orjson refuses what JavaScript clients do send: lone surrogates (a string cut in the middle of an emoji), NaN, a byte
order mark. Such a body is read by `json`; its lone surrogates become U+FFFD and its NaN and Infinity become null, so
that it can be sent on as JSON in UTF-8.
"""

from __future__ import annotations

import json
import math
from typing import Any

import orjson

# JSON that another program wrote: its shape is checked where a value is used, not here.
JsonObject = dict[str, Any]


def loads(data: bytes | str) -> Any:
    """Parse JSON text. Raises ValueError when it is not JSON."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        text = data.decode("utf-8-sig", "surrogatepass") if isinstance(data, bytes) else data.removeprefix("\ufeff")
        try:
            return _writable(json.loads(text))
        except RecursionError:
            raise ValueError("lists and objects are nested too deeply") from None


def dumps(value: object) -> bytes:
    """Write compact UTF-8 JSON. Integers beyond 64 bits and lone surrogates are written too."""
    try:
        return orjson.dumps(value)
    except TypeError:
        text = json.dumps(_writable(value), ensure_ascii=False, separators=(",", ":"))
        return text.encode()


def as_object(value: object) -> JsonObject:
    """A foreign value where an object is expected; anything else counts as an empty one."""
    return value if isinstance(value, dict) else {}


def _writable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return [_writable(item) for item in value]
    if isinstance(value, dict):
        return {_writable(key): _writable(item) for key, item in value.items()}
    return value
