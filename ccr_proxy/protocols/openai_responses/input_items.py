"""A conversation as Responses input items.

Messages, calls, results and reasoning are items of one flat list, so that nothing has to move: results carry their
own pictures and files, and reasoning stands where the model had it.
"""

from __future__ import annotations

from hashlib import sha256

from ccr_proxy.errors import ClientFault
from ccr_proxy.json_codec import JsonObject, dumps
from ccr_proxy.protocols.conversation import INTERRUPTED, Turn, block_text, content_blocks, turns_of
from ccr_proxy.protocols.openai_responses.reasoning import restored_item
from ccr_proxy.protocols.tool_ids import to_upstream

FAILED = "[The tool reported an error.]"
# OpenAI answers 400 to a longer call_id; other providers' ids can exceed it after the conversation has moved here.
MAXIMUM_CALL_ID = 64


def input_items(body: JsonObject, origin: str) -> list[JsonObject]:
    """The messages of a request. `origin` (`protocol:provider`) decides which reasoning may go back.

    Raises ClientFault for files that are stored at Anthropic.
    """
    items: list[JsonObject] = []
    for turn in turns_of(body):
        items += _assistant(turn, origin) if turn.role == "assistant" else _user(turn)
    return items


def _user(turn: Turn) -> list[JsonObject]:
    items = [_output(result) for result in turn.results]
    parts = [part for block in turn.blocks for part in _parts(block)]
    if parts:
        items.append({"type": "message", "role": "user", "content": parts})
    return items


def _assistant(turn: Turn, origin: str) -> list[JsonObject]:
    answered = {str(block["tool_use_id"]) for block in turn.blocks if "tool_use_id" in block}
    items: list[JsonObject] = []
    for block in turn.blocks:
        kind = str(block.get("type"))
        if kind == "thinking":
            # Reasoning of other providers is left out: as text the model would take it for something it had said.
            if item := restored_item(block, origin):
                items.append(item)
        elif kind == "tool_use":
            items.append(_call(block))
        elif kind in ("server_tool_use", "mcp_tool_use"):
            items.append(_call(block))
            if str(block.get("id")) not in answered:
                items.append(_call_output(block.get("id"), INTERRUPTED))
        elif "tool_use_id" in block:
            items.append(_call_output(block.get("tool_use_id"), _hosted_result(block)))
        elif kind != "redacted_thinking":
            _add_text(items, block_text(block) or dumps(block).decode())
    # A reasoning item must be followed by what was reasoned; an interrupted turn may have ended before.
    while items and items[-1]["type"] == "reasoning":
        items.pop()
    return items


def _add_text(items: list[JsonObject], text: str) -> None:
    part = {"type": "output_text", "text": text}
    if items and items[-1].get("role") == "assistant":
        items[-1]["content"].append(part)
    else:
        items.append({"type": "message", "role": "assistant", "content": [part]})


def _call(block: JsonObject) -> JsonObject:
    return {
        "type": "function_call",
        "call_id": _call_id(block.get("id")),
        "name": block.get("name"),
        "arguments": dumps(block.get("input") or {}).decode(),
    }


def _output(result: JsonObject) -> JsonObject:
    blocks = content_blocks(result.get("content"))
    parts = [part for block in blocks for part in _parts(block)]
    if result.get("is_error"):
        parts.insert(0, {"type": "input_text", "text": FAILED})
    if all(part["type"] == "input_text" for part in parts):  # a string is what every server takes
        return _call_output(result.get("tool_use_id"), "\n".join(part["text"] for part in parts))
    return _call_output(result.get("tool_use_id"), parts)


def _call_output(call_id: object, output: str | list[JsonObject]) -> JsonObject:
    return {"type": "function_call_output", "call_id": _call_id(call_id), "output": output}


def _call_id(anthropic_id: object) -> str:
    call_id = to_upstream(str(anthropic_id))
    if len(call_id) <= MAXIMUM_CALL_ID:
        return call_id
    return "call_" + sha256(call_id.encode()).hexdigest()[:32]


def _hosted_result(block: JsonObject) -> str:
    """What a tool at another provider had found: readable parts only, its encrypted ones are for that provider."""
    content = block.get("content")
    entries = content if isinstance(content, list) else [content]
    readable = [
        {key: value for key, value in entry.items() if not key.startswith("encrypted_")}
        for entry in entries
        if isinstance(entry, dict)
    ]
    return dumps(readable).decode()


def _parts(block: JsonObject) -> list[JsonObject]:
    kind = block.get("type")
    if kind == "image":
        return [{"type": "input_image", "image_url": _url(block)}]
    if kind == "document" and (nested := _nested(block)):
        head = "\n".join(str(block[key]) for key in ("title", "context") if block.get(key))
        return [*_text_parts(head), *(part for inner in nested for part in _parts(inner))]
    if text := block_text(block):
        return _text_parts(text)
    if kind == "document":
        return _document(block)
    # A block type that is newer than this file: the model can still read it.
    return _text_parts(dumps(block).decode())


def _text_parts(text: str) -> list[JsonObject]:
    return [{"type": "input_text", "text": text}] if text else []


def _nested(block: JsonObject) -> list[JsonObject]:
    """The blocks of a document that is made of blocks, pictures among them."""
    source = block.get("source")
    if not isinstance(source, dict) or source.get("type") != "content":
        return []
    return content_blocks(source.get("content"))


def _document(block: JsonObject) -> list[JsonObject]:
    head = _text_parts(str(block.get("context") or ""))
    url = _url(block)
    if not url.startswith("data:"):
        return [*head, {"type": "input_file", "file_url": url}]
    # The type of the file is read from its name.
    name = str(block.get("title") or "document")
    if "." not in name:
        name += ".pdf"
    return [*head, {"type": "input_file", "filename": name, "file_data": url}]


def _url(block: JsonObject) -> str:
    source = block.get("source")
    kind = source.get("type") if isinstance(source, dict) else None
    if isinstance(source, dict) and kind == "base64":
        return f"data:{source.get('media_type')};base64,{source.get('data')}"
    if isinstance(source, dict) and kind == "url":
        return str(source.get("url"))
    raise ClientFault(
        400, f"{block.get('type')}.source.type {kind!r} cannot be sent to this provider; send base64 or url"
    )
