"""An Anthropic answer told to a MessageStream, for clients of other formats and for answers in the wrong mode."""

from __future__ import annotations

from contextlib import suppress

from ccr_proxy.errors import UpstreamFault
from ccr_proxy.json_codec import JsonObject, dumps, loads
from ccr_proxy.protocols.anthropic.usage import read_usage
from ccr_proxy.protocols.errors import fault_in_answer
from ccr_proxy.protocols.message_stream import MessageStream
from ccr_proxy.protocols.sse import SseDecoder


class AnthropicDecoder:
    """Decoder of one streamed answer."""

    def __init__(self, stream: MessageStream) -> None:
        self._stream = stream
        self._sse = SseDecoder()
        self._usage: JsonObject = {}
        self._blocks: dict[object, JsonObject] = {}

    def feed(self, chunk: bytes) -> None:
        for _, data in self._sse.feed(chunk):
            try:
                self._event(data)
            except ValueError:
                excerpt = data[:100].decode("utf-8", "replace")
                self._stream.fail(UpstreamFault(502, f"the provider sent an event that is not JSON: {excerpt}"))

    def end(self) -> None:
        with suppress(ValueError):  # a half event is what a cut leaves behind
            for _, data in self._sse.end():
                self._event(data)
        self._stream.end()

    def _event(self, data: bytes) -> None:
        event = loads(data) if data else None
        if not isinstance(event, dict):
            return
        kind = event.get("type")
        if kind == "content_block_delta":
            self._delta(event.get("index"), event.get("delta") or {})
        elif kind == "content_block_start":
            self._start(event.get("index"), event.get("content_block") or {})
        elif kind == "content_block_stop":
            self._stop(event.get("index"))
        elif kind == "message_start":
            self._usage.update((event.get("message") or {}).get("usage") or {})
        elif kind == "message_delta":
            self._finish(event)
        elif kind == "message_stop":
            self._stream.complete()
        elif kind == "error":
            self._stream.fail(fault_in_answer(event))

    def _start(self, index: object, block: JsonObject) -> None:
        self._blocks[index] = block
        kind = block.get("type")
        if kind == "text":
            self._stream.text(block.get("text") or "")
        elif kind == "thinking":
            self._stream.thinking(block.get("thinking") or "")
        elif kind == "tool_use":
            self._stream.tool_call(index, call_id=str(block.get("id") or ""), name=str(block.get("name") or ""))
            if block.get("input"):
                self._stream.tool_arguments(index, dumps(block["input"]).decode())
        else:
            block["input_text"] = ""

    def _delta(self, index: object, delta: JsonObject) -> None:
        kind, block = delta.get("type"), self._blocks.get(index, {})
        if kind == "text_delta":
            self._stream.text(delta.get("text") or "")
        elif kind == "thinking_delta":
            self._stream.thinking(delta.get("thinking") or "")
        elif kind == "signature_delta":
            self._stream.signature(delta.get("signature") or "")
        elif kind == "input_json_delta" and block.get("type") == "tool_use":
            self._stream.tool_arguments(index, delta.get("partial_json") or "")
        elif kind == "input_json_delta" and "input_text" in block:
            block["input_text"] += delta.get("partial_json") or ""

    def _stop(self, index: object) -> None:
        block = self._blocks.get(index, {})
        if block.get("type") == "tool_use":
            self._stream.tool_done(index)
        elif "input_text" in block:
            text = block.pop("input_text")
            self._stream.block({**block, "input": loads(text)} if text else block)

    def _finish(self, event: JsonObject) -> None:
        self._usage.update({key: value for key, value in (event.get("usage") or {}).items() if value is not None})
        if self._usage:
            self._stream.usage(read_usage(self._usage))
        delta = event.get("delta") or {}
        if delta.get("stop_reason"):
            self._stream.stop(delta["stop_reason"], delta.get("stop_sequence"))


def decode_whole(answer: JsonObject, stream: MessageStream, _origin: str = "") -> None:
    """Read an answer that came as one JSON object."""
    if answer.get("type") == "error" or answer.get("error"):
        stream.fail(fault_in_answer(answer))
        return
    for position, block in enumerate(answer.get("content") or []):
        _block(position, block, stream)
    if isinstance(answer.get("usage"), dict):
        stream.usage(read_usage(answer["usage"]))
    if answer.get("stop_reason"):
        stream.stop(answer["stop_reason"], answer.get("stop_sequence"))
    stream.end()


def _block(position: int, block: JsonObject, stream: MessageStream) -> None:
    kind = block.get("type")
    if kind == "text" and not block.get("citations"):
        stream.text(block.get("text") or "")
    elif kind == "thinking":
        stream.thinking(block.get("thinking") or "")
        stream.signature(block.get("signature") or "")
    elif kind == "tool_use":
        stream.tool_call(position, call_id=str(block.get("id") or ""), name=str(block.get("name") or ""))
        stream.tool_arguments(position, dumps(block.get("input") or {}).decode())
        stream.tool_done(position)
    else:
        stream.block(block)
