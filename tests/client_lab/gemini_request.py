"""A Gemini request as the lab reads requests: in Anthropic's words, so that its rules and checks apply unchanged."""

from __future__ import annotations

import json
import re
from typing import Any

Json = dict[str, Any]

_PATH = re.compile(r"^/v1(?:beta)?/models/(?P<model>.+):(?P<verb>streamGenerateContent|generateContent)$")


def asked_of(path: str) -> tuple[str, bool] | None:
    """Model and whether a stream is asked for; None for other paths."""
    match = _PATH.search(path)
    return (match["model"], match["verb"].startswith("stream")) if match else None


def as_anthropic(body: Json, model: str, *, stream: bool) -> Json:
    """The request in the form in which the lab logs and matches requests."""
    config = body.get("generationConfig") or {}
    system = "\n".join(part.get("text", "") for part in (body.get("systemInstruction") or {}).get("parts", []))
    read: Json = {
        "model": model,
        "stream": stream,
        "max_tokens": config.get("maxOutputTokens"),
        "system": system,
        "messages": [_message(content) for content in body.get("contents") or []],
        "tools": [tool for entry in body.get("tools") or [] for tool in _tools(entry)],
    }
    if (config.get("thinkingConfig") or {}).get("includeThoughts"):
        read["thinking"] = {"type": "adaptive"}
    if schema := config.get("responseJsonSchema") or config.get("responseSchema"):
        read["output_config"] = {"format": {"type": "json_schema", "schema": schema}}
    return read


def _message(content: Json) -> Json:
    role = "assistant" if content.get("role") == "model" else "user"
    return {"role": role, "content": [_block(part) for part in content.get("parts") or []]}


def _block(part: Json) -> Json:
    if "functionCall" in part:
        call = part["functionCall"]
        return {"type": "tool_use", "id": call.get("id"), "name": call.get("name"), "input": call.get("args")}
    if "functionResponse" in part:
        return _tool_result(part["functionResponse"])
    if "inlineData" in part:
        return _media(part["inlineData"])
    if part.get("thought"):
        return {"type": "thinking", "thinking": part.get("text", "")}
    return {"type": "text", "text": part.get("text", "")}


def _tool_result(response: Json) -> Json:
    """`text` repeats the answer for the lab's predicate `last_user`, which reads that key of a block."""
    answer = json.dumps(response.get("response"), ensure_ascii=False)
    media = [_media(part["inlineData"]) for part in response.get("parts") or [] if "inlineData" in part]
    content = [{"type": "text", "text": answer}, *media]
    return {"type": "tool_result", "tool_use_id": response.get("id"), "content": content, "text": answer}


def _media(data: Json) -> Json:
    kind = "image" if str(data.get("mimeType")).startswith("image/") else "document"
    return {"type": kind, "source": {"type": "base64", "media_type": data.get("mimeType"), "data": data.get("data")}}


def _tools(entry: Json) -> list[Json]:
    if "googleSearch" in entry:
        return [{"type": "web_search", "name": "web_search"}]
    return [
        {"name": tool.get("name"), "description": tool.get("description")}
        for tool in entry.get("functionDeclarations", [])
    ]
