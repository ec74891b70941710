"""Counting the tokens of an Anthropic request (https://docs.anthropic.com/en/api/messages-count-tokens)."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.answer import Counting, Target

# What shapes only the answer is refused: "Extra inputs are not permitted".
_OF_THE_ANSWER = frozenset("max_tokens metadata service_tier stop_sequences stream temperature top_k top_p".split())


def count_url(url: str) -> str | None:
    """Beside `.../messages`; Claude on Vertex AI has another address, which is not asked."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=parts.path + "/count_tokens")) if parts.path.endswith("/messages") else None


def count_body(encoded: JsonObject, _target: Target) -> JsonObject:
    """The request without what shapes only its answer."""
    return {key: value for key, value in encoded.items() if key not in _OF_THE_ANSWER}


COUNTING = Counting(count_url, count_body, "input_tokens")
