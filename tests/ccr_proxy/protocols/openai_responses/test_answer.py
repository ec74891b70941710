"""What a provider streams, and what Claude Code gets."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccr_proxy.json_codec import JsonObject, dumps, loads
from ccr_proxy.protocols.anthropic_events import MessageFolder, SseWriter
from ccr_proxy.protocols.message_stream import MessageStream
from ccr_proxy.protocols.openai_responses import PROTOCOL
from ccr_proxy.protocols.openai_responses.events import DELTAS, ENDS, PARTS_DONE, WHOLES
from ccr_proxy.protocols.signatures import payload_for

from .transcript import ORIGIN, USAGE, added, decode, done, ended, event, lines, message, sse, whole_message

REASONING = {
    "type": "reasoning",
    "id": "reasoning_0",
    "encrypted_content": "gAAA==",
    "summary": [{"type": "summary_text", "text": "Überlegung"}, {"type": "summary_text", "text": "then act"}],
}
TEXT = {
    "type": "message",
    "id": "message_1",
    "content": [{"type": "output_text", "text": "Hé \n\U0001f600", "annotations": []}],
}
FIRST_CALL = {
    "type": "function_call",
    "id": "function_call_2",
    "call_id": "call_a",
    "name": "Read",
    "arguments": '{"path":"ä"}',
}
SECOND_CALL = {"type": "function_call", "id": "function_call_3", "call_id": "call_b", "name": "Now", "arguments": "{}"}
FULL_ANSWER: list[JsonObject] = [REASONING, TEXT, FIRST_CALL, SECOND_CALL]

FULL_STREAM = sse(
    event("created", response={"status": "in_progress", "output": []}),
    event("in_progress", response={"status": "in_progress", "output": []}),
    added(0, "reasoning", summary=[], encrypted_content="g"),
    event("reasoning_summary_part.added", output_index=0, summary_index=0, part={"type": "summary_text", "text": ""}),
    event("reasoning_summary_text.delta", output_index=0, item_id="reasoning_0", summary_index=0, delta="Überlegung"),
    event("reasoning_summary_text.done", output_index=0, item_id="reasoning_0", summary_index=0, text="Überlegung"),
    event("reasoning_summary_part.done", output_index=0, summary_index=0, part=REASONING["summary"][0]),
    event("reasoning_summary_text.delta", output_index=0, item_id="reasoning_0", summary_index=1, delta="then act"),
    event("output_item.done", output_index=0, item=REASONING),
    added(1, "message", content=[]),
    event("content_part.added", output_index=1, content_index=0, part={"type": "output_text", "text": ""}),
    event("output_text.delta", output_index=1, item_id="message_1", content_index=0, delta="Hé \n"),
    event("output_text.delta", output_index=1, item_id="message_1", content_index=0, delta="\U0001f600"),
    event("output_text.done", output_index=1, item_id="message_1", content_index=0, text="Hé \n\U0001f600"),
    event("content_part.done", output_index=1, content_index=0, part=TEXT["content"][0]),
    event("output_item.done", output_index=1, item=TEXT),
    added(2, "function_call", call_id="call_a", name="Read", arguments=""),
    event("function_call_arguments.delta", output_index=2, item_id="function_call_2", delta='{"path"'),
    event("function_call_arguments.delta", output_index=2, item_id="function_call_2", delta=':"ä"}'),
    event("function_call_arguments.done", output_index=2, item_id="function_call_2", arguments='{"path":"ä"}'),
    event("output_item.done", output_index=2, item=FIRST_CALL),
    added(3, "function_call", call_id="call_b", name="Now", arguments=""),
    event("output_item.done", output_index=3, item=SECOND_CALL),
    event("something.new", output_index=9),
    ended(output=FULL_ANSWER),
)


def test_a_full_answer_reads_like_this() -> None:
    assert lines(FULL_STREAM) == [
        "message_start",
        "0 thinking",
        "0 + Überlegung",
        "0 + \n\nthen act",
        "0 + (signed)",
        "0 .",
        "1 text",
        "1 + Hé \n",
        "1 + \U0001f600",
        "1 .",
        "2 tool_use call_a Read",
        '2 + {"path"',
        '2 + :"ä"}',
        "2 .",
        "3 tool_use call_b Now",
        "3 + {}",
        "3 .",
        "stop tool_use 20",
        "message_stop",
    ]


@settings(max_examples=60)
@given(st.lists(st.integers(0, len(FULL_STREAM)), max_size=40), st.sampled_from([b"\n", b"\r\n"]))
def test_the_bytes_may_be_cut_anywhere(cuts: list[int], line_ending: bytes) -> None:
    raw = FULL_STREAM.replace(b"\n", line_ending)
    edges = [0, *sorted(cuts), len(raw)]
    writer, reference = SseWriter(), SseWriter()
    decode([raw[start:stop] for start, stop in pairwise(edges)], writer)
    decode([FULL_STREAM], reference)
    assert writer.take() == reference.take()


def test_a_whole_answer_is_the_same_as_its_stream() -> None:
    assert whole_message({"status": "completed", "output": FULL_ANSWER, "usage": USAGE}) == message(FULL_STREAM)


def _without(*kinds: str) -> bytes:
    blocks = FULL_STREAM.split(b"\n\n")
    return b"\n\n".join(block for block in blocks if not any(kind.encode() in block.split(b"\n")[0] for kind in kinds))


@pytest.mark.parametrize(
    "missing",
    [
        ("delta",),
        ("delta", "_text.done", "part.done", "arguments.done"),
        ("output_item.added",),
        ("_text.done", "part.done", "arguments.done", "item.done"),
        ("delta", ".added", ".done"),  # the final response alone
    ],
    ids=" ".join,
)
def test_whatever_tells_the_content_first_is_enough(missing: tuple[str, ...]) -> None:
    expected, got = message(FULL_STREAM), message(_without(*missing))
    for answer in (expected, got):
        for block in answer["content"]:
            block.pop("signature", None)
    assert got == expected


def test_a_final_response_without_output_loses_nothing() -> None:
    raw = FULL_STREAM[: FULL_STREAM.rindex(b"event: ")] + sse(ended(output=[]))
    assert message(raw) == message(FULL_STREAM)


def test_a_final_response_without_its_reasoning_doubles_nothing() -> None:
    raw = FULL_STREAM[: FULL_STREAM.rindex(b"event: ")] + sse(ended(output=FULL_ANSWER[1:]))
    assert message(raw) == message(FULL_STREAM)


@pytest.mark.parametrize(
    ("title", "events", "expected"),
    [
        (
            "Copilot renames an item in every event",
            [
                added(0, "message", id="x1"),
                event("output_text.delta", output_index=0, item_id="x2", content_index=0, delta="one"),
                event("output_text.done", output_index=0, item_id="x3", content_index=0, text="one two"),
                done(0, "message", id="x4", content=[{"type": "output_text", "text": "one two"}]),
                ended(
                    output=[{"type": "message", "id": "x5", "content": [{"type": "output_text", "text": "one two"}]}]
                ),
            ],
            ["0 text", "0 + one", "0 +  two", "0 ."],
        ),
        (
            "a proxy numbers every item 0",
            [
                added(0, "function_call", id="f1", call_id="a", name="A"),
                added(0, "function_call", id="f2", call_id="b", name="B"),
                event("function_call_arguments.delta", output_index=0, item_id="f2", delta='{"n":2}'),
                event("function_call_arguments.delta", output_index=0, item_id="f1", delta='{"n":1}'),
                ended(),
            ],
            ["0 tool_use a A", '0 + {"n":1}', "0 .", "1 tool_use b B", '1 + {"n":2}', "1 ."],
        ),
        (
            "no ids and no numbers at all",
            [
                {"type": "response.output_item.added", "item": {"type": "message"}},
                {"type": "response.output_text.delta", "delta": "a"},
                {"type": "response.output_text.delta", "delta": "b"},
                {
                    "type": "response.output_item.done",
                    "item": {"type": "function_call", "name": "F", "arguments": {"x": 1}, "id": "f"},
                },
                ended(output=[{"type": "message", "content": "ab"}]),
            ],
            ["0 text", "0 + a", "0 + b", "0 .", "1 tool_use f F", '1 + {"x":1}', "1 ."],
        ),
        (
            "open models tell reasoning as text, and its summary says the same",
            [
                event("reasoning_text.delta", output_index=0, item_id="r", content_index=0, delta="plain"),
                event("reasoning_summary_text.delta", output_index=0, item_id="r", summary_index=0, delta="short"),
                ended(),
            ],
            ["0 thinking", "0 + plain", "0 ."],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_habits_of_servers(title: str, events: list[JsonObject], expected: list[str]) -> None:
    assert lines(sse(*events))[1:-2] == expected, title


def test_encrypted_reasoning_is_an_empty_signed_block_with_the_final_content() -> None:
    raw = sse(
        added(0, "reasoning", summary=[], encrypted_content="early"),
        done(0, "reasoning", summary=[], encrypted_content="final"),
        done(1, "message", content=[{"type": "output_text", "text": "x"}]),
        ended(),
    )
    thinking = message(raw)["content"][0]
    assert thinking["thinking"] == ""
    payload = payload_for(ORIGIN, thinking["signature"])
    assert payload is not None
    assert loads(payload) == {"id": "reasoning_0", "summary": [], "encrypted_content": "final"}


def test_a_refusal_is_visible_text() -> None:
    raw = sse(event("refusal.delta", output_index=0, content_index=0, delta="I can't."), ended())
    assert lines(raw) == ["message_start", "0 text", "0 + I can't.", "0 .", "stop refusal 20", "message_stop"]


@pytest.mark.parametrize(
    ("reason", "stop"),
    [("max_output_tokens", "max_tokens"), ("content_filter", "refusal"), ("new_reason", "max_tokens")],
)
def test_an_incomplete_answer_says_why(reason: str, stop: str) -> None:
    raw = sse(
        added(0, "function_call", call_id="c", name="Write"),
        event("function_call_arguments.delta", output_index=0, delta='{"content":"half'),
        ended("incomplete", incomplete_details={"reason": reason}),
    )
    assert lines(raw)[-2] == f"stop {stop} 20"


def test_usage_counts_cached_tokens_once() -> None:
    assert message(FULL_STREAM)["usage"] == {
        "input_tokens": 30,
        "cache_creation_input_tokens": 10,
        "cache_read_input_tokens": 60,
        "output_tokens": 20,
    }


ERRORS: list[tuple[JsonObject, int, str]] = [
    ({"type": "error", "error": {"code": "insufficient_quota", "message": "No quota"}}, 429, "No quota"),
    ({"type": "error", "code": "rate_limit_exceeded", "message": "Slow", "param": None}, 429, "Slow"),
    ({"type": "error", "code": "server_is_overloaded", "message": "Busy"}, 529, "Busy"),
    (event("failed", response={"status": "failed", "error": {"code": "server_error", "message": "Oops"}}), 500, "Oops"),
    (event("failed", response={"error": {"code": "invalid_prompt", "message": "Bad prompt"}}), 400, "Bad prompt"),
    (event("cancelled", response={}), 500, "cancelled"),
    (event("completed", response={"status": "failed", "error": None}), 500, "failed"),
    (
        event(
            "failed",
            response={"error": {"code": "context_length_exceeded", "message": "Input exceeds the context window"}},
        ),
        400,
        "prompt is too long",
    ),
]


@pytest.mark.parametrize(("failing", "status", "text"), ERRORS)
def test_an_error_before_any_content_leaves_the_answer_unstarted(failing: JsonObject, status: int, text: str) -> None:
    stream = decode([sse(event("created", response={}), failing)], SseWriter())
    assert stream.failure is not None
    assert (stream.failure.status, stream.started) == (status, False)
    assert text in stream.failure.message


def test_an_error_after_content_is_an_error_event_and_the_end() -> None:
    delta = event("output_text.delta", output_index=0, delta="a")
    raw = sse(delta, {"type": "error", "error": {"code": "server_error", "message": "Oops"}}, delta, ended())
    assert lines(raw) == ["message_start", "0 text", "0 + a", "error api_error: Oops"]


@pytest.mark.parametrize(
    "cut", [len(FULL_STREAM) - 5, FULL_STREAM.rindex(b"event: "), FULL_STREAM.rindex(b"event: ") + 60]
)
def test_a_cut_is_an_error_and_never_a_finished_answer(cut: int) -> None:
    assert lines(FULL_STREAM[:cut])[-1].startswith("error api_error: the provider's answer broke off")


def test_an_event_that_is_no_json_is_reported() -> None:
    stream = decode([b"data: <html>\n\n"], SseWriter())
    assert stream.failure is not None
    assert "<html>" in stream.failure.message


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ({"status": "in_progress", "output": []}, "in_progress"),
        ({"hello": 1}, "not a finished response"),
        ({"error": {"message": "Gone", "code": 404}}, "Gone"),
        ({"status": "failed", "error": {"code": "server_error", "message": "Oops"}}, "Oops"),
    ],
)
def test_a_whole_answer_that_is_none_is_an_error(answer: JsonObject, text: str) -> None:
    stream = MessageStream(MessageFolder(), message_id="m", model="m", estimated_input=0)
    PROTOCOL.decode_whole(answer, stream, ORIGIN)
    assert stream.failure is not None
    assert text in stream.failure.message


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 3)
    | st.text(max_size=3)
    | st.sampled_from(["message", "function_call", "reasoning"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
KINDS = [*DELTAS, *WHOLES, *PARTS_DONE, *ENDS, "response.output_item.added", "response.output_item.done", "error"]
FIELDS = ["delta", "text", "item", "part", "item_id", "output_index", "content_index", "arguments", "response", "error"]
INNER = [
    "type",
    "id",
    "call_id",
    "name",
    "content",
    "summary",
    "arguments",
    "status",
    "output",
    "usage",
    "error",
    "text",
]
EVENTS = st.builds(
    lambda kind, fields: {**fields, "type": kind},
    st.sampled_from(KINDS),
    st.dictionaries(st.sampled_from(FIELDS), ANYTHING | st.dictionaries(st.sampled_from(INNER), ANYTHING), max_size=6),
)


@settings(max_examples=150)
@given(st.lists(EVENTS, max_size=8))
def test_whatever_comes_the_answer_ends_or_fails(events: list[dict[str, Any]]) -> None:
    writer = SseWriter()
    stream = decode([b"".join(b"data: %b\n\n" % dumps(item) for item in events)], writer)
    sent = writer.take()
    assert stream.finished
    assert (stream.failure is None) == sent.endswith(b'{"type":"message_stop"}\n\n')
    assert sent.count(b"event: content_block_start") - sent.count(b"event: content_block_stop") in (
        0,
        int(stream.failure is not None),
    )
