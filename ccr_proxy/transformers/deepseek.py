"""`deepseek`: DeepSeek's output limit, and its reasoning given back.

The limit is 8K tokens for deepseek-chat and DeepSeek V3, and 64K for the reasoning models
(https://api-docs.deepseek.com/quick_start/pricing). Later generations take more than any client asks for.
A turn that called tools must come back with its reasoning (https://api-docs.deepseek.com/guides/thinking_mode).
"""

from __future__ import annotations

import re
from dataclasses import replace

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.model_profile import ModelProfile
from ccr_proxy.transformers.output_limits import MAX_TOKENS, capped
from ccr_proxy.transformers.transformer import Transformer

_DEFAULT_LIMIT = 8192
_LIMITS = (
    (re.compile(r"deepseek-?v?[4-9]", re.IGNORECASE), None),
    (re.compile(r"reasoner|\br1\b|think", re.IGNORECASE), 65536),
)


def _profile(profile: ModelProfile, model: str, options: JsonObject) -> ModelProfile:
    known = next((limit for pattern, limit in _LIMITS if pattern.search(model)), _DEFAULT_LIMIT)
    return replace(capped(profile, options.get("max_tokens", known)), reasoning_history="reasoning_content")


DEEPSEEK = Transformer("deepseek", options=(MAX_TOKENS,), profile=_profile)
