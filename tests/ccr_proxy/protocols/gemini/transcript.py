"""Answers written as short transcripts: what Gemini sends, and what Claude Code gets of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from ccr_proxy.protocols.anthropic_events import MessageFolder, SseWriter
from ccr_proxy.protocols.gemini import PROTOCOL
from ccr_proxy.protocols.message_stream import MessageStream

ORIGIN = "gemini:google"


def response(*parts: dict[str, Any], finish: str | None = None, **others: Any) -> dict[str, Any]:
    """One response of Gemini with the given parts."""
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": list(parts)}, "index": 0}
    if finish is not None:
        candidate["finishReason"] = finish
    return {"candidates": [candidate], "modelVersion": "gemini-x", **others}


def events(*responses: dict[str, Any]) -> bytes:
    """Responses as `alt=sse` sends them."""
    return b"".join(b"data: %b\r\n\r\n" % json.dumps(item, ensure_ascii=False).encode() for item in responses)


def streamed(chunks: Iterable[bytes]) -> tuple[bytes, MessageStream]:
    """What leaves as server-sent events when the body arrives in these chunks."""
    writer = SseWriter()
    stream = MessageStream(writer, message_id="msg_1", model="m", estimated_input=7)
    decoder = PROTOCOL.decoder(stream, ORIGIN)
    for chunk in chunks:
        decoder.feed(chunk)
    decoder.end()
    return writer.take(), stream


def message_of(body: bytes) -> dict[str, Any]:
    """The message that a streamed body amounts to."""
    folder = MessageFolder()
    stream = MessageStream(folder, message_id="msg_1", model="m", estimated_input=7)
    decoder = PROTOCOL.decoder(stream, ORIGIN)
    decoder.feed(body)
    decoder.end()
    assert stream.failure is None, stream.failure
    return folder.message


def whole(answer: dict[str, Any]) -> dict[str, Any]:
    """The message that a JSON answer amounts to."""
    folder = MessageFolder()
    stream = MessageStream(folder, message_id="msg_1", model="m", estimated_input=7)
    PROTOCOL.decode_whole(answer, stream, ORIGIN)
    assert stream.failure is None, stream.failure
    return folder.message


def without_ids(message: dict[str, Any]) -> dict[str, Any]:
    """The message with generated ids removed, so that two runs can be compared."""
    ids = ("id", "tool_use_id")
    content = [{key: value for key, value in block.items() if key not in ids} for block in message["content"]]
    return {**message, "content": content}
