"""Counting the tokens of a generateContent request, which the two services want in two shapes.

https://ai.google.dev/api/tokens
https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/count-tokens
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.answer import Counting, Target

_METHOD = re.compile(r":(generateContent|streamGenerateContent)$")
_COUNTED_BY_VERTEX = frozenset("contents systemInstruction tools generationConfig".split())


def count_url(url: str) -> str | None:
    """Another method of the same model; a query such as `?key=` is kept."""
    parts = urlsplit(url)
    if not _METHOD.search(parts.path):
        return None
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != "alt"]
    return urlunsplit(parts._replace(path=_METHOD.sub(":countTokens", parts.path), query=urlencode(query)))


def count_body(encoded: JsonObject, target: Target) -> JsonObject:
    """The Gemini API counts bare `contents`, or a whole request, which has to name its model."""
    name = "models/" + target.model.removeprefix("models/")
    return {"generateContentRequest": {"model": name, **encoded}}


def count_body_for_vertex(encoded: JsonObject, _target: Target) -> JsonObject:
    """Vertex AI takes the parts of a request that it counts side by side, and no others."""
    return {key: value for key, value in encoded.items() if key in _COUNTED_BY_VERTEX}


COUNTING = Counting(count_url, count_body, "totalTokens")
VERTEX_COUNTING = Counting(count_url, count_body_for_vertex, "totalTokens")
