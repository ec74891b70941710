"""A readable notation for answers: what came from a provider, and what a client sees of it.

`seen(sse)` turns Anthropic SSE bytes into lines, one per block and per end:

    thinking: Let me see.            text: Hello            call Bash#call_1 {"command":"ls"}
    signature: abc                   stop: tool_use         error overloaded_error: try later

It reads the bytes with a parser of its own and checks the grammar on the way, so that it cannot share a defect with the
code under test. `Chat` writes Chat Completions packets.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

_DELTAS = {
    "text": {"text_delta", "citations_delta"},
    "thinking": {"thinking_delta", "signature_delta"},
    "tool_use": {"input_json_delta"},
    "server_tool_use": {"input_json_delta"},
}


def raw_events(sse: bytes) -> list[tuple[str, Json]]:
    """`(event name, data)` of a stream in which every event is complete; comments are passed over."""
    text = sse.decode("utf-8")
    assert text == "" or text.endswith("\n\n"), f"the stream ends in the middle of an event: {text[-80:]!r}"
    events = []
    for block in text.split("\n\n")[:-1]:
        lines = [line for line in block.split("\n") if line and not line.startswith(":")]
        if not lines:
            continue
        fields = [line.partition(":") for line in lines]
        assert {name for name, _, _ in fields} <= {"event", "data"}, block
        name = "".join(value.strip() for key, _, value in fields if key == "event")
        events.append((name, json.loads("\n".join(value.strip() for key, _, value in fields if key == "data"))))
    return events


@dataclass
class Block:
    """One content block with everything that its deltas said."""

    start: Json
    filled: str = ""
    signature: str = ""

    @property
    def kind(self) -> str:
        return str(self.start["type"])

    def line(self) -> str:
        if self.kind == "tool_use":
            return f"call {self.start['name']}#{self.start['id']} {self.filled}".rstrip()
        if self.kind in ("text", "thinking"):
            return f"{self.kind}: {self.filled}"
        return f"{self.kind}: {json.dumps({key: value for key, value in self.start.items() if key != 'type'})}"


@dataclass
class Seen:
    """A whole stream as a client sees it."""

    model: str = ""
    start_usage: Json = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)
    stop_reason: str | None = None
    stop_sequence: str | None = None
    usage: Json = field(default_factory=dict)
    error: Json | None = None
    stopped: bool = False

    @property
    def text(self) -> str:
        return "".join(block.filled for block in self.blocks if block.kind == "text")

    @property
    def thinking(self) -> str:
        return "".join(block.filled for block in self.blocks if block.kind == "thinking")

    @property
    def calls(self) -> list[tuple[str, str]]:
        return [(block.start["name"], block.filled) for block in self.blocks if block.kind == "tool_use"]

    def lines(self) -> list[str]:
        found = []
        for block in self.blocks:
            found.append(block.line())
            if block.signature:
                found.append(f"signature: {block.signature}")
        if self.error is not None:
            found.append(f"error {self.error['type']}: {self.error['message']}")
        elif self.stop_reason is not None:
            found.append(f"stop: {self.stop_reason}")
        return found


def read_stream(sse: bytes) -> Seen:
    """The stream as a client sees it. Raises AssertionError where it breaks the grammar."""
    seen = Seen()
    current: Block | None = None
    started = False
    for name, event in raw_events(sse):
        kind = event["type"]
        assert name == kind, f"event: {name} carries {kind}"
        assert seen.error is None, f"{kind} after an error"
        assert not seen.stopped, f"{kind} after message_stop"
        if kind == "ping":
            continue
        if kind == "error":
            assert event["error"]["type"]
            assert event["error"]["message"]
            seen.error = event["error"]
            continue
        if kind == "message_start":
            assert not started, "message_start twice"
            started = True
            _check_start(event["message"])
            seen.model, seen.start_usage = event["message"]["model"], event["message"]["usage"]
            continue
        assert started, f"{kind} before message_start"
        if kind == "content_block_start":
            assert seen.stop_reason is None, "a block after message_delta"
            assert current is None, "a block starts inside another"
            assert event["index"] == len(seen.blocks), "block indexes have a gap"
            current = Block(event["content_block"])
            _check_block(current, seen)
            seen.blocks.append(current)
        elif kind == "content_block_delta":
            assert current is not None, "a delta outside a block"
            assert event["index"] == len(seen.blocks) - 1
            _fill(current, event["delta"])
        elif kind == "content_block_stop":
            assert current is not None, "a block stops that is not open"
            assert event["index"] == len(seen.blocks) - 1
            current = None
        elif kind == "message_delta":
            assert current is None, "message_delta inside a block"
            _finish(seen, event)
        else:
            assert kind == "message_stop", f"unknown event {kind}"
            assert seen.stop_reason is not None, "message_stop without a stop reason"
            seen.stopped = True
    assert seen.error is not None or seen.stopped or not started, "the stream just ends"
    return seen


def seen(sse: bytes) -> list[str]:
    """`read_stream` in the notation of this module."""
    return read_stream(sse).lines()


def _check_start(message: Json) -> None:
    assert message["id"]
    assert message["type"] == "message"
    assert message["role"] == "assistant"
    assert message["content"] == []
    assert message["stop_reason"] is None
    assert isinstance(message["usage"]["input_tokens"], int)
    assert isinstance(message["usage"]["output_tokens"], int)


def _check_block(block: Block, seen: Seen) -> None:
    if block.kind == "tool_use":
        assert block.start["id"], "a tool call without id"
        assert block.start["id"] not in [other.start.get("id") for other in seen.blocks], "two calls with one id"
        assert block.start["name"], "a tool call without name"
        assert block.start["input"] == {}


def _fill(block: Block, delta: Json) -> None:
    kind = delta["type"]
    assert kind in _DELTAS.get(block.kind, set()), f"{kind} inside {block.kind}"
    if kind == "signature_delta":
        block.signature = delta["signature"]
        return
    said = delta.get("text") or delta.get("thinking") or delta.get("partial_json") or ""
    assert not (said and block.signature), "content after the signature"
    block.filled += said


def _finish(seen: Seen, event: Json) -> None:
    assert isinstance(event["usage"]["output_tokens"], int)
    seen.stop_reason = event["delta"].get("stop_reason") or seen.stop_reason
    seen.stop_sequence = event["delta"].get("stop_sequence")
    seen.usage = event["usage"]


class Chat:
    """Packets of a Chat Completions stream, each as the bytes of one event."""

    DONE = b"data: [DONE]\n\n"

    @staticmethod
    def packet(**content: Any) -> bytes:
        """Any packet."""
        return b"data: %b\n\n" % json.dumps({"id": "c", "object": "chat.completion.chunk", **content}).encode()

    @classmethod
    def delta(cls, finish: str | None = None, usage: Json | None = None, **delta: Any) -> bytes:
        """A packet with one choice."""
        more = {"usage": usage} if usage else {}
        return cls.packet(choices=[{"index": 0, "delta": delta, "finish_reason": finish}], **more)

    @classmethod
    def say(cls, *texts: str) -> bytes:
        return b"".join(cls.delta(content=text) for text in texts)

    @classmethod
    def think(cls, *texts: str) -> bytes:
        return b"".join(cls.delta(reasoning_content=text) for text in texts)

    @classmethod
    def call(cls, index: int | None, arguments: Any = ..., **head: str) -> bytes:
        """A fragment of one tool call: `head` may hold `id` and `name`."""
        function: Json = {"name": head["name"]} if "name" in head else {}
        if arguments is not ...:
            function["arguments"] = arguments
        fragment: Json = {"function": function}
        if index is not None:
            fragment["index"] = index
        if "id" in head:
            fragment["id"] = head["id"]
        return cls.delta(tool_calls=[fragment])

    @classmethod
    def finish(cls, reason: str = "stop") -> bytes:
        return cls.delta(finish=reason)

    @classmethod
    def usage(cls, prompt: int, completion: int, **more: Any) -> bytes:
        """The usage packet after the last choice."""
        return cls.packet(choices=[], usage={"prompt_tokens": prompt, "completion_tokens": completion, **more})
