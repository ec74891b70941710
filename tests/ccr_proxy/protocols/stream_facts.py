"""The facts that a decoder can tell a MessageStream, written so that a list of them reads as a transcript."""

from __future__ import annotations

from collections.abc import Callable

from ccr_proxy.errors import UpstreamFault
from ccr_proxy.protocols.anthropic_events import SseWriter
from ccr_proxy.protocols.message_stream import EventWriter, MessageStream

Fact = Callable[[MessageStream], object]


def new_stream(writer: EventWriter) -> MessageStream:
    return MessageStream(writer, message_id="msg_1", model="asked-for", estimated_input=11)


def written(*facts: Fact) -> bytes:
    """What leaves after `facts` and the end of the body."""
    writer = SseWriter()
    stream = new_stream(writer)
    for fact in [*facts, end]:
        fact(stream)
    return writer.take()


def text(value: str) -> Fact:
    return lambda stream: stream.text(value)


def thinking(value: str) -> Fact:
    return lambda stream: stream.thinking(value)


def signature(value: str) -> Fact:
    return lambda stream: stream.signature(value)


def call(key: object, call_id: str = "", name: str = "", signature: str = "") -> Fact:
    return lambda stream: stream.tool_call(key, call_id=call_id, name=name, signature=signature)


def arguments(key: object, fragment: str) -> Fact:
    return lambda stream: stream.tool_arguments(key, fragment)


def done(key: object) -> Fact:
    return lambda stream: stream.tool_done(key)


def stop(reason: str = "end_turn") -> Fact:
    return lambda stream: stream.stop(reason)


def keep_alive(stream: MessageStream) -> None:
    stream.keep_alive()


def complete(stream: MessageStream) -> None:
    stream.complete()


def end(stream: MessageStream) -> None:
    stream.end()


def failed(stream: MessageStream) -> None:
    stream.fail(UpstreamFault(529, "overloaded"))


def broken(stream: MessageStream) -> None:
    stream.broke_off(UpstreamFault(504, "silent"))


def redacted(stream: MessageStream) -> None:
    stream.redacted_thinking("opaque")


def search(stream: MessageStream) -> None:
    stream.block({"type": "server_tool_use", "id": "srv_1", "name": "web_search", "input": {"query": "q"}})


def end_text(stream: MessageStream) -> None:
    stream.end_text()


def cite(stream: MessageStream) -> None:
    stream.citation({"cited_text": "c"})
