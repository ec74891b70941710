"""An Anthropic stream on its way to an Anthropic client: whole events go on as they came.

Changed are only the model's name in `message_start`, because Claude Code drops its thinking history when another name
answers than it asked for, and the end: a stream that was cut gets an `error` event, because a clean close would look
like a finished answer. A tool call after other content waits with the end of what is before it until it is complete or
long: Claude Code takes up an answer again only while no block is finished, and no half call has been shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ccr_proxy.errors import UpstreamFault
from ccr_proxy.json_codec import JsonObject, as_object, dumps, loads
from ccr_proxy.protocols.answer import Closing
from ccr_proxy.protocols.anthropic.usage import read_usage
from ccr_proxy.protocols.anthropic_events import SseWriter
from ccr_proxy.protocols.empty_answer import empty_answer, needs_content, says_nothing
from ccr_proxy.protocols.errors import fault_in_answer, not_json
from ccr_proxy.protocols.message_stream import CHARACTERS_PER_TOKEN, cut_short
from ccr_proxy.protocols.sse import MAXIMUM_EVENT_BYTES
from ccr_proxy.protocols.usage import Usage, whole

# Bytes of a waiting call's events; each event has about 120 beside the arguments.
HELD_BYTES = 8 * 1024
# What an event of text has beside the text.
_DELTA_BYTES = 118
_DELTA_HEADS = (b"event: content_block_delta\n", b'data: {"type":"content_block_delta"')
_EMPTY_DELTA = {
    "text": {"type": "text_delta", "text": ""},
    "thinking": {"type": "thinking_delta", "thinking": ""},
    "tool_use": {"type": "input_json_delta", "partial_json": ""},
}
_Block = tuple[int, str]  # index and type


class PassThrough:
    """One streamed answer; the same face towards the server as a translated one. Made per attempt.

    `report` gets the event of an error that the client has to see; by default it is written at once. `kept_alive` says
    that the client has seen a start already, and an empty thinking block that is still open.
    """

    def __init__(
        self,
        *,
        message_id: str,
        model: str,
        estimated_input: int,
        report: Callable[[JsonObject], None] | None = None,
        kept_alive: bool = False,
    ) -> None:
        self.message_id = message_id  # as the client sees it
        self._model = model
        self._estimated_input = estimated_input
        self._report = report or (lambda event: self._write("error", event))
        self._pending = b""
        self._ready: list[bytes] = []
        self._held: list[bytes] = []  # the stop of a block, and the call after it
        self._held_bytes = 0
        self._usage: JsonObject = {}
        self._open: _Block | None = (0, "thinking") if kept_alive else None  # as the client sees it
        self._open_is_ours = kept_alive
        self._open_next: _Block | None = None  # what is open once the held events are sent
        # Index of the next block that the client sees; how many blocks of ours stand before the provider's next one.
        self._next_index = self._shift = 1 if kept_alive else 0
        self._stop_reason: object = None
        self._stopped = False
        self._said = 0  # bytes of content
        self._break: UpstreamFault | None = None
        self.started = kept_alive
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
        plain = self.has_content and not self._shift and not self._held
        for block in blocks:
            if plain and block.startswith(_DELTA_HEADS):  # nearly every event
                self._ready.append(block)
                self._said += len(block) - _DELTA_BYTES
                continue
            if self.finished or self._stopped:
                return
            self._other(block)
            plain = self.has_content and not self._shift and not self._held and not self.finished
        if len(self._pending) > MAXIMUM_EVENT_BYTES:
            self.fail(UpstreamFault(502, f"the provider sent an event of more than {MAXIMUM_EVENT_BYTES} bytes"))

    def take(self) -> bytes:
        """The whole events that are ready to go."""
        if not self._ready:
            return b""
        data = b"\n\n".join(self._ready) + b"\n\n"
        self._ready.clear()
        return data

    def end(self) -> None:
        """The body has ended."""
        if not (self.finished or self._stopped) and _is_whole(self._pending):
            self._other(self._pending.rstrip(b"\r\n"))
        if self.finished:
            return
        if not self._stopped and (self._stop_reason is None or self._open is not None):
            self.fail(self._break or cut_short())
        else:
            self.finished = True
            if not self._stopped:
                self._write("message_stop", {"type": "message_stop"})

    def broke_off(self, fault: UpstreamFault) -> None:
        """The connection broke; `end()` follows. What was complete by then has only lost its goodbye."""
        self._break = fault

    def fail(self, fault: UpstreamFault) -> None:
        """The answer cannot be finished; a client that saw its start gets an `error` event."""
        self._fail(fault, {"type": "error", "error": {"type": fault.type, "message": fault.message}})

    @property
    def can_resume(self) -> bool:
        """Whether another attempt may begin the answer again."""
        return not self.has_content

    @property
    def closing(self) -> Closing:
        """Whether the answer is over by what was fed so far."""
        if self._stopped or self.finished:
            return Closing.CERTAIN
        return Closing.NOT_YET if self._stop_reason is None else Closing.LIKELY

    def keep_alive(self) -> None:
        """Content that says nothing yet, which is all that Claude Code's 300 s limit counts."""
        if self.finished or (self._open is None and self._stop_reason is not None):
            return
        if self._open is None:
            self._open_ours()
        elif not self._open_is_ours:
            self.has_content = True  # a block of the provider goes out, which no other answer could go on from
        if self._open is not None and (delta := _EMPTY_DELTA.get(self._open[1])):
            self._write("content_block_delta", {"type": "content_block_delta", "index": self._open[0], "delta": delta})

    def final_usage(self) -> Usage:
        """What the provider reported so far."""
        return read_usage(self._usage) if self._usage else Usage(self._estimated_input, reported=False)

    def spent(self) -> Usage | None:
        """What an answer that may have broken off has taken; None when there was neither a usage nor content. What
        was said is estimated, because the provider counts it at the end."""
        if not self._usage and not self.has_content:
            return None
        usage = self.final_usage()
        return replace(usage, output_tokens=max(usage.output_tokens, self._said // CHARACTERS_PER_TOKEN))

    def _other(self, block: bytes) -> None:
        data = _data(block)
        if not data:
            if block.strip():
                self._ready.append(block)
            return
        try:
            event = loads(data)
        except ValueError:
            event = None
        if isinstance(event, dict):
            self._event(event, block, data)
        else:
            self.fail(not_json(data))

    def _event(self, event: JsonObject, block: bytes, data: bytes) -> None:
        kind = event.get("type")
        if self._shift and "index" in event:
            event = {**event, "index": whole(event["index"]) + self._shift}
            block = _written(str(kind), event)
        if kind == "message_start":
            self._message_start(event)
        elif kind == "error" or (kind is None and event.get("error")):
            self._error(event, data)
        elif kind == "content_block_start":
            self._block_start(event, block)
        elif kind == "content_block_delta":
            self.has_content = self.has_content or not _is_silent(as_object(event.get("delta")))
            self._said += len(block) - _DELTA_BYTES
            self._send(block)
        elif kind == "content_block_stop":
            self._release()
            self._held.append(block)
        elif kind == "message_delta":
            self._message_delta(event, block)
        elif kind == "message_stop" and self._is_empty():
            self.fail(empty_answer(self.final_usage()))
        else:
            self._release()
            self._stopped |= kind == "message_stop"
            self._ready.append(block)

    def _message_start(self, event: JsonObject) -> None:
        message = as_object(event.get("message"))
        self._usage |= as_object(message.get("usage"))
        if not self.started:
            self.started = True
            self.message_id = str(message.get("id") or self.message_id)
            usage = message.get("usage") or Usage(self._estimated_input).as_anthropic()
            self._write("message_start", {**event, "message": {**message, "model": self._model, "usage": usage}})

    def _message_delta(self, event: JsonObject, block: bytes) -> None:
        self._stop_reason = as_object(event.get("delta")).get("stop_reason") or self._stop_reason
        self._usage |= {key: value for key, value in as_object(event.get("usage")).items() if value is not None}
        if self._stop_reason is not None and self._is_empty():
            self.fail(empty_answer(self.final_usage()))
            return
        self._release()
        self._close_open()
        self._ready.append(block)

    def _is_empty(self) -> bool:
        return not self.has_content and needs_content(self._stop_reason)

    def _block_start(self, event: JsonObject, block: bytes) -> None:
        content = as_object(event.get("content_block"))
        self.has_content = self.has_content or not says_nothing(content)
        opened = (whole(event.get("index")), str(content.get("type")))
        self._next_index = opened[0] + 1
        if self._held and opened[1] == "tool_use":
            self._open_next = opened
            self._held_bytes = 0
            self._send(block)
            return
        self._release()
        self._close_open()
        self._open, self._open_is_ours = opened, False
        self._ready.append(block)

    def _send(self, block: bytes) -> None:
        if not self._held:
            self._ready.append(block)
            return
        self._held.append(block)
        self._held_bytes += len(block)
        if self._held_bytes > HELD_BYTES:
            self._release()

    def _release(self) -> None:
        if self._held:
            self._ready += self._held
            self._held.clear()
            self._open, self._open_next, self._open_is_ours = self._open_next, None, False

    def _error(self, event: JsonObject, data: bytes) -> None:
        fault = fault_in_answer(event)
        own = {"type": "error", "error": {"type": fault.type, "message": fault.message}}
        fault.body = data
        self._fail(fault, event if event.get("type") == "error" else own)

    def _fail(self, fault: UpstreamFault, event: JsonObject) -> None:
        if self.finished:
            return
        self._held.clear()
        self.finished, self.failure = True, fault
        if self.started:
            self._report(event)

    def _open_ours(self) -> None:
        writer = SseWriter()
        if not self.started:
            self.started = True
            writer.message_start(self.message_id, self._model, Usage(self._estimated_input))
        writer.block_start(self._next_index, {"type": "thinking", "thinking": "", "signature": ""})
        self._ready.append(writer.take().removesuffix(b"\n\n"))
        self._open, self._open_is_ours = (self._next_index, "thinking"), True
        self._next_index += 1
        self._shift += 1

    def _close_open(self) -> None:
        """Stop our own block, or one that the provider forgot to stop: the client would pass over it."""
        if self._open is not None:
            self._write("content_block_stop", {"type": "content_block_stop", "index": self._open[0]})
            self._open = None

    def _write(self, name: str, event: JsonObject) -> None:
        self._ready.append(_written(name, event))


def _written(name: str, event: JsonObject) -> bytes:
    return b"event: %b\ndata: %b" % (name.encode(), dumps(event))


def _is_silent(delta: JsonObject) -> bool:
    """Whether a delta of text or thinking adds nothing; every other kind is taken for content."""
    return delta.get("text") == "" or delta.get("thinking") == ""


def _data(block: bytes) -> bytes:
    return b"\n".join(line[5:].lstrip(b" ") for line in block.split(b"\n") if line.startswith(b"data:"))


def _is_whole(pending: bytes) -> bool:
    """Whether the bytes after the last blank line are an event; a half one is what a cut leaves behind."""
    try:
        return isinstance(loads(_data(pending.replace(b"\r", b"\n"))), dict)
    except ValueError:
        return False
