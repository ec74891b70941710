"""Counting the tokens of a Responses request.

https://platform.openai.com/docs/api-reference/responses/input-tokens. Azure and most compatible services do not count.
"""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.answer import Counting, Target

_COUNTED = frozenset("model input instructions parallel_tool_calls reasoning text tool_choice tools".split())


def count_url(url: str) -> str | None:
    """Below `.../responses`."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=parts.path + "/input_tokens")) if parts.path.endswith("/responses") else None


def count_body(encoded: JsonObject, _target: Target) -> JsonObject:
    """The fields that the endpoint knows; any other is refused."""
    return {key: value for key, value in encoded.items() if key in _COUNTED}


COUNTING = Counting(count_url, count_body, "input_tokens")
