"""`reasoning`: the on/off switch of Qwen, GLM, Doubao and their like, in both spellings that these services have.

The client's own wish counts: thinking on, or expressly off. A client that says nothing leaves it to the model. With
`enable: false` the model never thinks. Reasoning is given back on the next turn, without which tool turns of some
models are refused.
"""

from __future__ import annotations

from dataclasses import replace

from ccr_proxy.json_codec import JsonObject, as_object
from ccr_proxy.protocols.model_profile import ModelProfile
from ccr_proxy.transformers.transformer import Context, Option, Transformer


def wants_thinking(asked: JsonObject) -> bool | None:
    """What a client says about thinking; None when it says nothing."""
    kind = as_object(asked.get("thinking")).get("type")
    return None if kind is None else kind != "disabled"


def _switch(body: JsonObject, context: Context, options: JsonObject) -> JsonObject:
    wanted = wants_thinking(context.asked) if options.get("enable", True) else False
    if wanted is None or context.protocol != "openai-chat":
        return body
    return {**body, "thinking": {"type": "enabled" if wanted else "disabled"}, "enable_thinking": wanted}


def _give_back(profile: ModelProfile, _model: str, _options: JsonObject) -> ModelProfile:
    return replace(profile, reasoning_history="reasoning_content")


REASONING = Transformer(
    "reasoning",
    options=(Option("enable", "true or false", "`false`: the model never thinks (default `true`)"),),
    profile=_give_back,
    request=_switch,
)
