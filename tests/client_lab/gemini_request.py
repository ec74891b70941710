"""A Gemini request as the lab's checks read requests (in Anthropic's words), and what Gemini would refuse in it."""

from __future__ import annotations

import json
import re
from typing import Any

Json = dict[str, Any]

_PATH = re.compile(r"/models/(?P<model>.+):(?P<verb>streamGenerateContent|generateContent)$")


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
        answer = json.dumps(part["functionResponse"].get("response"), ensure_ascii=False)
        return {
            "type": "tool_result",
            "tool_use_id": part["functionResponse"].get("id"),
            "content": answer,
            "text": answer,
        }
    if "inlineData" in part:
        data = part["inlineData"]
        kind = "image" if str(data.get("mimeType")).startswith("image/") else "document"
        source = {"type": "base64", "media_type": data.get("mimeType"), "data": data.get("data")}
        return {"type": kind, "source": source}
    if part.get("thought"):
        return {"type": "thinking", "thinking": part.get("text", "")}
    return {"type": "text", "text": part.get("text", "")}


def _tools(entry: Json) -> list[Json]:
    if "googleSearch" in entry:
        return [{"type": "web_search", "name": "web_search"}]
    return [
        {"name": tool.get("name"), "description": tool.get("description")}
        for tool in entry.get("functionDeclarations", [])
    ]


def refused_by_gemini(body: Json) -> list[str]:
    """What https://ai.google.dev/api/generate-content would answer 400 to."""
    found = [f"unknown field {key!r}" for key in body if key not in _FIELDS]
    contents = body.get("contents") or []
    if not contents:
        found.append("contents is empty")
    calls = 0
    for index, content in enumerate(contents):
        parts = content.get("parts") or []
        if content.get("role") not in ("user", "model"):
            found.append(f"contents[{index}]: bad role {content.get('role')!r}")
        if not parts:
            found.append(f"contents[{index}]: no parts")
        answers = sum("functionResponse" in part for part in parts)
        if answers and answers != calls:
            found.append(f"contents[{index}]: {answers} functionResponse parts after {calls} functionCall parts")
        if not answers and calls:
            found.append(f"contents[{index}]: functionCall is not answered")
        calls = sum("functionCall" in part for part in parts) if content.get("role") == "model" else 0
    for tool in (tool for entry in body.get("tools") or [] for tool in entry.get("functionDeclarations") or []):
        if not re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}", tool.get("name") or ""):
            found.append(f"bad function name {tool.get('name')!r}")
        if "parameters" in tool and "parametersJsonSchema" in tool:
            found.append("parameters and parametersJsonSchema are exclusive")
    return found


_FIELDS = frozenset(
    ("contents", "systemInstruction", "tools", "toolConfig", "generationConfig", "safetySettings", "cachedContent")
)
