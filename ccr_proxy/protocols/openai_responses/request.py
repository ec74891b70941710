"""An Anthropic request as a Responses request.

Nothing is stored at the provider: every request carries the whole conversation, encrypted reasoning included.
"""

from __future__ import annotations

import re

from ccr_proxy.json_codec import JsonObject, loads
from ccr_proxy.protocols.answer import EncodedRequest, Target
from ccr_proxy.protocols.conversation import refuse_what_runs_at_anthropic, system_texts
from ccr_proxy.protocols.openai_responses.input_items import input_items
from ccr_proxy.protocols.openai_responses.reasoning import add_reasoning
from ccr_proxy.protocols.openai_responses.tools import add_tools, fits_strict_mode

NAME = "openai-responses"
# OpenAI refuses a smaller limit (https://platform.openai.com/docs/api-reference/responses/create).
MINIMUM_OUTPUT_TOKENS = 16

_HANDLED = frozenset(
    {
        "container",
        "max_tokens",
        "mcp_servers",
        "messages",
        "metadata",
        "model",
        "output_config",
        "output_format",
        "service_tier",
        "stream",
        "system",
        "temperature",
        "thinking",
        "tool_choice",
        "tools",
        "top_p",
    }
)
# The part of `metadata.user_id` that names the conversation, in older clients' form.
_SESSION = re.compile(r"_session_([0-9a-fA-F-]{8,64})$")


def encode(body: JsonObject, target: Target) -> EncodedRequest:
    """The request in the target's words. Raises ClientFault for what it cannot express."""
    refuse_what_runs_at_anthropic(body)
    request: JsonObject = {
        "model": target.model,
        "input": input_items(body, f"{NAME}:{target.provider}"),
        "store": False,
    }
    if texts := system_texts(body):
        request["instructions"] = "\n\n".join(texts)
    left_out = sorted(key for key, value in body.items() if key not in _HANDLED and value not in (None, [], {}))
    _add_limits(request, body, target, left_out)
    add_tools(request, body)
    add_reasoning(request, body, target, left_out)
    _add_format(request, body)
    _add_metadata(request, body, left_out)
    if body.get("stream"):
        request["stream"] = True
    return EncodedRequest(request, left_out)


def _add_limits(request: JsonObject, body: JsonObject, target: Target, left_out: list[str]) -> None:
    profile = target.profile
    if isinstance(limit := body.get("max_tokens"), int):
        capped = min(limit, profile.max_output_tokens or limit)
        request["max_output_tokens"] = max(MINIMUM_OUTPUT_TOKENS, capped)
    for field in ("temperature", "top_p"):
        if body.get(field) is None:
            continue
        if profile.sampling:
            request[field] = body[field]
        else:
            left_out.append(field)


def _add_format(request: JsonObject, body: JsonObject) -> None:
    config = body.get("output_config")
    wanted = (config.get("format") if isinstance(config, dict) else None) or body.get("output_format")
    if not isinstance(wanted, dict) or wanted.get("type") != "json_schema":
        return
    schema = wanted.get("schema") or {}
    request["text"] = {
        "format": {"type": "json_schema", "name": "answer", "schema": schema, "strict": fits_strict_mode(schema)}
    }


def _add_metadata(request: JsonObject, body: JsonObject, left_out: list[str]) -> None:
    """`metadata.user_id` of Claude Code names device and account, which are nobody else's business. Its session id is
    random, and as the cache key it keeps a conversation on the machine that holds its prefix."""
    metadata = body.get("metadata")
    user = metadata.get("user_id") if isinstance(metadata, dict) else None
    if session := _session_of(user):
        request["prompt_cache_key"] = session
    elif user:
        left_out.append("metadata.user_id")
    if body.get("service_tier") == "standard_only":
        request["service_tier"] = "default"


def _session_of(user: object) -> str:
    if not isinstance(user, str):
        return ""
    if match := _SESSION.search(user):
        return match.group(1)
    try:
        value = loads(user)
    except ValueError:
        return ""
    session = value.get("session_id") if isinstance(value, dict) else None
    # The key may have 64 characters.
    return session[:64] if isinstance(session, str) else ""
