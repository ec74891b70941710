"""The response object around the items (https://platform.openai.com/docs/api-reference/responses/object)."""

from __future__ import annotations

from ccr_proxy.json_codec import JsonObject

# What a response repeats of its request, and the value where the request gives none.
_REPEATED: dict[str, object] = {
    "instructions": None,
    "max_output_tokens": None,
    "max_tool_calls": None,
    "metadata": {},
    "parallel_tool_calls": True,
    "prompt_cache_key": None,
    "reasoning": {"effort": None, "summary": None},
    "service_tier": "default",
    "temperature": None,
    "text": {"format": {"type": "text"}},
    "tool_choice": "auto",
    "tools": [],
    "top_p": None,
    "truncation": "disabled",
}


def new_response(response_id: str, model: str, created: int, body: JsonObject) -> JsonObject:
    """A response before its first item; `created` is Unix time in seconds."""
    given = {field: body[field] if body.get(field) is not None else usual for field, usual in _REPEATED.items()}
    return {
        "id": response_id,
        "object": "response",
        "created_at": created,
        "status": "in_progress",
        "background": False,
        "error": None,
        "incomplete_details": None,
        "model": model,
        "output": [],
        "previous_response_id": None,
        "store": False,
        "usage": None,
        **given,
    }
