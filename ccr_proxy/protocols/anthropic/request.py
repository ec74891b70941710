"""An Anthropic request for an Anthropic-speaking provider: everything goes on, open fields included.

Only the model changes, and reasoning that another provider made goes out: its signature would be refused.
"""

from __future__ import annotations

from ccr_proxy.json_codec import JsonObject, dumps
from ccr_proxy.protocols.answer import EncodedRequest, Target
from ccr_proxy.protocols.thinking_budget import within_limit


def encode(body: JsonObject, target: Target) -> EncodedRequest:
    """The same request with the target's model, without foreign thinking, within the target's output limit."""
    messages = _without_foreign_thinking(body["messages"]) if _has_foreign_thinking(body) else body.get("messages")
    request = {**body, "model": target.model, "messages": messages}
    cap, limit = target.profile.max_output_tokens, body.get("max_tokens")
    if cap and isinstance(limit, int) and limit > cap:
        request = within_limit({**request, "max_tokens": cap})
    return EncodedRequest(request)


def encode_bytes(raw: bytes, body: JsonObject, target: Target) -> bytes:
    """`encode` without writing the body anew where the model's name is all that changes."""
    cap, limit = target.profile.max_output_tokens, body.get("max_tokens")
    fits = not cap or not isinstance(limit, int) or limit <= cap
    head = b'{"model":' + dumps(body.get("model"))
    if fits and raw.startswith(head) and not _has_foreign_thinking(body):
        return b"".join((b'{"model":', dumps(target.model), memoryview(raw)[len(head) :]))
    return dumps(encode(body, target).body)


def _has_foreign_thinking(body: JsonObject) -> bool:
    for message in body.get("messages") or ():
        if isinstance(message, dict) and message.get("role") == "assistant":
            content = message.get("content")
            if isinstance(content, list) and any(map(_is_foreign, content)):
                return True
    return False


def _without_foreign_thinking(messages: list[object]) -> list[object]:
    cleaned = [_clean(message) for message in messages]
    return [message for message in cleaned if message is not None]


def _clean(message: object) -> object:
    content = message.get("content") if isinstance(message, dict) else None
    if not isinstance(message, dict) or message.get("role") != "assistant" or not isinstance(content, list):
        return message
    kept = [block for block in content if not _is_foreign(block)]
    if len(kept) == len(content):
        return message
    return {**message, "content": kept} if kept else None


def _is_foreign(block: object) -> bool:
    if not isinstance(block, dict) or block.get("type") != "thinking":
        return False
    signature = block.get("signature")
    return not signature or (isinstance(signature, str) and signature.startswith("zcf1."))
