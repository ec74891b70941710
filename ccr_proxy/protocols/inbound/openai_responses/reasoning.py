"""Reasoning items: the thinking text is the summary, its signature the encrypted content.

Reasoning that only its provider can read travels in the same place, marked, because both are opaque to the client.
"""

from __future__ import annotations

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.inbound.fields import a_list, a_text, an_object
from ccr_proxy.protocols.inbound.hub_conversation import thinking
from ccr_proxy.protocols.signatures import payload_for, wrap

_REDACTED = "redacted_thinking"
# OpenAI's own encrypted content is a Fernet token (https://github.com/fernet/spec): version 0x80 and a timestamp. It
# comes here when a conversation began at OpenAI, and nobody else can read it.
_MADE_AT_OPENAI = "gAAAA"


def encrypted_redacted(data: object) -> str:
    """The encrypted content that stands for a `redacted_thinking` block."""
    return wrap(_REDACTED, str(data))


def earlier_reasoning(item: JsonObject, field: str) -> list[JsonObject]:
    """The thinking block of a reasoning item; none when it has neither text nor a signature."""
    encrypted = a_text(item.get("encrypted_content"), f"{field}.encrypted_content")
    redacted = payload_for(_REDACTED, encrypted)
    if redacted is not None:
        return [{"type": "redacted_thinking", "data": redacted}]
    text = _text(item, "summary", field) or _text(item, "content", field)
    signature = "" if encrypted.startswith(_MADE_AT_OPENAI) else encrypted
    return [thinking(text, signature)] if text or signature else []


def _text(item: JsonObject, key: str, field: str) -> str:
    parts = a_list(item.get(key), f"{field}.{key}")
    return "\n\n".join(
        a_text(an_object(part, f"{field}.{key}[{position}]").get("text"), f"{field}.{key}[{position}].text")
        for position, part in enumerate(parts)
    )
