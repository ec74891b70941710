"""`cerebras`: reasoning is asked for with `reasoning_effort`, never given back, and turned off only for GLM.

(https://inference-docs.cerebras.ai/capabilities/reasoning)
"""

from __future__ import annotations

from dataclasses import replace

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.model_profile import ModelProfile
from ccr_proxy.transformers.reasoning import wants_thinking
from ccr_proxy.transformers.transformer import Context, Transformer


def _profile(profile: ModelProfile, _model: str, _options: JsonObject) -> ModelProfile:
    return replace(
        profile,
        reasoning="effort" if profile.reasoning == "effort" else "none",
        reasoning_history="",
        cache_control=False,
    )


def _request(body: JsonObject, context: Context, _options: JsonObject) -> JsonObject:
    body = {key: value for key, value in body.items() if key != "reasoning"}
    if "glm" in context.model.lower() and wants_thinking(context.asked) is False:
        body["disable_reasoning"] = True
    return body


CEREBRAS = Transformer("cerebras", profile=_profile, request=_request)
