"""`sampling`: fixed sampling values for a model, whatever the client asks for."""

from __future__ import annotations

from ccr_proxy.json_codec import JsonObject, as_object
from ccr_proxy.protocols.model_profile import ModelProfile
from ccr_proxy.transformers.output_limits import MAX_TOKENS, capped
from ccr_proxy.transformers.transformer import Context, Option, Transformer

# The names of the values in each wire format; what a format does not have is not sent.
_COMMON = {"temperature": "temperature", "top_p": "top_p"}
_NAMES = {
    "openai-chat": {**_COMMON, "top_k": "top_k", "repetition_penalty": "repetition_penalty"},
    "openai-responses": _COMMON,
    "anthropic": {**_COMMON, "top_k": "top_k"},
    "gemini": {"temperature": "temperature", "top_p": "topP", "top_k": "topK"},
}


def _set(body: JsonObject, context: Context, options: JsonObject) -> JsonObject:
    names = _NAMES.get(context.protocol.removeprefix("vertex-"), {})
    values = {field: options[name] for name, field in names.items() if name in options}
    if not values:
        return body
    if context.protocol.endswith("gemini"):
        return {**body, "generationConfig": {**as_object(body.get("generationConfig")), **values}}
    return {**body, **values}


def _cap(profile: ModelProfile, _model: str, options: JsonObject) -> ModelProfile:
    return capped(profile, options.get("max_tokens"))


SAMPLING = Transformer(
    "sampling",
    options=(
        MAX_TOKENS,
        Option("temperature", "number", "the temperature"),
        Option("top_p", "number", "nucleus sampling"),
        Option("top_k", "whole number", "how many tokens are considered"),
        Option("repetition_penalty", "number", "the repetition penalty (Chat Completions only)"),
    ),
    profile=_cap,
    request=_set,
)
