"""Small edits of a conversation in Anthropic's words, made on copies."""

from __future__ import annotations

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.conversation import content_blocks


def with_reminder(body: JsonObject, text: str) -> JsonObject:
    """The request with one more text at its very end, where no prompt cache is lost by it."""
    reminder = {"type": "text", "text": text}
    messages = list(body.get("messages") or [])
    last = messages[-1] if messages else None
    if isinstance(last, dict) and last.get("role") == "user":
        messages[-1] = {**last, "content": [*content_blocks(last.get("content")), reminder]}
    else:
        messages.append({"role": "user", "content": [reminder]})
    return {**body, "messages": messages}
