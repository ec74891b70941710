"""Reasoning in chat messages, which OpenAI's own format does not have.

Its text goes out as `reasoning_content`, which most clients show. Signatures and hidden reasoning go out as
`reasoning_details` (https://openrouter.ai/docs/use-cases/reasoning-tokens), whose clients send them back as they came;
others lose them, and then the provider gets none back.
"""

from __future__ import annotations

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.inbound.hub_conversation import thinking

_TEXT, _ENCRYPTED, _SUMMARY = "reasoning.text", "reasoning.encrypted", "reasoning.summary"


def text_detail(index: int, text: str) -> JsonObject:
    """More text of the thinking block number `index`."""
    return {"type": _TEXT, "index": index, "text": text}


def signature_detail(index: int, signature: str) -> JsonObject:
    """The signature of the thinking block number `index`."""
    return {"type": _TEXT, "index": index, "signature": signature}


def encrypted_detail(index: int, data: object) -> JsonObject:
    """Reasoning that only its provider can read."""
    return {"type": _ENCRYPTED, "index": index, "data": data}


def earlier_reasoning(message: JsonObject) -> list[JsonObject]:
    """The thinking blocks in the `reasoning_details` of an assistant message; streamed pieces are put together."""
    details = message.get("reasoning_details")
    blocks: list[JsonObject] = []
    latest: tuple[object, object] | None = None
    for detail in details if isinstance(details, list) else ():
        if not isinstance(detail, dict):
            continue
        kind, piece = detail.get("type"), (detail.get("type"), detail.get("index"))
        if kind == _ENCRYPTED and isinstance(data := detail.get("data"), str):
            blocks.append({"type": "redacted_thinking", "data": data})
        elif kind in (_TEXT, _SUMMARY):
            if piece != latest or None in piece or blocks[-1]["signature"]:
                blocks.append(thinking("", ""))
            blocks[-1]["thinking"] += _string(detail.get("text")) or _string(detail.get("summary"))
            blocks[-1]["signature"] = _string(detail.get("signature"))
        latest = piece
    return [block for block in blocks if block.get("thinking") or block.get("signature") or block.get("data")]


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""
