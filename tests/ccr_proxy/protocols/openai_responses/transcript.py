"""How the tests of this folder write what a provider sends and read what Claude Code gets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ccr_proxy.json_codec import JsonObject, dumps, loads
from ccr_proxy.protocols.anthropic_events import MessageFolder, SseWriter
from ccr_proxy.protocols.message_stream import MessageStream
from ccr_proxy.protocols.openai_responses import PROTOCOL

ORIGIN = "openai-responses:acme"


def sse(*events: JsonObject) -> bytes:
    """The events as the provider writes them."""
    return b"".join(b"event: %b\ndata: %b\n\n" % (event["type"].encode(), dumps(event)) for event in events)


def event(kind: str, **fields: Any) -> JsonObject:
    return {"type": f"response.{kind}", **fields}


def added(index: int, kind: str, **fields: Any) -> JsonObject:
    return event("output_item.added", output_index=index, item={"type": kind, "id": f"{kind}_{index}", **fields})


def done(index: int, kind: str, **fields: Any) -> JsonObject:
    return event("output_item.done", output_index=index, item={"type": kind, "id": f"{kind}_{index}", **fields})


def ended(kind: str = "completed", output: Iterable[JsonObject] = (), **fields: Any) -> JsonObject:
    return event(kind, response={"status": kind, "output": list(output), "usage": USAGE, **fields})


USAGE = {
    "input_tokens": 100,
    "input_tokens_details": {"cached_tokens": 60, "cache_write_tokens": 10},
    "output_tokens": 20,
    "output_tokens_details": {"reasoning_tokens": 8},
    "total_tokens": 120,
}


def decode(chunks: Iterable[bytes], writer: SseWriter | MessageFolder) -> MessageStream:
    """Feed the chunks to a fresh decoder; its events go to `writer`."""
    stream = MessageStream(writer, message_id="msg_1", model="asked", estimated_input=3)
    decoder = PROTOCOL.decoder(stream, ORIGIN)
    for chunk in chunks:
        decoder.feed(chunk)
    decoder.end()
    return stream


def lines(raw: bytes) -> list[str]:
    """A streamed answer as Claude Code sees it, one line an event."""
    writer = SseWriter()
    decode([raw], writer)
    return [_line(loads(block.split(b"data: ", 1)[1])) for block in writer.take().split(b"\n\n") if block]


def message(raw: bytes) -> JsonObject:
    """A streamed answer folded into the message of a non-streaming client."""
    folder = MessageFolder()
    stream = decode([raw], folder)
    assert stream.failure is None
    return folder.message


def whole_message(answer: JsonObject) -> JsonObject:
    """A JSON answer as the message of a non-streaming client."""
    folder = MessageFolder()
    stream = MessageStream(folder, message_id="msg_1", model="asked", estimated_input=3)
    PROTOCOL.decode_whole(answer, stream, ORIGIN)
    assert stream.failure is None
    return folder.message


def _line(data: JsonObject) -> str:
    kind = data["type"]
    if kind == "content_block_start":
        block = data["content_block"]
        rest = f" {block['id']} {block['name']}" if block["type"] == "tool_use" else ""
        return f"{data['index']} {block['type']}{rest}"
    if kind == "content_block_delta":
        delta = data["delta"]
        value = next(value for key, value in delta.items() if key != "type")
        return f"{data['index']} + {'(signed)' if delta['type'] == 'signature_delta' else value}"
    if kind == "content_block_stop":
        return f"{data['index']} ."
    if kind == "message_delta":
        return f"stop {data['delta']['stop_reason']} {data['usage']['output_tokens']}"
    if kind == "error":
        return f"error {data['error']['type']}: {data['error']['message']}"
    return str(kind)
