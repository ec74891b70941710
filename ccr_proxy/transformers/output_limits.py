"""`maxtoken` and `maxcompletiontokens`: how much a model may answer, and what that limit is called."""

from __future__ import annotations

from dataclasses import replace

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.model_profile import ModelProfile
from ccr_proxy.transformers.transformer import Option, Transformer

MAX_TOKENS = Option("max_tokens", "whole number", "the most output tokens to ask for")


def capped(profile: ModelProfile, limit: int | None) -> ModelProfile:
    """The profile with this cap too; of several the smallest counts. None or 0 is no cap."""
    if not limit or limit < 0:
        return profile
    return replace(profile, max_output_tokens=min(limit, profile.max_output_tokens or limit))


def _cap(profile: ModelProfile, _model: str, options: JsonObject) -> ModelProfile:
    return capped(profile, options.get("max_tokens"))


def _rename(profile: ModelProfile, _model: str, _options: JsonObject) -> ModelProfile:
    return replace(profile, output_limit_field="max_completion_tokens")


MAXTOKEN = Transformer("maxtoken", options=(MAX_TOKENS,), profile=_cap)
MAXCOMPLETIONTOKENS = Transformer("maxcompletiontokens", profile=_rename)
