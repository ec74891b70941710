"""An Anthropic stream on its way to an Anthropic client: whole events go on as they came.

Changed are only the model's name in `message_start`, because Claude Code drops its thinking history when another name
answers than it asked for, and the end: a stream that was cut gets an `error` event, because a clean close would look
like a finished answer.
"""

from __future__ import annotations

from ccr_proxy.errors import UpstreamFault
from ccr_proxy.json_codec import JsonObject, dumps, loads
from ccr_proxy.protocols.anthropic.usage import read_usage
from ccr_proxy.protocols.anthropic_events import SseWriter
from ccr_proxy.protocols.errors import fault_in_answer
from ccr_proxy.protocols.usage import Usage

_DELTA_HEADS = (b"event: content_block_delta\n", b'data: {"type":"content_block_delta"')
_EMPTY_DELTA = {
    "text": {"type": "text_delta", "text": ""},
    "thinking": {"type": "thinking_delta", "thinking": ""},
    "tool_use": {"type": "input_json_delta", "partial_json": ""},
}


class PassThrough:
    """One streamed answer; the same face towards the server as a translated one. Made per request."""

    def __init__(self, *, message_id: str, model: str, estimated_input: int) -> None:
        self._message_id = message_id
        self._model = model
        self._estimated_input = estimated_input
        self._pending = b""
        self._ready: list[bytes] = []
        self._usage: JsonObject = {}
        self._open: tuple[int, str] | None = None  # index and type of the open block
        self._shift = 0  # 1 once a block of ours stands before the provider's
        self._stop_reason_seen = False
        self._stopped = False
        self.started = False
        self.has_content = False
        self.finished = False
        self.failure: UpstreamFault | None = None

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the body, cut anywhere."""
        buffer = self._pending + chunk
        if b"\r" in buffer:
            held = b"\r" if buffer.endswith(b"\r") else b""
            buffer = buffer.removesuffix(held).replace(b"\r\n", b"\n").replace(b"\r", b"\n") + held
        *blocks, self._pending = buffer.split(b"\n\n")
        for block in blocks:
            if self.finished:
                return
            if not self._shift and block.startswith(_DELTA_HEADS):
                self.has_content = True
                self._ready.append(block)
            else:
                self._other(block)

    def take(self) -> bytes:
        """The whole events that are ready to go."""
        if not self._ready:
            return b""
        data = b"\n\n".join(self._ready) + b"\n\n"
        self._ready.clear()
        return data

    def end(self) -> None:
        """The body has ended."""
        if self._pending.strip() and not self.finished:
            block, self._pending = self._pending, b""
            self._other(block)
        if self.finished or self._stopped:
            self.finished = True
        elif self._stop_reason_seen and self._open is None:
            self.finished = True
            self._write("message_stop", {"type": "message_stop"})
        else:
            self.fail(UpstreamFault(502, "the provider's answer broke off before it was finished"))

    def fail(self, fault: UpstreamFault) -> None:
        """The answer cannot be finished; a client that saw its start gets an `error` event."""
        if self.finished:
            return
        self.finished, self.failure = True, fault
        if self.started:
            self._write("error", {"type": "error", "error": {"type": fault.type, "message": fault.message}})

    def keep_alive(self) -> None:
        """Content that says nothing yet, which is all that Claude Code's 300 s limit counts."""
        if self.finished:
            return
        if self._open is None:
            if self.has_content or self._shift:
                return  # between two blocks: opening one here would have to be undone
            self._open_ours()
        if self._open is not None and (delta := _EMPTY_DELTA.get(self._open[1])):
            self._write("content_block_delta", {"type": "content_block_delta", "index": self._open[0], "delta": delta})

    def final_usage(self) -> Usage:
        """What the provider reported so far."""
        return read_usage(self._usage) if self._usage else Usage(self._estimated_input, reported=False)

    def _other(self, block: bytes) -> None:
        data = b"\n".join(line[5:].lstrip(b" ") for line in block.split(b"\n") if line.startswith(b"data:"))
        if not data:
            if block.strip():
                self._ready.append(block)
            return
        try:
            event = loads(data)
        except ValueError:
            event = None
        if not isinstance(event, dict):
            excerpt = data[:100].decode("utf-8", "replace")
            self.fail(UpstreamFault(502, f"the provider sent an event that is not JSON: {excerpt}"))
            return
        self._event(event, block, data)

    def _event(self, event: JsonObject, block: bytes, data: bytes) -> None:
        kind = event.get("type")
        if kind == "message_start":
            self._message_start(event)
            return
        if kind == "error":
            self._error(event, data)
            return
        if kind == "content_block_start":
            self.has_content = True
            self._close_ours()
            self._open = (
                int(event.get("index") or 0) + self._shift,
                str((event.get("content_block") or {}).get("type")),
            )
        elif kind == "content_block_delta":
            self.has_content = True
        elif kind == "content_block_stop":
            self._open = None
        elif kind == "message_delta":
            self._close_ours()
            self._stop_reason_seen = bool((event.get("delta") or {}).get("stop_reason"))
            self._usage.update({key: value for key, value in (event.get("usage") or {}).items() if value is not None})
        elif kind == "message_stop":
            self._stopped = True
        if self._shift and "index" in event:
            self._write(str(kind), {**event, "index": event["index"] + self._shift})
        else:
            self._ready.append(block)

    def _message_start(self, event: JsonObject) -> None:
        message = event.get("message") or {}
        self._usage.update(message.get("usage") or {})
        if not self.started:
            self.started = True
            usage = message.get("usage") or Usage(self._estimated_input).as_anthropic()
            self._write("message_start", {**event, "message": {**message, "model": self._model, "usage": usage}})

    def _error(self, event: JsonObject, data: bytes) -> None:
        fault = fault_in_answer(event)
        self.finished, self.failure = True, UpstreamFault(fault.status, fault.message, fault.type, fault.headers, data)
        if self.started:
            self._write("error", event)

    def _open_ours(self) -> None:
        writer = SseWriter()
        if not self.started:
            self.started = True
            writer.message_start(self._message_id, self._model, Usage(self._estimated_input))
        writer.block_start(0, {"type": "thinking", "thinking": "", "signature": ""})
        self._ready.append(writer.take().removesuffix(b"\n\n"))
        self._open, self._shift = (0, "thinking"), 1

    def _close_ours(self) -> None:
        if self._shift and self._open == (0, "thinking"):
            self._write("content_block_stop", {"type": "content_block_stop", "index": 0})
            self._open = None

    def _write(self, name: str, event: JsonObject) -> None:
        self._ready.append(b"event: %b\ndata: %b" % (name.encode(), dumps(event)))
