"""An Anthropic answer told to an AnswerSink, for clients of other formats and for answers in the wrong mode."""

from __future__ import annotations

from contextlib import suppress

from ccr_proxy.json_codec import JsonObject, as_object, dumps, loads
from ccr_proxy.protocols.answer import Closing
from ccr_proxy.protocols.answer_sink import AnswerSink
from ccr_proxy.protocols.anthropic.usage import read_usage
from ccr_proxy.protocols.errors import fault_in_answer, not_json
from ccr_proxy.protocols.sse import SseDecoder
from ccr_proxy.protocols.usage import whole


class AnthropicDecoder:
    """Decoder of one streamed answer."""

    def __init__(self, stream: AnswerSink) -> None:
        self._stream = stream
        self._sse = SseDecoder()
        self._usage: JsonObject = {}
        self._blocks: dict[int, JsonObject] = {}
        self.closing = Closing.NOT_YET

    def feed(self, chunk: bytes) -> None:
        for _, data in self._sse.feed(chunk):
            try:
                self._event(data)
            except ValueError:
                self._stream.fail(not_json(data))

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
            self._delta(whole(event.get("index")), as_object(event.get("delta")))
        elif kind == "content_block_start":
            self._start(whole(event.get("index")), as_object(event.get("content_block")))
        elif kind == "content_block_stop":
            self._stop(whole(event.get("index")))
        elif kind == "message_start":
            self._usage |= as_object(as_object(event.get("message")).get("usage"))
        elif kind == "message_delta":
            self._finish(event)
        elif kind == "message_stop":
            self.closing = Closing.CERTAIN
            self._stream.complete()
        elif kind == "error" or (kind is None and event.get("error")):
            self._stream.fail(fault_in_answer(event))

    def _start(self, index: int, block: JsonObject) -> None:
        self._blocks[index] = block
        kind = block.get("type")
        if kind == "text":
            self._stream.text(_string(block.get("text")))
        elif kind == "thinking":
            self._stream.thinking(_string(block.get("thinking")))
        elif kind == "tool_use":
            self._stream.tool_call(index, call_id=_string(block.get("id")), name=_string(block.get("name")))
            if block.get("input"):
                self._stream.tool_arguments(index, dumps(block["input"]).decode())
        elif _string(kind):
            block["input_text"] = ""

    def _delta(self, index: int, delta: JsonObject) -> None:
        kind, block = delta.get("type"), self._blocks.get(index, {})
        if kind == "text_delta":
            self._stream.text(_string(delta.get("text")))
        elif kind == "thinking_delta":
            self._stream.thinking(_string(delta.get("thinking")))
        elif kind == "signature_delta":
            self._stream.signature(_string(delta.get("signature")))
        elif kind == "input_json_delta" and block.get("type") == "tool_use":
            self._stream.tool_arguments(index, _string(delta.get("partial_json")))
        elif kind == "input_json_delta" and "input_text" in block:
            block["input_text"] += _string(delta.get("partial_json"))

    def _stop(self, index: int) -> None:
        block = self._blocks.get(index, {})
        if block.get("type") == "tool_use":
            self._stream.tool_done(index)
        elif "input_text" in block:
            text = block.pop("input_text")
            self._stream.block({**block, "input": loads(text)} if text else block)

    def _finish(self, event: JsonObject) -> None:
        self._usage |= {key: value for key, value in as_object(event.get("usage")).items() if value is not None}
        if self._usage:
            self._stream.usage(read_usage(self._usage))
        delta = as_object(event.get("delta"))
        if reason := delta.get("stop_reason"):
            self.closing = Closing.LIKELY
            self._stream.stop(str(reason), _string(delta.get("stop_sequence")) or None)


def decode_whole(answer: JsonObject, stream: AnswerSink, _origin: str = "") -> None:
    """Read an answer that came as one JSON object."""
    if answer.get("type") == "error" or answer.get("error"):
        stream.fail(fault_in_answer(answer))
        return
    content = answer.get("content")
    for position, block in enumerate(content if isinstance(content, list) else []):
        _block(position, as_object(block), stream)
    if isinstance(answer.get("usage"), dict):
        stream.usage(read_usage(answer["usage"]))
    if answer.get("stop_reason"):
        stream.stop(str(answer["stop_reason"]), _string(answer.get("stop_sequence")) or None)
    stream.end()


def _block(position: int, block: JsonObject, stream: AnswerSink) -> None:
    kind = block.get("type")
    if kind == "text" and not block.get("citations"):
        stream.text(_string(block.get("text")))
    elif kind == "thinking":
        stream.thinking(_string(block.get("thinking")))
        stream.signature(_string(block.get("signature")))
    elif kind == "tool_use":
        stream.tool_call(position, call_id=_string(block.get("id")), name=_string(block.get("name")))
        stream.tool_arguments(position, dumps(as_object(block.get("input"))).decode())
        stream.tool_done(position)
    elif _string(kind):
        stream.block(block)


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""
