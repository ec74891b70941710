"""The `<CCR-SUBAGENT-MODEL>provider,model</CCR-SUBAGENT-MODEL>` tag by which an agent's prompt names its own model.

CCR looked only at the start of the second system block, where current clients no longer put the agent's prompt. Here
the tag counts wherever it begins a system block, or a text of the prompt that opens the conversation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import Any

from ccr_proxy.json_codec import JsonObject

_TAG = re.compile(r"\s*<CCR-SUBAGENT-MODEL>\s*([^<>]*?)\s*</CCR-SUBAGENT-MODEL>\s*")


def subagent_model_of(body: JsonObject) -> str | None:
    """The model named by the first tag, as written; None without a tag or with an empty one."""
    for text in _texts_that_may_begin_with_it(body):
        match = _TAG.match(text)
        if match and match[1]:
            return match[1]
    return None


def without_subagent_tag(body: JsonObject) -> JsonObject:
    """The request with every tag taken out; what it does not change is shared with `body`, which stays as it was."""
    changed = dict(body)
    if "system" in body:
        changed["system"] = _without_tag(body["system"])
    opening = len(_opening_messages(body))
    if opening:
        messages = body["messages"]
        changed["messages"] = [_message_without_tag(message) for message in messages[:opening]] + messages[opening:]
    return changed


def _opening_messages(body: JsonObject) -> list[Any]:
    """The messages before the first answer: the first prompt, which the client may send as several messages."""
    messages = body.get("messages")
    if not isinstance(messages, list):
        return []
    return list(takewhile(lambda message: not _is_answer(message), messages))


def _is_answer(message: Any) -> bool:
    return isinstance(message, dict) and message.get("role") == "assistant"


def _texts_that_may_begin_with_it(body: JsonObject) -> Iterator[str]:
    yield from _texts(body.get("system"))
    for message in _opening_messages(body):
        if isinstance(message, dict):
            yield from _texts(message.get("content"))


def _texts(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, list):
        for block in content:
            if isinstance(block, dict) and block.get("type") == "text" and isinstance(block.get("text"), str):
                yield block["text"]


def _message_without_tag(message: Any) -> Any:
    if not isinstance(message, dict) or "content" not in message:
        return message
    return {**message, "content": _without_tag(message["content"])}


def _without_tag(content: Any) -> Any:
    """Content without the tag. A block that held nothing else goes too: providers refuse empty text blocks."""
    if isinstance(content, str):
        return _TAG.sub("", content, count=1) if _TAG.match(content) else content
    if not isinstance(content, list):
        return content
    blocks = [_block_without_tag(block) for block in content]
    kept = [block for block, before in zip(blocks, content, strict=True) if block is before or block["text"]]
    return kept or blocks


def _block_without_tag(block: Any) -> Any:
    if not isinstance(block, dict) or block.get("type") != "text" or not isinstance(block.get("text"), str):
        return block
    match = _TAG.match(block["text"])
    return {**block, "text": block["text"][match.end() :]} if match else block
