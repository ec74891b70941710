"""An Anthropic stream passed through: as it came but for the model's name, and never a false end."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.errors import UpstreamFault
from ccr_proxy.protocols.anthropic.pass_through import HELD_BYTES, PassThrough
from ccr_proxy.protocols.empty_answer import EmptyAnswer
from tests.ccr_proxy.protocols.anthropic import answers as a
from tests.ccr_proxy.protocols.transcript import raw_events, read_stream, seen

CUT = "error api_error: the provider's answer broke off before it was finished"


def new() -> PassThrough:
    return PassThrough(message_id="msg_ours", model="asked", estimated_input=7)


def passed(*steps: bytes | Callable[[PassThrough], object]) -> bytes:
    """What the client gets: bytes are fed, functions are applied, and then the body ends."""
    answer = new()
    for step in steps:
        if isinstance(step, bytes):
            answer.feed(step)
        else:
            step(answer)
    answer.end()
    assert answer.finished
    return answer.take()


def keep_alive(answer: PassThrough) -> None:
    answer.keep_alive()


def test_everything_but_the_model_goes_on_byte_for_byte() -> None:
    (_, sent_start), *_ = raw_events(out := passed(a.WHOLE))
    assert sent_start["message"]["model"] == "asked"
    assert sent_start["message"]["id"] == "msg_theirs"
    assert out.split(b"\n\n")[1:] == a.WHOLE.split(b"\n\n")[1:]
    assert seen(out) == a.WHOLE_LINES


@given(st.lists(st.integers(0, len(a.WHOLE)), max_size=10))
def test_any_cut_gives_the_same_bytes(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(a.WHOLE)]
    assert passed(*(a.WHOLE[x:y] for x, y in pairwise(places))) == passed(a.WHOLE)


@pytest.mark.parametrize("newline", [b"\r\n", b"\r"])
def test_other_line_endings(newline: bytes) -> None:
    stream = a.WHOLE.replace(b"\n", newline)
    assert seen(passed(stream)) == a.WHOLE_LINES
    assert seen(passed(*(stream[at : at + 1] for at in range(len(stream))))) == a.WHOLE_LINES


def test_events_leave_as_soon_as_they_are_whole() -> None:
    answer = new()
    answer.feed(a.start() + a.begin(0))
    answer.take()
    answer.feed(a.delta(0, "text_delta", text="now"))
    assert b"now" in answer.take()
    assert answer.take() == b""


def test_unknown_events_blocks_and_comments_go_on() -> None:
    out = passed(a.start() + b": comment\n\n" + a.event("novelty", x=1) + a.text(0, "x") + a.finish() + a.END)
    assert b": comment\n\n" in out
    assert ("novelty", {"type": "novelty", "x": 1}) in raw_events(out)


def test_a_cut_at_any_byte_is_told_or_came_after_the_end() -> None:
    for at in range(len(a.start()) + 200, len(a.WHOLE)):
        out = passed(a.WHOLE[:at])
        result = read_stream(out)
        assert result.error is not None or seen(out) == a.WHOLE_LINES, a.WHOLE[at - 30 : at]


ENDS: dict[str, tuple[list[Any], list[str]]] = {
    "message_stop is missing": ([a.start() + a.text(0, "x") + a.finish()], ["text: x", "stop: end_turn"]),
    "message_stop is cut": ([a.start() + a.text(0, "x") + a.finish() + a.END[:-5]], ["text: x", "stop: end_turn"]),
    "the last blank line is missing": (
        [a.start() + a.text(0, "x") + a.finish() + a.END[:-2]],
        ["text: x", "stop: end_turn"],
    ),
    "the usage comes after the stop reason": (
        [a.start() + a.text(0, "x") + a.finish() + a.event("message_delta", delta={}, usage={"output_tokens": 9})],
        ["text: x", "stop: end_turn"],
    ),
    "content_block_stop is missing": (
        [a.start() + a.begin(0) + a.delta(0, "text_delta", text="x") + a.finish() + a.END],
        ["text: x", "stop: end_turn"],
    ),
    "content_block_stop is missing between two blocks": (
        [
            a.start()
            + a.begin(0)
            + a.delta(0, "text_delta", text="x")
            + a.call(1, "t", "A", "{}")
            + a.finish("tool_use")
            + a.END
        ],
        ["text: x", "call A#t {}", "stop: tool_use"],
    ),
    "cut in a block": ([a.start() + a.begin(0) + a.delta(0, "text_delta", text="x")], ["text: x", CUT]),
    "cut between blocks": ([a.start() + a.text(0, "x")], ["text: x", CUT]),
    "cut after the start": ([a.start()], [CUT]),
    "message_start twice": (
        [a.start() + a.start() + a.text(0, "x") + a.finish() + a.END],
        ["text: x", "stop: end_turn"],
    ),
    "more after the end": (
        [a.start() + a.text(0, "x") + a.finish() + a.END + a.text(1, "y") + a.END],
        ["text: x", "stop: end_turn"],
    ),
    "an error in the middle": (
        [a.start() + a.begin(0) + a.event("error", error={"type": "overloaded_error", "message": "Overloaded"})],
        ["text: ", "error overloaded_error: Overloaded"],
    ),
    "an error of another shape in the middle": (
        [a.start() + a.begin(0) + b'data: {"error":{"message":"busy","code":429}}\n\n'],
        ["text: ", "error rate_limit_error: busy"],
    ),
    "garbage": (
        [a.start() + a.text(0, "x") + b"data: {oops\n\n" + a.finish() + a.END],
        ["text: x", "error api_error: the provider sent an event that is not JSON: {oops"],
    ),
    "a failing connection": (
        [a.start() + a.text(0, "x"), lambda answer: answer.broke_off(UpstreamFault(504, "silent"))],
        ["text: x", "error timeout_error: silent"],
    ),
    "a connection that breaks after the stop reason": (
        [a.start() + a.text(0, "x") + a.finish(), lambda answer: answer.broke_off(UpstreamFault(502, "reset"))],
        ["text: x", "stop: end_turn"],
    ),
}


@pytest.mark.parametrize("name", ENDS)
def test_ends(name: str) -> None:
    steps, lines = ENDS[name]
    assert seen(passed(*steps)) == lines


def test_an_error_first_is_a_failure_with_status_and_body_as_it_came() -> None:
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}, "request_id": "req_1"}
    answer = new()
    answer.feed(b"event: error\ndata: " + json.dumps(error).encode() + b"\n\n")
    assert answer.take() == b""
    assert answer.failure is not None
    assert (answer.failure.status, answer.failure.type) == (529, "overloaded_error")
    assert json.loads(answer.failure.body or b"") == error


def test_an_error_after_the_start_may_still_move_elsewhere() -> None:
    answer = new()
    answer.feed(a.start() + a.PING + a.event("error", error={"type": "overloaded_error", "message": "Overloaded"}))
    assert not answer.has_content
    assert answer.failure is not None


# A call after other content

TEXT = a.start() + a.text(0, "x")
CALL = a.begin(1, "tool_use", id="t", name="A", input={})


def pieces(index: int, *texts: str) -> bytes:
    return b"".join(a.delta(index, "input_json_delta", partial_json=text) for text in texts)


def test_a_call_after_text_is_shown_once_it_is_whole() -> None:
    answer = new()
    answer.feed(TEXT)
    assert raw_events(answer.take())[-1][0] == "content_block_delta", "the text stays open"
    answer.feed(CALL + pieces(1, '{"a":', "1}"))
    assert answer.take() == b""
    answer.feed(a.stop(1) + a.finish("tool_use"))
    assert [name for name, _ in raw_events(answer.take())] == [
        "content_block_stop",
        "content_block_start",
        "content_block_delta",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
    ]


@pytest.mark.parametrize("call", [CALL, CALL + pieces(1, '{"a":'), CALL + pieces(1, "{", "}")])
def test_a_cut_in_a_call_after_text_shows_no_half_call_and_leaves_the_text_open(call: bytes) -> None:
    out = passed(TEXT + call)
    assert seen(out) == ["text: x", CUT]
    assert "content_block_stop" not in [name for name, _ in raw_events(out)]


def test_a_whole_call_before_a_cut_is_shown_and_the_half_one_after_it_is_not() -> None:
    out = passed(a.start() + a.call(0, "t0", "A", "{}") + CALL + pieces(1, "{"))
    assert seen(out) == ["call A#t0 {}", CUT]


def test_a_long_call_after_text_is_shown_while_it_comes() -> None:
    answer = new()
    answer.feed(TEXT + CALL + pieces(1, '{"a":"' + "y" * HELD_BYTES))
    assert b"yyy" in answer.take()
    answer.feed(pieces(1, "more"))
    assert b"more" in answer.take()


def test_the_first_call_is_shown_at_once() -> None:
    answer = new()
    answer.feed(a.start() + a.begin(0, "tool_use", id="t", name="A", input={}) + pieces(0, '{"a":'))
    assert b"partial_json" in answer.take()


def test_a_sign_of_life_while_a_call_is_held_goes_into_the_open_text() -> None:
    out = passed(TEXT + CALL, keep_alive, pieces(1, "{}") + a.stop(1) + a.finish("tool_use") + a.END)
    assert seen(out) == ["text: x", "call A#t {}", "stop: tool_use"]
    assert out.count(b'"text":""}') == 2, "the start of the text, and the sign of life"


# Several attempts


def test_an_error_is_reported_where_somebody_else_decides_about_it() -> None:
    reported: list[dict[str, Any]] = []
    answer = PassThrough(message_id="m", model="asked", estimated_input=7, report=reported.append)
    answer.feed(a.start() + a.text(0, "x"))
    answer.feed(a.event("error", error={"type": "overloaded_error", "message": "Overloaded"}))
    assert "error" not in [name for name, _ in raw_events(answer.take())]
    assert [event["error"] for event in reported] == [{"type": "overloaded_error", "message": "Overloaded"}]
    assert not answer.can_resume


@pytest.mark.parametrize(
    ("sent", "can"),
    [
        (b"", True),
        (a.start() + a.PING, True),
        (a.start() + a.begin(0) + a.delta(0, "text_delta", text=""), True),
        (a.start() + a.begin(0, "thinking") + a.delta(0, "thinking_delta", thinking=""), True),
        (a.start() + a.begin(0) + a.delta(0, "text_delta", text="x"), False),
        (a.start() + a.begin(0, "thinking") + a.delta(0, "signature_delta", signature="x"), False),
        (a.start() + a.begin(0, "tool_use", id="toolu_1", name="Bash", input={}), False),
        (a.start() + a.begin(0, "redacted_thinking", data="x"), False),
    ],
)
def test_another_attempt_may_begin_again_until_there_is_content(sent: bytes, can: bool) -> None:
    answer = PassThrough(message_id="m", model="asked", estimated_input=7, report=lambda event: None)
    answer.feed(sent)
    answer.end()
    assert answer.can_resume == can


NOTHING = [b"", a.text(0), a.text(0, "", "")]


@pytest.mark.parametrize("content", NOTHING)
@pytest.mark.parametrize(
    ("reason", "explained"),
    [
        ("end_turn", False),
        ("tool_use", False),
        (None, False),
        ("refusal", True),
        ("pause_turn", True),
        ("max_tokens", True),
        ("stop_sequence", True),
    ],
)
def test_an_answer_with_nothing_in_it_is_a_failure_unless_its_reason_explains_it(
    content: bytes, reason: str | None, explained: bool
) -> None:
    answer = PassThrough(message_id="m", model="theirs", estimated_input=7, report=lambda event: None)
    said = a.start() + content + a.finish(reason) + a.END
    answer.feed(said)
    answer.end()
    if explained:
        assert answer.failure is None
        assert seen(answer.take())[-1] == f"stop: {reason}"
    else:
        assert isinstance(answer.failure, EmptyAnswer)
        assert answer.failure.cause == "empty"
        assert (answer.failure.usage.input_tokens, answer.failure.usage.output_tokens) == (9, 5)


def test_a_client_that_was_kept_alive_before_gets_one_start() -> None:
    before = new()
    before.keep_alive()
    begun = before.take()
    following = PassThrough(message_id="msg_ours", model="asked", estimated_input=7, kept_alive=True)
    following.feed(a.WHOLE)
    following.end()
    result = read_stream(begun + following.take())
    assert result.lines() == ["thinking: ", *a.WHOLE_LINES]


def test_usage_is_read_in_passing() -> None:
    answer = new()
    assert (answer.final_usage().input_tokens, answer.final_usage().reported) == (7, False)
    answer.feed(a.start(cache_read_input_tokens=4, cache_creation_input_tokens=3) + a.text(0, "x") + a.finish() + a.END)
    usage = answer.final_usage()
    assert (usage.input_tokens, usage.cache_read_tokens, usage.cache_write_tokens, usage.output_tokens) == (9, 4, 3, 5)


def test_a_start_without_usage_gets_the_estimate() -> None:
    message: dict[str, Any] = {
        "id": "m",
        "type": "message",
        "role": "assistant",
        "model": "x",
        "content": [],
        "stop_reason": None,
    }
    out = passed(a.event("message_start", message=message) + a.text(0, "x") + a.finish() + a.END)
    assert read_stream(out).start_usage["input_tokens"] == 7


def test_an_event_without_end_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ccr_proxy.protocols.anthropic.pass_through.MAXIMUM_EVENT_BYTES", 1000)
    assert seen(passed(a.start(), b"data: " + b"x" * 2000)) == [
        "error api_error: the provider sent an event of more than 1000 bytes"
    ]


SILENCES: dict[str, tuple[list[Any], list[str]]] = {
    "before the start": (
        [keep_alive, keep_alive, a.start() + a.text(0, "x") + a.call(1, "t", "A", "{}") + a.finish("tool_use") + a.END],
        ["thinking: ", "text: x", "call A#t {}", "stop: tool_use"],
    ),
    "between start and content": (
        [a.start(), keep_alive, a.text(0, "x") + a.finish() + a.END],
        ["thinking: ", "text: x", "stop: end_turn"],
    ),
    "within text": (
        [a.start() + a.begin(0), keep_alive, a.delta(0, "text_delta", text="x") + a.stop(0) + a.finish() + a.END],
        ["text: x", "stop: end_turn"],
    ),
    "within thinking": (
        [a.start() + a.begin(0, "thinking"), keep_alive, a.stop(0) + a.finish() + a.END],
        ["thinking: ", "stop: end_turn"],
    ),
    "within a call": (
        [
            a.start() + a.begin(0, "tool_use", id="t", name="A", input={}),
            keep_alive,
            a.delta(0, "input_json_delta", partial_json="{}") + a.stop(0) + a.finish("tool_use") + a.END,
        ],
        ["call A#t {}", "stop: tool_use"],
    ),
    "between blocks": (
        [a.start() + a.text(0, "x"), keep_alive, keep_alive, a.text(1, "y"), keep_alive, a.finish() + a.END],
        ["text: x", "text: y", "stop: end_turn"],
    ),
    "before the start and between blocks": (
        [keep_alive, a.start() + a.text(0, "x"), keep_alive, a.text(1, "y") + a.finish() + a.END],
        ["thinking: ", "text: x", "text: y", "stop: end_turn"],
    ),
    "between the stop reason and the end": (
        [a.start() + a.text(0, "x") + a.finish(), keep_alive, a.END],
        ["text: x", "stop: end_turn"],
    ),
    "then an end without content": (
        [keep_alive, a.start() + a.finish() + a.END],
        ["thinking: ", "error api_error: the provider's answer has nothing in it"],
    ),
    "then a cut": ([keep_alive], ["thinking: ", CUT]),
    "then an error": (
        [keep_alive, a.event("error", error={"type": "overloaded_error", "message": "Overloaded"})],
        ["thinking: ", "error overloaded_error: Overloaded"],
    ),
}


@pytest.mark.parametrize("name", SILENCES)
def test_signs_of_life_during_silence(name: str) -> None:
    steps, lines = SILENCES[name]
    assert seen(passed(*steps)) == lines


@given(st.lists(st.integers(0, len(a.WHOLE)), max_size=6))
def test_signs_of_life_at_any_moment_keep_the_grammar(moments: list[int]) -> None:
    places = [0, *sorted(moments), len(a.WHOLE)]
    steps: list[Any] = []
    for x, y in pairwise(places):
        steps += [a.WHOLE[x:y], keep_alive]
    result = read_stream(passed(*steps))
    assert (result.thinking, result.text, result.calls) == ("Hm ö🚀", "Hello", [("Bash", '{"a":1}')])
    assert result.stop_reason == "tool_use"


def test_nothing_is_sent_after_the_end() -> None:
    answer = new()
    answer.feed(a.WHOLE)
    answer.end()
    answer.take()
    answer.keep_alive()
    answer.broke_off(UpstreamFault(500, "late"))
    answer.feed(a.text(5, "late"))
    assert answer.take() == b""
    assert answer.failure is None


anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-1, 3), st.sampled_from(["", "text", "error"])),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["type", "text", "usage", "message", "stop_reason"]), inner, max_size=3)
    ),
    max_leaves=6,
)
kinds = st.sampled_from(
    "message_start content_block_start content_block_stop message_delta message_stop error x".split()
)
events = st.fixed_dictionaries(
    {"type": kinds},
    optional=dict.fromkeys(("index", "message", "delta", "content_block", "usage", "error"), anything),
)


@given(st.lists(events | anything, max_size=6), st.booleans())
def test_no_shape_of_an_event_breaks_it(sent: list[Any], alive: bool) -> None:
    steps: list[Any] = [b"data: " + json.dumps(item).encode() + b"\n\n" for item in sent]
    raw_events(passed(*([keep_alive] if alive else []), *steps))
