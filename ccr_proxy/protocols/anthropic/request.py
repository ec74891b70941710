"""An Anthropic request for an Anthropic-speaking provider: everything goes on, open fields included.

Only the model changes, and what another provider made to get it back goes out: its reasoning, whose signature would be
refused, the signatures in the ids of its calls, which may be longer than an id can be, and its citations, which lack
Anthropic's index.
"""

from __future__ import annotations

from ccr_proxy.json_codec import JsonObject, dumps
from ccr_proxy.protocols.answer import EncodedRequest, Target
from ccr_proxy.protocols.citation import is_of_another_provider
from ccr_proxy.protocols.thinking_budget import within_limit
from ccr_proxy.protocols.tool_ids import is_signed, unsigned

_ID_FIELDS = {"tool_use": "id", "tool_result": "tool_use_id"}


def encode(body: JsonObject, target: Target) -> EncodedRequest:
    """The same request with the target's model, without what is foreign, within the target's output limit."""
    messages = _without_foreign(body["messages"]) if _has_foreign(body) else body.get("messages")
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
    if fits and raw.startswith(head) and not _has_foreign(body):
        return b"".join((b'{"model":', dumps(target.model), memoryview(raw)[len(head) :]))
    return dumps(encode(body, target).body)


def _has_foreign(body: JsonObject) -> bool:
    for message in body.get("messages") or ():
        if isinstance(message, dict):
            content, role = message.get("content"), message.get("role")
            if isinstance(content, list) and any(_is_foreign(block, role) for block in content):
                return True
    return False


def _without_foreign(messages: list[object]) -> list[object]:
    cleaned = [_clean(message) if isinstance(message, dict) else message for message in messages]
    return [message for message in cleaned if message is not None]


def _clean(message: JsonObject) -> JsonObject | None:
    content, role = message.get("content"), message.get("role")
    if not isinstance(content, list) or not any(_is_foreign(block, role) for block in content):
        return message
    kept = [_plain(block) for block in content if not _is_foreign_thinking(block, role)]
    return {**message, "content": kept} if kept else None


def _is_foreign(block: object, role: object) -> bool:
    """Looks at the type first: this is asked of every block of every request."""
    kind = block.get("type") if isinstance(block, dict) else None
    if kind == "thinking":
        return _is_foreign_thinking(block, role)
    if kind == "text":
        return _has_foreign_citation(block)
    return is_signed(_id_of(block))


def _is_foreign_thinking(block: object, role: object) -> bool:
    if role != "assistant" or not isinstance(block, dict) or block.get("type") != "thinking":
        return False
    signature = block.get("signature")
    return not signature or (isinstance(signature, str) and signature.startswith("zcf1."))


def _has_foreign_citation(block: object) -> bool:
    citations = block.get("citations") if isinstance(block, dict) else None
    return isinstance(citations, list) and any(map(is_of_another_provider, citations))


def _plain(block: object) -> object:
    if isinstance(block, dict) and _has_foreign_citation(block):
        return {key: value for key, value in block.items() if key != "citations"}
    tool_id = _id_of(block)
    if not isinstance(block, dict) or not is_signed(tool_id):
        return block
    return {**block, _ID_FIELDS[block["type"]]: unsigned(str(tool_id))}


def _id_of(block: object) -> object:
    """The id of a call or of what answers it; None for other blocks."""
    kind = block.get("type") if isinstance(block, dict) else None
    field = _ID_FIELDS.get(kind) if isinstance(kind, str) else None
    return block.get(field) if isinstance(block, dict) and field else None
