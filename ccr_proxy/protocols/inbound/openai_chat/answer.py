"""An Anthropic message as a chat completion (https://platform.openai.com/docs/api-reference/chat/object)."""

from __future__ import annotations

from ccr_proxy.json_codec import JsonObject, dumps
from ccr_proxy.protocols.inbound.client_tools import custom_text
from ccr_proxy.protocols.inbound.openai_chat import reasoning
from ccr_proxy.protocols.inbound.openai_chat.citations import annotation
from ccr_proxy.protocols.inbound.openai_chat.stream import finish_reason
from ccr_proxy.protocols.inbound.openai_chat.tools import client_tools, is_old_form
from ccr_proxy.protocols.inbound.openai_usage import chat_usage, usage_of_message
from ccr_proxy.protocols.tool_ids import to_client


def whole(message: JsonObject, body: JsonObject, created: int) -> JsonObject:
    """The whole answer to the request `body`; `created` is Unix time in seconds."""
    old_form = is_old_form(body)
    choice = {
        "index": 0,
        "message": _message(message, body, old_form=old_form),
        "logprobs": None,
        "finish_reason": finish_reason(message.get("stop_reason"), old_form=old_form),
    }
    return {
        "id": "chatcmpl-" + str(message.get("id")).removeprefix("msg_"),
        "object": "chat.completion",
        "created": created,
        "model": message.get("model"),
        "choices": [choice],
        "usage": chat_usage(usage_of_message(message)),
    }


def _message(message: JsonObject, body: JsonObject, *, old_form: bool) -> JsonObject:
    blocks = message.get("content") or []
    text = "".join(block.get("text") or "" for block in blocks if block.get("type") == "text")
    custom = client_tools(body)
    calls = [_call(block, is_custom=block.get("name") in custom) for block in blocks if block.get("type") == "tool_use"]
    answer: JsonObject = {"role": "assistant", "content": text if text or not calls else None, "refusal": None}
    answer |= _reasoning(blocks)
    if calls and old_form:
        answer["function_call"] = calls[0]["function"]
    elif calls:
        answer["tool_calls"] = calls
    if annotations := _annotations(blocks):
        answer["annotations"] = annotations
    return answer


def _call(block: JsonObject, *, is_custom: bool) -> JsonObject:
    call_id, name = to_client(str(block.get("id"))), block.get("name")
    arguments = dumps(block.get("input") or {}).decode()
    if is_custom:
        return {"id": call_id, "type": "custom", "custom": {"name": name, "input": custom_text(arguments)}}
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}


def _reasoning(blocks: list[JsonObject]) -> JsonObject:
    details: list[JsonObject] = []
    texts: list[str] = []
    thoughts = [block for block in blocks if block.get("type") in ("thinking", "redacted_thinking")]
    for index, block in enumerate(thoughts):
        if block["type"] == "redacted_thinking":
            details.append(reasoning.encrypted_detail(index, block.get("data")))
            continue
        text, signature = block.get("thinking") or "", block.get("signature") or ""
        texts.append(text)
        if text or signature:
            details.append({**reasoning.text_detail(index, text), "signature": signature or None})
    found: JsonObject = {}
    if text := "".join(texts):
        found["reasoning_content"] = text
    if details:
        found["reasoning_details"] = details
    return found


def _annotations(blocks: list[JsonObject]) -> list[JsonObject]:
    found: list[JsonObject] = []
    length = 0
    for block in blocks:
        if block.get("type") != "text":
            continue
        length += len(block.get("text") or "")
        found += [item for citation in block.get("citations") or () if (item := annotation(citation, length))]
    return found
