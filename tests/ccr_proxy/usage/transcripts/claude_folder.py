"""Transcripts as Claude Code writes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SONNET, OPUS, HAIKU = "claude-sonnet-4-5-20250929", "claude-opus-4-5-20251101", "claude-haiku-4-5-20251001"
NOON = "2026-11-01T12:00:00.000Z"


def line(
    at: str = NOON, message: Any = "m1", request: str | None = "r1", model: str | None = SONNET, **more: Any
) -> str:
    """One answer. `more`: input, output, written, written_1h, read (tokens), and fields of the line itself."""
    usage: dict[str, Any] = {
        "input_tokens": more.pop("input", 10),
        "output_tokens": more.pop("output", 20),
        "cache_creation_input_tokens": more.pop("written", 0),
        "cache_read_input_tokens": more.pop("read", 0),
    }
    if (hour := more.pop("written_1h", None)) is not None:
        total = usage["cache_creation_input_tokens"]
        usage["cache_creation"] = {"ephemeral_5m_input_tokens": total - hour, "ephemeral_1h_input_tokens": hour}
    usage |= more.pop("usage", {})
    content = [{"type": "text", "text": 'it says "usage"'}]
    body = {"id": message, "type": "message", "role": "assistant", "model": model, "content": content, "usage": usage}
    record = {
        "isSidechain": False,
        "cwd": "/home/u/app",
        "sessionId": "s",
        "type": "assistant",
        "timestamp": at,
        **more,
    }
    if request is not None:
        record["requestId"] = request
    if model is None:
        del body["model"]
    return json.dumps({**record, "message": body}, separators=(",", ":"))


def write(home: Path, files: Mapping[str, list[str]]) -> Path:
    """Files below `projects` and their lines; returns the home."""
    for name, lines in files.items():
        path = home / ".claude" / "projects" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return home
