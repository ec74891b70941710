"""What both OpenAI formats ask for beside the conversation, in Anthropic's words."""

from __future__ import annotations

from ccr_proxy.json_codec import JsonObject, dumps
from ccr_proxy.protocols.inbound.fields import an_object, refuse
from ccr_proxy.protocols.inbound.hub_conversation import text_block

# Anthropic demands an output limit, OpenAI's clients rarely give one. This is what Claude Code asks of a model that it
# does not know; a model that takes less says so, and the gateway asks again with its limit.
DEFAULT_MAX_TOKENS = 32_000

# Anthropic has no word for the weakest effort of GPT-5.
_EFFORTS = {level: level for level in ("low", "medium", "high", "xhigh", "max")} | {"minimal": "low"}
_ONLY_JSON = "Answer with one JSON object and nothing else: no code fence, no text before or after it."


def add_limits(request: JsonObject, body: JsonObject, *limit_fields: str) -> None:
    """`max_tokens` from the first of the client's fields that has one, and the sampling values."""
    limits = (body.get(field) for field in limit_fields)
    request["max_tokens"] = next((limit for limit in limits if _is_count(limit)), DEFAULT_MAX_TOKENS)
    for field in ("temperature", "top_p"):
        if isinstance(body.get(field), int | float) and not isinstance(body[field], bool):
            request[field] = body[field]


def add_reasoning(request: JsonObject, effort: object, display: str | None) -> None:
    """Thinking as an OpenAI effort asks for it; `display` is Anthropic's `thinking.display`, None for its default.

    Anthropic refuses sampling values beside thinking, and thinking beside a forced tool call
    (https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking#feature-compatibility). So a forced call
    stays and thinking goes; otherwise thinking stays and the sampling values go. An unknown effort is left out.
    """
    if effort == "none":
        request["thinking"] = {"type": "disabled"}
        return
    known = _EFFORTS.get(effort) if isinstance(effort, str) else None
    if known is not None:
        request["output_config"] = {**request.get("output_config", {}), "effort": known}
    forced = request.get("tool_choice", {}).get("type") in ("any", "tool")
    if forced or (known is None and display != "summarized"):
        return
    request["thinking"] = {"type": "adaptive"} if display is None else {"type": "adaptive", "display": display}
    for field in ("temperature", "top_p"):
        request.pop(field, None)


def add_answer_format(request: JsonObject, wanted: object, field: str) -> None:
    """Structured output. `wanted` has `type` and, for `json_schema`, `schema`. Raises ClientFault for other types."""
    form = an_object(wanted, field)
    kind = form.get("type")
    if kind == "json_schema":
        schema = an_object(form.get("schema"), f"{field}.schema")
        output_format = {"type": "json_schema", "schema": schema}
        request["output_config"] = {**request.get("output_config", {}), "format": output_format}
    elif kind == "json_object":
        # Anthropic has no such mode, so the model is told.
        request["system"] = [*request.get("system", []), text_block(_ONLY_JSON)]
    elif kind not in ("text", None):
        refuse(f"{field}.type", f"{kind!r} is not available here; use text, json_object or json_schema")


def add_identity(request: JsonObject, body: JsonObject) -> None:
    """Whose conversation this is: the cache key names it, in the form that Claude Code writes; else the end user."""
    key = body.get("prompt_cache_key")
    user = body.get("safety_identifier") or body.get("user")
    if isinstance(key, str) and key:
        request["metadata"] = {"user_id": dumps({"session_id": key}).decode()}
    elif isinstance(user, str) and user:
        request["metadata"] = {"user_id": user}
    if body.get("service_tier") == "default":
        request["service_tier"] = "standard_only"


def add_cache_marks(request: JsonObject) -> None:
    """Ask Anthropic to cache the prefix of a conversation that will go on; OpenAI does so unasked.

    Writing the cache costs a quarter more and reading it a tenth
    (https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching#pricing), so single questions stay unmarked,
    and so does a request whose client has set marks itself.
    """
    goes_on = bool(request.get("tools")) or len(request["messages"]) > 2
    if not goes_on or b'"cache_control":' in dumps([request.get("system"), request["messages"]]):
        return
    for blocks in (request.get("system"), request["messages"][-1]["content"]):
        if blocks and blocks[-1].get("type") not in ("thinking", "redacted_thinking"):
            blocks[-1] = {**blocks[-1], "cache_control": {"type": "ephemeral"}}


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
