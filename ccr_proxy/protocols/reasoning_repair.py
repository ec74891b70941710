"""Earlier reasoning that a provider refuses, taken out of a request.

Signatures and encrypted reasoning hold for one provider, often for one account, and not for ever. When a provider says
that it cannot verify them, the answer does not depend on them: the request goes out again without.
"""

from __future__ import annotations

import re
from typing import Any

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.gemini.contents import sign_first_call
from ccr_proxy.protocols.openai_chat.call_signatures import with_stand_ins, without_signatures

_REFUSED = re.compile(
    r"signature|encrypted[_ ]content|"
    r"thinking.{0,60}(cannot be modified|must start with|expected|not allowed)|"
    r"(must start with|expected) a? ?.?thinking",
    re.IGNORECASE,
)
_THINKING = frozenset({"thinking", "redacted_thinking"})


def refuses_reasoning(message: str) -> bool:
    """Whether an error is about earlier reasoning that was sent back."""
    return bool(_REFUSED.search(message))


def without_reasoning(body: JsonObject) -> JsonObject:
    """An encoded request of any protocol without earlier reasoning; the same object when it holds none."""
    if isinstance(body.get("input"), list):
        return _with(body, "input", [item for item in body["input"] if item.get("type") != "reasoning"])
    if isinstance(body.get("contents"), list):
        contents = [_gemini_content(content) for content in body["contents"]]
        return _with(body, "contents", [content for content in contents if content["parts"]])
    if not isinstance(body.get("messages"), list):
        return body
    stripped = _with(body, "messages", [_message(message) for message in body["messages"]])
    if stripped is not body and "thinking" in body and _answers_a_tool(body["messages"]):
        # With thinking on, Anthropic wants the turn of a running tool loop to begin with it; that turn has none now.
        stripped = {key: value for key, value in stripped.items() if key not in ("thinking", "context_management")}
    return stripped


def with_signed_calls(body: JsonObject) -> JsonObject:
    """A Chat request with the stand-in on calls that Gemini did not sign; the same object when nothing is missing."""
    messages = body.get("messages")
    return _with(body, "messages", [with_stand_ins(message) for message in messages]) if messages else body


def _with(body: JsonObject, field: str, value: list[Any]) -> JsonObject:
    return body if value == body[field] else {**body, field: value}


def _gemini_content(content: JsonObject) -> JsonObject:
    """Without thoughts and signatures. Newer models refuse a call without any, so it gets the stand-in again."""
    stripped = [
        {key: value for key, value in part.items() if key != "thoughtSignature"}
        for part in content.get("parts") or []
        if not part.get("thought")
    ]
    parts = [part for part in stripped if part != {"text": ""}]  # such a part had been there for its signature
    sign_first_call(parts)
    return {**content, "parts": parts}


def _message(message: JsonObject) -> JsonObject:
    kept = {key: value for key, value in message.items() if key not in ("reasoning_details", "reasoning_content")}
    content = kept.get("content")
    if kept.get("role") == "assistant" and isinstance(content, list):
        kept["content"] = [block for block in content if block.get("type") not in _THINKING] or [
            {"type": "text", "text": "[thinking]"}
        ]
    return without_signatures(kept)


def _answers_a_tool(messages: list[JsonObject]) -> bool:
    content = messages[-1].get("content")
    return isinstance(content, list) and any(block.get("type") == "tool_result" for block in content)
