"""The grammar of an answer: whatever is fed in, what leaves is well-formed, and nothing that was fed is lost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ccr_proxy.errors import UpstreamFault
from ccr_proxy.protocols.anthropic_events import MessageFolder, SseWriter
from ccr_proxy.protocols.message_stream import HELD_CHARACTERS, MessageStream
from ccr_proxy.protocols.signatures import wrap
from ccr_proxy.protocols.tool_ids import signed
from ccr_proxy.protocols.usage import Usage
from tests.ccr_proxy.protocols.stream_facts import (
    Fact,
    arguments,
    broken,
    call,
    cite,
    complete,
    done,
    end,
    end_text,
    failed,
    keep_alive,
    new_stream,
    redacted,
    search,
    signature,
    stop,
    text,
    thinking,
    written,
)
from tests.ccr_proxy.protocols.transcript import raw_events, read_stream, seen

CUT = "error api_error: the provider's answer broke off before it was finished"


@pytest.mark.parametrize(
    ("facts", "lines"),
    [
        ([text("Hel"), text("lo"), stop()], ["text: Hello", "stop: end_turn"]),
        ([text("a"), thinking("b"), text("c"), stop()], ["text: a", "thinking: b", "text: c", "stop: end_turn"]),
        (
            [thinking("a"), signature("s"), text("b"), stop()],
            ["thinking: a", "signature: s", "text: b", "stop: end_turn"],
        ),
        (
            [thinking("a"), signature("s"), thinking("b"), stop()],
            ["thinking: a", "signature: s", "thinking: b", "stop: end_turn"],
        ),
        ([signature("hidden"), text("b"), stop()], ["thinking: ", "signature: hidden", "text: b", "stop: end_turn"]),
        ([text(""), thinking(""), signature(""), text("x"), stop()], ["text: x", "stop: end_turn"]),
        ([stop("max_tokens")], ["stop: max_tokens"]),
        ([stop("refusal")], ["stop: refusal"]),
        ([text("x"), complete], ["text: x", "stop: end_turn"]),
        ([call(0, "c1", "Bash"), stop("tool_use")], ["call Bash#c1", "stop: tool_use"]),
        ([call(0, "c1", "Bash"), arguments(0, "{}"), stop()], ["call Bash#c1 {}", "stop: tool_use"]),
        ([call(0, "c1", "Bash"), arguments(0, '{"a'), stop("max_tokens")], ['call Bash#c1 {"a', "stop: max_tokens"]),
        ([text("no call"), stop("tool_use")], ["text: no call", "stop: end_turn"]),
        ([text("x"), stop("refusal")], ["text: x", "stop: refusal"]),
        (
            [call(0, "c1", "A", signature=wrap("o", "s")), arguments(0, "{}"), stop()],
            [f"call A#{signed('c1', wrap('o', 's'))} {{}}", "stop: tool_use"],
        ),
        # text after a finished call, and during an unfinished one
        (
            [call(0, "c1", "A"), arguments(0, "{}"), text("after"), stop()],
            ["call A#c1 {}", "text: after", "stop: tool_use"],
        ),
        (
            [call(0, "c1", "A"), arguments(0, '{"a":'), text("mid"), arguments(0, "1}"), text("dle"), stop()],
            ['call A#c1 {"a":1}', "text: middle", "stop: tool_use"],
        ),
        # ids and names that come late, arguments before either
        (
            [arguments(0, '{"a":'), call(0, "c1"), call(0, name="A"), arguments(0, "1}"), stop()],
            ['call A#c1 {"a":1}', "stop: tool_use"],
        ),
        (
            [call(0, name="A"), text("between"), call(0, "c1"), arguments(0, '{"a":1}'), stop()],
            ['call A#c1 {"a":1}', "text: between", "stop: tool_use"],
        ),
        # interleaved
        (
            [
                call(0, "c1", "A"),
                arguments(0, '{"a":'),
                call(1, "c2", "B"),
                arguments(1, '{"b":'),
                arguments(0, "1}"),
                arguments(1, "2}"),
                stop(),
            ],
            ['call A#c1 {"a":1}', 'call B#c2 {"b":2}', "stop: tool_use"],
        ),
        (
            [
                call(0, "c1", "A"),
                arguments(0, '{"a":'),
                call(1, "c2", "B"),
                arguments(1, '{"b":'),
                arguments(0, "1}"),
                text("between"),
                arguments(1, "2}"),
                stop(),
            ],
            ['call A#c1 {"a":1}', 'call B#c2 {"b":2}', "text: between", "stop: tool_use"],
        ),
        # ends that are none
        ([], []),
        ([text("half")], ["text: half", CUT]),
        ([thinking("half")], ["thinking: half", CUT]),
        ([call(0, "c1", "A"), arguments(0, '{"a')], ['call A#c1 {"a', CUT]),
        ([text("half"), failed, text("more"), stop()], ["text: half", "error overloaded_error: overloaded"]),
        (
            [text("x"), call(0, "c1"), arguments(0, "{}"), stop()],
            ["text: x", "error api_error: the provider sent a tool call without a name"],
        ),
        # blocks that arrive whole, and text in pieces
        (
            [text("a"), redacted, text("b"), stop()],
            ["text: a", 'redacted_thinking: {"data": "opaque"}', "text: b", "stop: end_turn"],
        ),
        ([text("a"), cite, end_text, text("b"), stop()], ["text: a", "text: b", "stop: end_turn"]),
        # nothing after the end
        (
            [text("x"), stop(), end, text("late"), call(0, "c1", "A"), arguments(0, "{}"), keep_alive],
            ["text: x", "stop: end_turn"],
        ),
        # a connection that breaks
        ([text("x"), broken], ["text: x", "error timeout_error: silent"]),
        ([text("x"), stop(), broken], ["text: x", "stop: end_turn"]),
        # signs of life
        ([keep_alive, keep_alive, text("x"), stop()], ["thinking: ", "text: x", "stop: end_turn"]),
        ([keep_alive, thinking("x"), keep_alive, stop()], ["thinking: x", "stop: end_turn"]),
        ([keep_alive, stop()], ["thinking: ", "error api_error: the provider's answer has nothing in it"]),
        (
            [text("x"), call(0, "c", "A"), keep_alive, arguments(0, "{}"), stop()],
            ["text: x", "call A#c {}", "stop: tool_use"],
        ),
        ([text("x"), keep_alive, text("y"), stop()], ["text: xy", "stop: end_turn"]),
        ([call(0, "c", "A"), keep_alive, arguments(0, "{}"), stop()], ["call A#c {}", "stop: tool_use"]),
    ],
)
def test_transcripts(facts: list[Fact], lines: list[str]) -> None:
    assert seen(written(*facts)) == lines


def test_a_failure_before_anything_was_shown_writes_nothing() -> None:
    writer = SseWriter()
    stream = new_stream(writer)
    stream.fail(UpstreamFault(529, "overloaded"))
    stream.end()
    assert writer.take() == b""
    assert stream.failure is not None
    assert stream.failure.status == 529
    assert not stream.started


@pytest.mark.parametrize("facts", [[stop()], [complete], [stop("tool_use")], [text(""), thinking(""), stop()]])
def test_an_answer_with_nothing_in_it_is_a_failure(facts: list[Fact]) -> None:
    writer = SseWriter()
    stream = new_stream(writer)
    for fact in [*facts, end]:
        fact(stream)
    assert writer.take() == b""
    assert stream.failure is not None
    assert (stream.failure.status, stream.failure.cause) == (502, "empty")
    assert stream.can_resume


def test_two_calls_with_one_id_get_two_ids() -> None:
    lines = read_stream(written(call(0, "same", "A"), arguments(0, "{}"), call(1, "same", "B"), stop()))
    ids = [block.start["id"] for block in lines.blocks]
    assert ids[0] == "same"
    assert ids[1] not in ("", "same")


def test_a_call_without_id_gets_one() -> None:
    (block,) = read_stream(written(call(0, name="A"), arguments(0, "{}"), stop())).blocks
    assert block.start["id"].startswith("toolu_")


def test_characters_that_anthropic_refuses_in_ids_are_escaped() -> None:
    (block,) = read_stream(written(call(0, "functions.Bash:0", "Bash"), stop())).blocks
    assert block.start["id"] == "functions_-2e_Bash_-3a_0"


def test_thinking_without_signature_of_its_own_takes_the_default_one() -> None:
    stream = written(lambda s: s.sign_thinking_with("d"), thinking("a"), signature("own"), thinking("b"), stop())
    assert seen(stream) == ["thinking: a", "signature: own", "thinking: b", "signature: d", "stop: end_turn"]


def test_text_leaves_at_once() -> None:
    writer = SseWriter()
    stream = new_stream(writer)
    for word in ("one", "two"):
        stream.text(word)
        assert word.encode() in writer.take()


def test_arguments_leave_at_once() -> None:
    writer = SseWriter()
    stream = new_stream(writer)
    stream.tool_call(0, call_id="c", name="A")
    for fragment in ('{"long":', '"value"'):
        stream.tool_arguments(0, fragment)
        assert json.dumps(fragment).encode() in writer.take()


def test_a_call_after_text_is_shown_once_it_is_whole() -> None:
    writer = SseWriter()
    stream = new_stream(writer)
    stream.text("x")
    writer.take()
    stream.tool_call(0, call_id="c", name="A")
    stream.tool_arguments(0, '{"long":')
    assert writer.take() == b""
    stream.tool_arguments(0, "1}")
    assert [name for name, _ in raw_events(writer.take())][:2] == ["content_block_stop", "content_block_start"]


def test_a_long_call_after_text_is_shown_while_it_comes() -> None:
    writer = SseWriter()
    stream = new_stream(writer)
    stream.text("x")
    stream.tool_call(0, call_id="c", name="A")
    stream.tool_arguments(0, '{"long":"' + "y" * HELD_CHARACTERS)
    assert b"yyy" in writer.take()
    stream.tool_arguments(0, "more")
    assert b"more" in writer.take()
    stream.end()
    assert not stream.can_resume


def test_a_silent_provider_gets_empty_deltas_that_count_as_content() -> None:
    writer = SseWriter()
    stream = new_stream(writer)
    stream.keep_alive()
    names = [name for name, _ in raw_events(writer.take())]
    assert names == ["message_start", "content_block_start", "content_block_delta"]
    assert not stream.has_content
    stream.text("x")
    assert stream.has_content


def test_usage_is_estimated_until_the_provider_reports_it() -> None:
    estimated = read_stream(written(text("x" * 400), stop()))
    assert estimated.start_usage["input_tokens"] == 11
    assert (estimated.usage["input_tokens"], estimated.usage["output_tokens"]) == (11, 100)
    usage = Usage(input_tokens=5, output_tokens=6, cache_read_tokens=7, cache_write_tokens=8)
    reported = read_stream(written(text("x"), lambda s: s.usage(Usage(1)), lambda s: s.usage(usage), stop()))
    assert reported.usage == {
        "input_tokens": 5,
        "output_tokens": 6,
        "cache_read_input_tokens": 7,
        "cache_creation_input_tokens": 8,
    }


def test_the_requested_model_is_echoed() -> None:
    assert read_stream(written(text("x"), stop())).model == "asked-for"


# A second attempt


def resumed(first: list[Fact], second: list[Fact]) -> tuple[bytes, list[tuple[str, str]]]:
    """What leaves when a first attempt breaks off and a second one takes it up, and the errors that were reported."""
    writer = SseWriter()
    errors: list[tuple[str, str]] = []
    stream = MessageStream(
        writer,
        message_id="msg_1",
        model="m",
        estimated_input=1,
        report=lambda kind, message: errors.append((kind, message)),
    )
    for fact in [*first, end]:
        fact(stream)
    assert stream.failure is not None
    assert stream.can_resume
    stream.resume()
    for fact in [*second, end]:
        fact(stream)
    return writer.take(), errors


HALF_CALL = [call(0, "c1", "A"), arguments(0, '{"a":')]
WHOLE_CALL = [call(0, "c2", "A"), arguments(0, '{"a":1}'), stop()]


@pytest.mark.parametrize(
    ("first", "second", "lines"),
    [
        ([], [text("x"), stop()], ["text: x", "stop: end_turn"]),
        (
            [text("Let me"), *HALF_CALL],
            [text("Let "), text("me"), *WHOLE_CALL],
            ["text: Let me", 'call A#c2 {"a":1}', "stop: tool_use"],
        ),
        (
            [text("Let me"), *HALF_CALL],
            [text("Let me see."), *WHOLE_CALL],
            ["text: Let me see.", 'call A#c2 {"a":1}', "stop: tool_use"],
        ),
        (
            [text("Let me"), *HALF_CALL],
            [text("I will."), *WHOLE_CALL],
            ["text: Let me", "text: I will.", 'call A#c2 {"a":1}', "stop: tool_use"],
        ),
        (
            [thinking("Hm"), text("Let me"), *HALF_CALL],
            [thinking("Well"), text("Let me"), *WHOLE_CALL],
            ["thinking: Hm", "text: Let me", 'call A#c2 {"a":1}', "stop: tool_use"],
        ),
        (
            [text("Let me"), *HALF_CALL],
            WHOLE_CALL,
            ["text: Let me", 'call A#c2 {"a":1}', "stop: tool_use"],
        ),
        ([text("Let me"), *HALF_CALL], [text("Le"), stop()], ["text: Let me", "stop: end_turn"]),
    ],
)
def test_an_answer_that_broke_off_before_a_call_was_shown_is_taken_up(
    first: list[Fact], second: list[Fact], lines: list[str]
) -> None:
    data, errors = resumed(first, second)
    assert seen(data) == lines
    assert len(errors) <= 1, "the second attempt came to its end"


@pytest.mark.parametrize(
    "facts",
    [
        [text("half")],
        [thinking("half")],
        [call(0, "c1", "A"), arguments(0, "{}"), call(1, "c2", "B")],
        [text("x"), call(0, "c1", "A"), arguments(0, '{"a":"' + "x" * 2000)],
    ],
)
def test_what_shows_a_break_cannot_be_taken_up(facts: list[Fact]) -> None:
    stream = new_stream(SseWriter())
    for fact in [*facts, end]:
        fact(stream)
    assert stream.failure is not None
    assert not stream.can_resume


def test_a_second_break_is_told_as_it_was() -> None:
    data, errors = resumed([text("x"), *HALF_CALL, broken], [text("x")])
    assert [kind for kind, _ in errors] == ["timeout_error", "api_error"]
    assert b"message_stop" not in data


def test_a_client_that_was_kept_alive_before_gets_one_start() -> None:
    writer = SseWriter()
    stream = MessageStream(writer, message_id="m", model="m", estimated_input=1)
    stream.keep_alive()
    begun = writer.take()
    following = MessageStream(writer, message_id="m", model="m", estimated_input=1, kept_alive=True)
    for fact in (text("x"), stop(), end):
        fact(following)
    assert seen(begun + writer.take()) == ["thinking: ", "text: x", "stop: end_turn"]


# Properties

argument_objects: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    st.text(max_size=4), st.one_of(st.text(max_size=6), st.integers(), st.just({})), max_size=3
)
short_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)


def pieces_of(draw: Any, whole: str) -> list[str]:
    cuts = sorted(draw(st.lists(st.integers(0, len(whole)), max_size=4)))
    return [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]


@st.composite
def answers(draw: Any) -> tuple[list[Fact], dict[str, Any]]:
    """Facts of an answer in any interleaving, and what must be seen of it."""
    texts, thoughts = draw(st.lists(short_text, max_size=4)), draw(st.lists(short_text, max_size=3))
    tracks: list[list[Fact]] = [[text(t) for t in texts], [thinking(t) for t in thoughts]]
    objects = draw(st.lists(argument_objects, max_size=3))
    for key, value in enumerate(objects):
        track = [arguments(key, piece) for piece in pieces_of(draw, json.dumps(value))]
        track.insert(draw(st.integers(0, len(track))), call(key, name=f"tool{key}"))
        if draw(st.booleans()):
            track.insert(draw(st.integers(0, len(track))), call(key, call_id=f"id{key}"))
        if draw(st.booleans()):
            track.append(done(key))
        tracks.append(track)
    if draw(st.booleans()):
        tracks.append([keep_alive] * draw(st.integers(1, 4)))
    order = draw(st.permutations([number for number, track in enumerate(tracks) for _ in track]))
    remaining = [iter(track) for track in tracks]
    facts = [next(remaining[number]) for number in order]
    calls = sorted((f"tool{key}", value) for key, value in enumerate(objects))
    return facts, {"text": "".join(texts), "thinking": "".join(thoughts), "calls": calls}


@settings(max_examples=300)
@given(answers())
def test_nothing_that_was_fed_is_lost_whatever_the_interleaving(answer: tuple[list[Fact], dict[str, Any]]) -> None:
    facts, expected = answer
    stream = read_stream(written(*facts, stop()))
    calls = sorted((name, json.loads(filled or "{}")) for name, filled in stream.calls)
    assert {"text": stream.text, "thinking": stream.thinking, "calls": calls} == expected
    assert stream.stopped == any(expected.values()), "only an answer with nothing in it has no end"


@given(answers())
def test_the_whole_message_says_the_same_as_the_stream(answer: tuple[list[Fact], dict[str, Any]]) -> None:
    facts, expected = answer
    assume(any(expected.values()))
    folder = MessageFolder()
    stream = new_stream(folder)
    for fact in [*facts, stop(), end]:
        fact(stream)
    content = folder.message["content"]
    assert "".join(block["text"] for block in content if block["type"] == "text") == expected["text"]
    assert "".join(block["thinking"] for block in content if block["type"] == "thinking") == expected["thinking"]
    calls = sorted((block["name"], block["input"]) for block in content if block["type"] == "tool_use")
    assert calls == expected["calls"]
    assert folder.message["stop_reason"] == ("tool_use" if calls else "end_turn")


keys = st.integers(0, 2)
any_fact = st.one_of(
    short_text.map(text),
    short_text.map(thinking),
    short_text.map(signature),
    st.builds(call, keys, st.sampled_from(["", "a", "b.c"]), st.sampled_from(["", "A"]), st.sampled_from(["", "s"])),
    st.builds(arguments, keys, st.sampled_from(["", "{", "}", "{}", '"a":1', "null"])),
    st.builds(done, keys),
    st.sampled_from(
        [
            stop(),
            stop("tool_use"),
            stop("max_tokens"),
            complete,
            failed,
            end,
            keep_alive,
            redacted,
            search,
            end_text,
            cite,
        ]
    ),
)


@settings(max_examples=500)
@given(st.lists(any_fact, max_size=15))
def test_any_sequence_of_facts_obeys_the_grammar_or_ends_in_an_error(facts: list[Fact]) -> None:
    writer = SseWriter()
    stream = new_stream(writer)
    for fact in [*facts, end]:
        fact(stream)
    result = read_stream(writer.take())
    assert stream.finished
    assert (stream.failure is None) == result.stopped
    if stream.failure is not None and stream.started:
        assert result.error is not None
