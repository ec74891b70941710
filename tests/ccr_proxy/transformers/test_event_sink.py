"""Answers as plain events."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ccr_proxy.transformers.event_sink import EventSink
from ccr_proxy.transformers.transformer import Transformer, by_name
from tests.ccr_proxy.protocols.transcript import Chat, Json
from tests.ccr_proxy.transformers.asking import answered, chain

ANSWER = (
    Chat.think("Hm"),
    Chat.say("Hi"),
    Chat.call(0, '{"a":', id="x", name="T"),
    Chat.call(0, "1}"),
    Chat.call(1, id="y", name="U"),
    Chat.finish("tool_calls"),
)


def lines(transform: Callable[[Json], object], *chunks: bytes) -> list[str]:
    mine = Transformer("mine", answer=lambda sink, _context, _options: EventSink(sink, transform))
    return answered(chain("mine", known=by_name((mine,))), *(chunks or ANSWER))


def test_every_part_of_an_answer_is_an_event() -> None:
    events: list[Json] = []

    def keep(event: Json) -> Json:
        events.append(event)
        return event

    assert lines(keep) == ["thinking: Hm", "text: Hi", 'call T#x {"a":1}', "call U#y {}", "stop: tool_use"]
    assert events == [
        {"type": "thinking", "text": "Hm"},
        {"type": "text", "text": "Hi"},
        {"type": "tool_use", "id": "x", "name": "T", "input": {"a": 1}},
        {"type": "tool_use", "id": "y", "name": "U", "input": {}},
        {"type": "stop", "reason": "tool_use"},
    ]


def test_events_may_be_dropped_and_multiplied() -> None:
    assert lines(lambda event: None if event["type"] in ("thinking", "tool_use") else event) == [
        "text: Hi",
        "stop: end_turn",
    ]
    assert lines(lambda event: [event, event] if event["type"] == "text" else event, Chat.say("a"), Chat.finish()) == [
        "text: aa",
        "stop: end_turn",
    ]


def test_text_may_become_a_call_and_a_call_text() -> None:
    def swap(event: Json) -> Json:
        if event["type"] == "text":
            return {"type": "tool_use", "name": "Say", "id": "s", "input": {"x": event["text"]}}
        return {"type": "text", "text": event["name"]} if event["type"] == "tool_use" else event

    call = Chat.call(0, "{}", id="x", name="T")
    assert lines(swap, Chat.say("hi"), Chat.finish()) == ['call Say#s {"x":"hi"}', "stop: tool_use"]
    assert lines(swap, call, Chat.finish("tool_calls")) == ["text: T", "stop: end_turn"]


def test_the_end_may_say_more() -> None:
    more = [{"type": "text", "text": "!"}, {"type": "stop", "reason": "refusal"}]
    assert lines(lambda event: more if event["type"] == "stop" else event, Chat.say("a"), Chat.finish()) == [
        "text: a!",
        "stop: refusal",
    ]


def test_arguments_that_are_no_object_go_on_unseen() -> None:
    seen: list[str] = []

    def keep(event: Json) -> Json:
        seen.append(event["type"])
        return event

    found = lines(keep, Chat.call(0, '{"a":', id="x", name="T"), Chat.finish("tool_calls"))
    assert found == ['call T#x {"a":', "stop: tool_use"]
    assert seen == ["stop"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (5, "an event of an unknown type: None"),
        ({"type": "song"}, "an event of an unknown type: 'song'"),
    ],
)
def test_what_is_no_event_ends_the_answer(given: object, message: str) -> None:
    call = Chat.say("seen") + Chat.call(0, "{}", id="x", name="T")
    found = lines(lambda event: given if event["type"] == "tool_use" else event, call, Chat.finish())
    assert found == ["text: seen", f"error api_error: a custom transformer gave back {message}"]


def test_a_function_that_fails_ends_the_answer() -> None:
    def fail(event: Json) -> Json:
        if event["type"] == "stop":
            raise ValueError("mine.py:3: KeyError: 'x'")
        return event

    assert lines(fail, Chat.say("a"), Chat.finish()) == ["text: a", "error api_error: mine.py:3: KeyError: 'x'"]
