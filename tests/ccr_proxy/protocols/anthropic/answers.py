"""Anthropic streams as a provider sends them."""

from __future__ import annotations

import json
from typing import Any


def event(kind: str, **content: Any) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **content}, separators=(',', ':'))}\n\n".encode()


def start(model: str = "theirs", **usage: Any) -> bytes:
    message: dict[str, Any] = {
        "id": "msg_theirs",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": 9, "output_tokens": 1, **usage},
    }
    return event("message_start", message=message)


def begin(index: int, kind: str = "text", **block: Any) -> bytes:
    empty: dict[str, Any] = {"text": {"text": ""}, "thinking": {"thinking": "", "signature": ""}}.get(kind, {})
    return event("content_block_start", index=index, content_block={"type": kind, **empty, **block})


def delta(index: int, kind: str, **content: Any) -> bytes:
    return event("content_block_delta", index=index, delta={"type": kind, **content})


def stop(index: int) -> bytes:
    return event("content_block_stop", index=index)


def text(index: int, *pieces: str) -> bytes:
    return begin(index) + b"".join(delta(index, "text_delta", text=piece) for piece in pieces) + stop(index)


def call(index: int, call_id: str, name: str, *pieces: str) -> bytes:
    deltas = b"".join(delta(index, "input_json_delta", partial_json=piece) for piece in pieces)
    return begin(index, "tool_use", id=call_id, name=name, input={}) + deltas + stop(index)


def thinking(index: int, *pieces: str, signature: str) -> bytes:
    deltas = b"".join(delta(index, "thinking_delta", thinking=piece) for piece in pieces)
    return begin(index, "thinking") + deltas + delta(index, "signature_delta", signature=signature) + stop(index)


def finish(reason: str | None = "end_turn", **usage: Any) -> bytes:
    return event(
        "message_delta", delta={"stop_reason": reason, "stop_sequence": None}, usage={"output_tokens": 5, **usage}
    )


END = event("message_stop")
PING = event("ping")

WHOLE = (
    start(cache_read_input_tokens=4)
    + PING
    + thinking(0, "Hm ", "ö🚀", signature="sig")
    + text(1, "Hel", "lo")
    + call(2, "toolu_1", "Bash", "", '{"a":', "1}")
    + finish("tool_use")
    + END
)
WHOLE_LINES = [
    "thinking: Hm ö🚀",
    "signature: sig",
    "text: Hello",
    'call Bash#toolu_1 {"a":1}',
    "stop: tool_use",
]
