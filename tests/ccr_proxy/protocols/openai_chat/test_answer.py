"""Chat Completions answers in every dialect that providers speak, as transcripts."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccr_proxy.protocols.anthropic_events import MessageFolder, SseWriter
from ccr_proxy.protocols.message_stream import MessageStream
from ccr_proxy.protocols.openai_chat.answer import ChatDecoder, decode_whole
from ccr_proxy.protocols.signatures import payload_for
from tests.ccr_proxy.protocols.openai_chat.dialects import DONE, STOP, TRANSCRIPTS
from tests.ccr_proxy.protocols.transcript import Chat, Json, Seen, read_stream, seen

ORIGIN = "openai-chat:prov"


def streamed(*chunks: bytes) -> bytes:
    """What a client gets when the provider sends these bytes in these pieces, and then ends."""
    writer = SseWriter()
    stream = MessageStream(writer, message_id="msg", model="asked", estimated_input=7)
    decoder = ChatDecoder(stream, ORIGIN)
    for chunk in chunks:
        decoder.feed(chunk)
    decoder.end()
    assert stream.finished
    assert stream.failure is not None or stream.started
    return writer.take()


def failure_of(*chunks: bytes) -> tuple[int, str]:
    """Status and message of a failure before anything was shown."""
    writer = SseWriter()
    stream = MessageStream(writer, message_id="msg", model="asked", estimated_input=7)
    decoder = ChatDecoder(stream, ORIGIN)
    for chunk in chunks:
        decoder.feed(chunk)
    decoder.end()
    assert writer.take() == b""
    assert stream.failure is not None
    return stream.failure.status, stream.failure.message


def lines_of(sse: bytes) -> list[str]:
    """`seen`, with the ids that we make up left out."""
    lines = seen(sse)
    return [
        line.split("#toolu_")[0] + line[line.index("#toolu_") + 31 :] if "#toolu_" in line else line for line in lines
    ]


@pytest.mark.parametrize("name", TRANSCRIPTS)
def test_dialects(name: str) -> None:
    packets, lines = TRANSCRIPTS[name]
    assert lines_of(streamed(*packets)) == lines


@pytest.mark.parametrize("name", TRANSCRIPTS)
def test_the_cut_of_the_bytes_and_the_line_endings_do_not_matter(name: str) -> None:
    packets, lines = TRANSCRIPTS[name]
    whole = b"".join(packets)
    assert lines_of(streamed(whole)) == lines
    assert lines_of(streamed(*(whole[at : at + 1] for at in range(len(whole))))) == lines
    crlf = whole.replace(b"\n", b"\r\n")
    assert lines_of(streamed(*(crlf[at : at + 3] for at in range(0, len(crlf), 3)))) == lines
    assert lines_of(streamed(whole.replace(b"data: ", b"data:"))) == lines


@pytest.mark.parametrize("name", ["text", "reasoning_content", "interleaved", "text after calls", "length"])
def test_a_cut_at_any_byte_is_told_or_came_after_the_end(name: str) -> None:
    packets, lines = TRANSCRIPTS[name]
    whole = b"".join(packets)
    for at in range(len(whole)):
        result = streamed(whole[:at])
        if result == b"":
            continue  # nothing was shown: the failure becomes an HTTP status
        partial = read_stream(result)
        assert partial.error is not None or lines_of(result) == lines, whole[:at]


def test_multi_byte_characters_survive_any_cut() -> None:
    text = "äöü “quotes” 日本語 🚀👩‍💻"
    arguments = json.dumps({"x": text}, ensure_ascii=False)
    call = {"index": 0, "id": "c", "function": {"name": "A", "arguments": arguments}}
    packet = {"choices": [{"delta": {"content": text, "tool_calls": [call]}}]}
    whole = b"data: " + json.dumps(packet, ensure_ascii=False).encode() + b"\n\n" + STOP
    result = read_stream(streamed(*(whole[at : at + 1] for at in range(len(whole)))))
    assert result.text == text
    assert json.loads(result.calls[0][1]) == {"x": text}


def test_think_tags_may_be_cut_anywhere() -> None:
    text = "<think>\nHm, a < b</think>\n\nHi </think>"
    for at in range(len(text)):
        for second in range(at, len(text), 5):
            result = read_stream(streamed(Chat.say(text[:at], text[at:second], text[second:]), STOP))
            assert (result.thinking, result.text) == ("Hm, a < b", "Hi </think>")


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        ({"error": {"message": "busy", "code": 429}}, (429, "busy")),
        ({"error": {"message": "busy", "type": "overloaded_error"}}, (529, "busy")),
        ({"error": "no"}, (500, "no")),
        (
            {"object": "error", "error": {"message": "m", "code": "context_length_exceeded"}},
            (400, "prompt is too long (m)"),
        ),
    ],
)
def test_an_error_as_the_first_event_is_a_failure_with_a_status(first: Json, expected: tuple[int, str]) -> None:
    assert failure_of(Chat.packet(**first), DONE) == expected


def test_an_answer_without_anything_is_a_failure() -> None:
    assert failure_of() == (502, "the provider's answer broke off before it was finished")
    assert failure_of(b"<html>busy</html>") == (502, "the provider's answer broke off before it was finished")


# Usage

FULL = {
    "prompt_tokens": 100,
    "completion_tokens": 20,
    "total_tokens": 120,
    "prompt_tokens_details": {"cached_tokens": 60},
    "completion_tokens_details": {"reasoning_tokens": 5},
}


@pytest.mark.parametrize(
    ("usage", "tokens"),
    [
        # (input, cache read, cache write, output)
        (FULL, (40, 60, 0, 20)),
        ({"prompt_tokens": 100, "completion_tokens": 20}, (100, 0, 0, 20)),
        ({"prompt_tokens": 100, "completion_tokens": 20, "prompt_cache_hit_tokens": 64}, (36, 64, 0, 20)),  # DeepSeek
        ({"prompt_tokens": 100, "completion_tokens": 20, "cached_tokens": 64}, (36, 64, 0, 20)),  # Moonshot
        (
            {
                "prompt_tokens": 100,
                "completion_tokens": 2,
                "prompt_tokens_details": {"cached_tokens": 10, "cache_write_tokens": 30},
            },
            (60, 10, 30, 2),
        ),
        # xAI counts reasoning beside the completion
        ({**FULL, "total_tokens": 125}, (40, 60, 0, 25)),
        ({"prompt_tokens": 1, "completion_tokens": None, "prompt_tokens_details": None}, (1, 0, 0, 0)),
        (
            {
                "prompt_tokens": -1,
                "completion_tokens": "7",
                "prompt_tokens_details": [],
                "completion_tokens_details": 3,
            },
            (0, 0, 0, 0),
        ),
        ({"prompt_tokens": 5, "cached_tokens": 9}, (0, 9, 0, 0)),
    ],
)
def test_cached_tokens_are_counted_once(usage: Json, tokens: tuple[int, int, int, int]) -> None:
    final = read_stream(streamed(Chat.say("Hi"), STOP, Chat.packet(choices=[], usage=usage), DONE)).usage
    assert (
        final["input_tokens"],
        final["cache_read_input_tokens"],
        final["cache_creation_input_tokens"],
        final["output_tokens"],
    ) == tokens


USAGE = {"prompt_tokens": 9, "completion_tokens": 8}


@pytest.mark.parametrize(
    "packets",
    [
        [Chat.say("Hi"), STOP, Chat.packet(choices=[], usage=USAGE), DONE],
        [Chat.say("Hi"), Chat.delta(finish="stop", usage=USAGE), DONE],
        [Chat.say("Hi"), Chat.packet(choices=[{"delta": {}, "finish_reason": "stop", "usage": USAGE}]), DONE],
        [Chat.say("Hi"), Chat.packet(choices=[{"delta": {}, "finish_reason": "stop"}], x_groq={"usage": USAGE})],
        [
            Chat.delta(content="H", usage={"prompt_tokens": 9, "completion_tokens": 1}),
            Chat.delta(content="i", usage=USAGE),
            STOP,
        ],
        [Chat.packet(choices=[], usage=None), Chat.say("Hi"), STOP, Chat.packet(usage=USAGE)],
    ],
)
def test_usage_counts_wherever_it_stands_and_the_last_one_wins(packets: list[bytes]) -> None:
    final = read_stream(streamed(*packets)).usage
    assert (final["input_tokens"], final["output_tokens"]) == (9, 8)


def test_without_usage_the_estimates_hold() -> None:
    result = read_stream(streamed(Chat.say("x" * 40), STOP))
    assert result.start_usage["input_tokens"] == 7
    assert (result.usage["input_tokens"], result.usage["output_tokens"]) == (7, 10)


# Reasoning that the provider wants back


def details_in(result: Seen) -> list[Any]:
    return [json.loads(payload_for(ORIGIN, b.signature) or "null") for b in result.blocks if b.kind == "thinking"]


def test_signed_reasoning_travels_in_the_signature_of_its_block() -> None:
    pieces = [
        {"type": "reasoning.text", "index": 0, "text": "Let "},
        {"type": "reasoning.text", "index": 0, "text": "me."},
        {"type": "reasoning.text", "index": 0, "signature": "sig", "format": "anthropic-claude-v1"},
    ]
    result = read_stream(streamed(*(Chat.delta(reasoning_details=[p]) for p in pieces), Chat.say("Hi"), STOP))
    assert (result.thinking, result.text) == ("Let me.", "Hi")
    (details,) = details_in(result)
    (detail,) = details
    assert detail["text"] == "Let me."
    assert detail["signature"] == "sig"


def test_encrypted_reasoning_travels_in_an_empty_block() -> None:
    detail = {"type": "reasoning.encrypted", "data": "opaque", "id": "r1"}
    result = read_stream(streamed(Chat.delta(reasoning_details=[detail]), Chat.say("Hi"), STOP))
    assert result.thinking == ""
    assert details_in(result) == [[detail]]


# Whole answers


def whole(message: Json, finish: str | None = "stop", **more: Any) -> Json:
    folder = MessageFolder()
    stream = MessageStream(folder, message_id="msg", model="asked", estimated_input=7)
    decode_whole({"choices": [{"message": message, "finish_reason": finish}], **more}, stream, ORIGIN)
    assert stream.failure is None, stream.failure
    return folder.message


def test_a_whole_answer() -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "A", "arguments": '{"a": 1}'}}
    message = whole(
        {"role": "assistant", "content": "Hi", "reasoning_content": "Hm", "tool_calls": [call]},
        "tool_calls",
        usage=FULL,
    )
    assert message["content"] == [
        {"type": "thinking", "thinking": "Hm", "signature": ""},
        {"type": "text", "text": "Hi"},
        {"type": "tool_use", "id": "c1", "name": "A", "input": {"a": 1}},
    ]
    assert (message["model"], message["stop_reason"]) == ("asked", "tool_use")
    assert message["usage"]["input_tokens"] == 40


@pytest.mark.parametrize(
    ("arguments", "value"),
    [
        ("", {}),
        (None, {}),
        ("null", {}),
        ("{}", {}),
        ({"a": 1}, {"a": 1}),
        ('{"a', {"__unparsedToolInput": {"raw": '{"a', "len": 3}}),
        ("[1]", {"__unparsedToolInput": {"raw": "[1]", "len": 3}}),
    ],
)
def test_tool_input_is_an_object_whatever_came(arguments: Any, value: Json) -> None:
    message = whole({"tool_calls": [{"id": "c", "function": {"name": "A", "arguments": arguments}}]})
    assert message["content"][0]["input"] == value


@pytest.mark.parametrize(
    ("answer", "status"),
    [({"error": {"message": "m", "code": 429}}, 429), ({"choices": []}, 502), ({}, 502), ({"choices": None}, 502)],
)
def test_a_whole_answer_that_is_none(answer: Json, status: int) -> None:
    stream = MessageStream(MessageFolder(), message_id="msg", model="asked", estimated_input=7)
    decode_whole(answer, stream, ORIGIN)
    assert stream.failure is not None
    assert stream.failure.status == status


# Anything at all

names = st.sampled_from(
    "choices delta message content tool_calls function arguments name id index finish_reason usage error code type "
    "text thinking reasoning reasoning_content reasoning_details prompt_tokens prompt_tokens_details "
    "completion_tokens_details "
    "cached_tokens x_groq refusal data signature summary".split()
)
anything = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-5, 10**20),
        st.floats(),
        st.sampled_from(["", "x", "{}", "stop", "error"]),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=4)),
    max_leaves=12,
)
choice = st.fixed_dictionaries(
    {},
    optional={
        "delta": st.dictionaries(names, anything, max_size=4) | anything,
        "finish_reason": anything,
        "usage": anything,
        "error": anything,
    },
)
packet = st.fixed_dictionaries(
    {}, optional={"choices": st.lists(choice, max_size=2) | anything, "usage": anything, "x_groq": anything}
)


@settings(max_examples=400)
@given(st.lists(packet | anything, max_size=5))
def test_whatever_a_provider_sends_the_grammar_holds(packets: list[Any]) -> None:
    chunks = [b"data: " + json.dumps(packet).encode() + b"\n\n" for packet in packets]
    read_stream(streamed(*chunks))
    for packet in packets:
        if isinstance(packet, dict):
            stream = MessageStream(MessageFolder(), message_id="msg", model="asked", estimated_input=7)
            decode_whole(packet, stream, ORIGIN)
            assert stream.finished
