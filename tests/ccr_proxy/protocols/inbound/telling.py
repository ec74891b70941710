"""Answers for the writers under test: told through the grammar, as decoders do, and read back in one notation.

message = told(MessageFolder(), say("Hello"), call("c1", "Bash", '{"a":1}'))
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from ccr_proxy.protocols.anthropic_events import MessageFolder
from ccr_proxy.protocols.message_stream import EventWriter, MessageStream
from ccr_proxy.protocols.usage import Usage

Json = dict[str, Any]
Step = Callable[[MessageStream], None]
Writer = TypeVar("Writer", bound=EventWriter)

USAGE = Usage(input_tokens=10, output_tokens=7, cache_read_tokens=100, cache_write_tokens=20, reasoning_tokens=3)
CREATED = 1_700_000_000


def say(*texts: str) -> Step:
    return lambda stream: [stream.text(text) for text in texts] and None


def think(text: str, signature: str = "") -> Step:
    def step(stream: MessageStream) -> None:
        stream.thinking(text)
        stream.signature(signature)

    return step


def call(call_id: str, name: str, *fragments: str) -> Step:
    def step(stream: MessageStream) -> None:
        stream.tool_call(call_id, call_id=call_id, name=name)
        for fragment in fragments:
            stream.tool_arguments(call_id, fragment)
        stream.tool_done(call_id)

    return step


def block(**content: Any) -> Step:
    return lambda stream: stream.block(content)


def keep_alive(stream: MessageStream) -> None:
    stream.keep_alive()


def told(writer: Writer, *steps: Step, stop: str = "end_turn", usage: Usage = USAGE) -> Writer:
    """Tell a whole answer to `writer`."""
    stream = MessageStream(writer, message_id="msg_1f", model="asked", estimated_input=5)
    for step in steps:
        step(stream)
    stream.usage(usage)
    stream.stop(stop)
    stream.end()
    assert stream.failure is None
    return writer


def message_of(*steps: Step, stop: str = "end_turn") -> Json:
    """The same answer as an Anthropic message."""
    return told(MessageFolder(), *steps, stop=stop).message


def sse_events(data: bytes) -> list[tuple[str, Json]]:
    """`(event name, data)` of each event; `[DONE]` is left out."""
    events = []
    for text in data.decode().split("\n\n")[:-1]:
        lines = dict(line.split(": ", 1) for line in text.split("\n"))
        if lines["data"] != "[DONE]":
            events.append((lines.get("event", ""), json.loads(lines["data"])))
    return events


def runs(message: Json) -> list[tuple[str, Any]]:
    """What a message says, with neighbouring texts as one: `(kind, content)`."""
    found: list[tuple[str, Any]] = []
    for item in message["content"]:
        kind = item["type"]
        content: Any = item["text"] if kind == "text" else item.get("thinking")
        if kind == "tool_use":
            content = (item["id"], item["name"], item["input"])
        if found and found[-1][0] == kind != "tool_use":
            found[-1] = (kind, found[-1][1] + content)
        elif content:
            found.append((kind, content))
    return found
