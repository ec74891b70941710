"""An Anthropic request as a generateContent request. The model's name and streaming are in the URL, not in the body."""

from __future__ import annotations

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.answer import EncodedRequest, Target
from ccr_proxy.protocols.conversation import refuse_what_runs_at_anthropic, system_texts
from ccr_proxy.protocols.gemini.contents import contents_of
from ccr_proxy.protocols.gemini.schema import as_gemini_schema
from ccr_proxy.protocols.gemini.thinking import generation, thinking_config
from ccr_proxy.protocols.gemini.tools import add_tools, search_limits

# https://ai.google.dev/api/generate-content#generationconfig
MAXIMUM_STOP_SEQUENCES = 5
# Largest maxOutputTokens per generation; larger values are answered with 400 (https://ai.google.dev/gemini-api/docs/models).
_OUTPUT_LIMITS = (((2, 5), 65535), ((1, 0), 8192))
_SAMPLING = (("temperature", "temperature"), ("top_p", "topP"), ("top_k", "topK"))
# What has its place below, or in the URL.
_HANDLED = frozenset(
    "model messages system max_tokens stream tools tool_choice thinking output_config output_format stop_sequences "
    "temperature top_p top_k".split()
)


def encode(body: JsonObject, target: Target) -> EncodedRequest:
    """The request for the Gemini API. Raises ClientFault for content that it cannot express."""
    return _encode(body, target, f"gemini:{target.provider}", vertex=False)


def encode_for_vertex(body: JsonObject, target: Target) -> EncodedRequest:
    """The request for Vertex AI. Raises ClientFault for content that it cannot express."""
    return _encode(body, target, f"vertex-gemini:{target.provider}", vertex=True)


def _encode(body: JsonObject, target: Target, origin: str, *, vertex: bool) -> EncodedRequest:
    refuse_what_runs_at_anthropic(body)
    request: JsonObject = {}
    left_out = sorted(key for key, value in body.items() if key not in _HANDLED and value is not None)
    if texts := [*system_texts(body), *search_limits(body)]:
        request["systemInstruction"] = {"parts": [{"text": text} for text in texts]}
    signed = generation(target.model) >= (3, 0)
    request["contents"] = contents_of(body, origin, calls_need_signature=signed)
    add_tools(request, body, target.model, left_out, vertex=vertex)
    if config := _generation_config(body, target, left_out):
        request["generationConfig"] = config
    return EncodedRequest(request, left_out)


def _generation_config(body: JsonObject, target: Target, left_out: list[str]) -> JsonObject:
    config: JsonObject = {}
    if isinstance(limit := body.get("max_tokens"), int):
        config["maxOutputTokens"] = min(limit, _output_limit(target) or limit)
    for field, name in _SAMPLING:
        if body.get(field) is None:
            continue
        if target.profile.sampling:
            config[name] = body[field]
        else:
            left_out.append(field)
    if stops := [stop for stop in body.get("stop_sequences") or [] if stop]:
        config["stopSequences"] = stops[:MAXIMUM_STOP_SEQUENCES]
        if len(stops) > MAXIMUM_STOP_SEQUENCES:
            left_out.append(f"stop_sequences[{MAXIMUM_STOP_SEQUENCES}:]")
    wanted = (body.get("output_config") or {}).get("format") or body.get("output_format") or {}
    if wanted.get("type") == "json_schema":
        config["responseMimeType"] = "application/json"
        config["responseJsonSchema"] = as_gemini_schema(wanted.get("schema"))
    if thinking := thinking_config(body, target.model, left_out):
        config["thinkingConfig"] = thinking
    return config


def _output_limit(target: Target) -> int | None:
    """The configured cap, else that of the model's generation; None for models of unknown size."""
    if target.profile.max_output_tokens:
        return target.profile.max_output_tokens
    version = generation(target.model)
    return next((limit for since, limit in _OUTPUT_LIMITS if version >= since), None)
