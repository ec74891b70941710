"""An Anthropic request as a Chat Completions request."""

from __future__ import annotations

from typing import Any

from ccr_proxy.errors import ClientFault
from ccr_proxy.json_codec import JsonObject, dumps, loads
from ccr_proxy.protocols.answer import EncodedRequest, Target
from ccr_proxy.protocols.conversation import (
    Turn,
    block_text,
    content_blocks,
    refuse_what_runs_at_anthropic,
    system_texts,
    turns_of,
)
from ccr_proxy.protocols.effort import effort_of
from ccr_proxy.protocols.openai_chat.call_signatures import extra_content
from ccr_proxy.protocols.signatures import payload_for
from ccr_proxy.protocols.tool_ids import to_upstream
from ccr_proxy.protocols.tool_schema import as_openai_parameters

# Chat Completions takes at most four (https://platform.openai.com/docs/api-reference/chat/create#chat-create-stop).
MAXIMUM_STOP_SEQUENCES = 4

# What is carried elsewhere in this file, or means nothing outside the Anthropic API and is no tuning value.
_HANDLED = frozenset(
    "model messages system max_tokens stream tools tool_choice thinking output_config output_format "
    "stop_sequences temperature top_p".split()
)


def encode(body: JsonObject, target: Target) -> EncodedRequest:
    """The request in the target's words. Raises ClientFault for content that it cannot express."""
    refuse_what_runs_at_anthropic(body)
    origin = f"openai-chat:{target.provider}"
    messages: list[JsonObject] = []
    if texts := system_texts(body):
        messages.append({"role": "system", "content": _system(body, texts, target)})
    for turn in turns_of(body):
        messages += _assistant(turn, target, origin) if turn.role == "assistant" else _user(turn, target)
    request: JsonObject = {"model": target.model, "messages": messages}
    left_out = sorted(key for key in body if key not in _HANDLED)
    _add_limits(request, body, target, left_out)
    _add_tools(request, body)
    _add_reasoning(request, body, target, left_out)
    _add_format(request, body)
    if body.get("stream"):
        request["stream"] = True
        request["stream_options"] = {"include_usage": True}
    return EncodedRequest(request, left_out)


def _system(body: JsonObject, texts: list[str], target: Target) -> str | list[JsonObject]:
    if not target.profile.cache_control:
        return "\n\n".join(texts)
    blocks = [block for block in content_blocks(body.get("system")) if block.get("text")]
    return [_text_part({**block, "text": text}, target) for block, text in zip(blocks, texts, strict=True)]


def _user(turn: Turn, target: Target) -> list[JsonObject]:
    messages: list[JsonObject] = []
    parts: list[JsonObject] = []
    for result in turn.results:
        call_id = to_upstream(str(result.get("tool_use_id")))
        text, attachments = _result(result, target)
        messages.append({"role": "tool", "tool_call_id": call_id, "content": text})
        parts += attachments
    parts += [part for block in turn.blocks for part in _parts(block, target)]
    if parts:
        messages.append({"role": "user", "content": _content(parts)})
    return messages


def _result(result: JsonObject, target: Target) -> tuple[str, list[JsonObject]]:
    """A tool message takes text only, so pictures and files follow in the user message."""
    blocks = content_blocks(result.get("content"))
    texts = [text for block in blocks if (text := block_text(block))]
    attachments = [part for block in blocks if not block_text(block) for part in _parts(block, target)]
    if attachments:
        texts.append("[The attachment of this result follows in the next user message.]")
    if result.get("is_error"):
        texts.insert(0, "[The tool reported an error.]")
    return "\n".join(texts), attachments


def _parts(block: JsonObject, target: Target) -> list[JsonObject]:
    kind = block.get("type")
    if kind == "text":
        return [_text_part(block, target)]
    if kind == "image":
        return [{"type": "image_url", "image_url": {"url": _image_url(block)}}]
    if kind == "document" and not block_text(block):
        return [_document(block)]
    if text := block_text(block):
        return [{"type": "text", "text": text}]
    # A block type that is newer than this file: the model can still read it.
    return [{"type": "text", "text": dumps(block).decode()}]


def _text_part(block: JsonObject, target: Target) -> JsonObject:
    part: JsonObject = {"type": "text", "text": block["text"]}
    if target.profile.cache_control and block.get("cache_control"):
        part["cache_control"] = block["cache_control"]
    return part


def _image_url(block: JsonObject) -> str:
    source = block.get("source") or {}
    if source.get("type") == "base64":
        return f"data:{source.get('media_type')};base64,{source.get('data')}"
    if source.get("type") == "url":
        return str(source.get("url"))
    raise ClientFault(
        400, f"image.source.type {source.get('type')!r} cannot be sent to this provider; send base64 or url"
    )


def _document(block: JsonObject) -> JsonObject:
    source = block.get("source") or {}
    if source.get("type") == "base64":
        data = f"data:{source.get('media_type')};base64,{source.get('data')}"
        return {"type": "file", "file": {"filename": block.get("title") or "document.pdf", "file_data": data}}
    if source.get("type") == "url":
        return {"type": "text", "text": f"[Document: {source.get('url')}]"}
    if source.get("type") in ("text", "content"):
        return {"type": "text", "text": "[An empty document.]"}
    raise ClientFault(
        400, f"document.source.type {source.get('type')!r} cannot be sent to this provider; send base64, text or url"
    )


def _content(parts: list[JsonObject]) -> str | list[JsonObject]:
    """Plain text goes as a string, which every dialect takes."""
    if all(set(part) == {"type", "text"} for part in parts):
        return "\n\n".join(part["text"] for part in parts)
    return parts


def _assistant(turn: Turn, target: Target, origin: str) -> list[JsonObject]:
    texts: list[str] = []
    calls: list[JsonObject] = []
    reasoning: list[str] = []
    details: list[Any] = []
    for block in turn.blocks:
        kind = block.get("type")
        if kind == "tool_use":
            calls.append(_call(block, origin))
        elif kind == "thinking":
            reasoning.append(str(block.get("thinking") or ""))
            details += _details(block, origin)
        elif kind != "redacted_thinking":
            texts.append(block_text(block) or dumps(block).decode())
    message: JsonObject = {"role": "assistant", "content": "\n\n".join(texts) or (None if calls else "")}
    if calls:
        message["tool_calls"] = calls
    if details:
        message["reasoning_details"] = details
    elif target.profile.reasoning_history and (calls or any(reasoning)):
        message[target.profile.reasoning_history] = "\n\n".join(reasoning)
    return [message]


def _details(block: JsonObject, origin: str) -> list[Any]:
    payload = payload_for(origin, block.get("signature"))
    if not payload:
        return []
    details = loads(payload)
    return details if isinstance(details, list) else []


def _call(block: JsonObject, origin: str) -> JsonObject:
    function = {"name": block.get("name"), "arguments": dumps(block.get("input") or {}).decode()}
    call_id, extra = to_upstream(str(block.get("id"))), extra_content(block.get("id"), origin)
    return {"id": call_id, "type": "function", "function": function, **extra}


def _add_limits(request: JsonObject, body: JsonObject, target: Target, left_out: list[str]) -> None:
    profile = target.profile
    if isinstance(limit := body.get("max_tokens"), int):
        request[profile.output_limit_field] = min(limit, profile.max_output_tokens or limit)
    for field in ("temperature", "top_p"):
        if body.get(field) is None:
            continue
        if profile.sampling:
            request[field] = body[field]
        else:
            left_out.append(field)
    if stops := body.get("stop_sequences"):
        request["stop"] = stops[:MAXIMUM_STOP_SEQUENCES]
        if len(stops) > MAXIMUM_STOP_SEQUENCES:
            left_out.append(f"stop_sequences[{MAXIMUM_STOP_SEQUENCES}:]")


def _add_tools(request: JsonObject, body: JsonObject) -> None:
    tools = [_tool(tool) for tool in body.get("tools") or []]
    if not tools:
        return
    request["tools"] = tools
    choice = body.get("tool_choice") or {}
    kind = choice.get("type")
    if kind == "tool":
        request["tool_choice"] = {"type": "function", "function": {"name": choice.get("name")}}
    elif kind in ("auto", "any", "none"):
        request["tool_choice"] = "required" if kind == "any" else kind
    if choice.get("disable_parallel_tool_use"):
        request["parallel_tool_calls"] = False


def _tool(tool: JsonObject) -> JsonObject:
    kind = tool.get("type")
    if kind not in (None, "custom"):
        raise ClientFault(
            400,
            f"tools: {kind} runs on the provider's side, and this provider does not offer it; "
            "route such requests to a model that does (for web search: Router.webSearch)",
        )
    function: JsonObject = {
        "name": tool.get("name"),
        "description": tool.get("description") or "",
        "parameters": as_openai_parameters(tool.get("input_schema")),
    }
    return {"type": "function", "function": function}


def _add_reasoning(request: JsonObject, body: JsonObject, target: Target, left_out: list[str]) -> None:
    control = target.profile.reasoning
    effort = effort_of(body)
    if control == "effort" and effort:
        request["reasoning_effort"] = effort
    elif control == "object":
        request["reasoning"] = {"effort": effort} if effort else {"enabled": False}
    elif effort:
        left_out.append("thinking")


def _add_format(request: JsonObject, body: JsonObject) -> None:
    wanted = (body.get("output_config") or {}).get("format") or body.get("output_format") or {}
    if wanted.get("type") == "json_schema":
        schema = {"name": "answer", "schema": wanted.get("schema") or {}, "strict": True}
        request["response_format"] = {"type": "json_schema", "json_schema": schema}
