"""`groq`: Groq refuses every field that it does not know: cache marks, `$schema` in tools, reasoning given back.

(https://console.groq.com/docs/openai#currently-unsupported-openai-features)
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.model_profile import ModelProfile
from ccr_proxy.transformers.transformer import Context, Transformer


def _profile(profile: ModelProfile, _model: str, _options: JsonObject) -> ModelProfile:
    return replace(
        profile,
        reasoning="effort" if profile.reasoning == "effort" else "none",
        reasoning_history="",
        cache_control=False,
    )


def _request(body: JsonObject, _context: Context, _options: JsonObject) -> JsonObject:
    if not body.get("tools"):
        return body
    return {**body, "tools": _without_dialect(body["tools"])}


def _without_dialect(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_dialect(item) for item in value]
    if isinstance(value, dict):
        # A property may be called so too; then it stands for an object, not for a dialect's address.
        return {
            key: _without_dialect(item) for key, item in value.items() if key != "$schema" or not isinstance(item, str)
        }
    return value


GROQ = Transformer("groq", profile=_profile, request=_request)
