"""An Anthropic answer told to the grammar: for answers in the wrong mode and for clients of other formats."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.protocols.anthropic.answer import AnthropicDecoder, decode_whole
from ccr_proxy.protocols.anthropic_events import MessageFolder, SseWriter
from ccr_proxy.protocols.message_stream import MessageStream
from tests.ccr_proxy.protocols.anthropic import answers as a
from tests.ccr_proxy.protocols.transcript import read_stream, seen

Json = dict[str, Any]


def decoded(*chunks: bytes) -> tuple[bytes, MessageStream]:
    writer = SseWriter()
    stream = MessageStream(writer, message_id="msg", model="asked", estimated_input=7)
    decoder = AnthropicDecoder(stream)
    for chunk in chunks:
        decoder.feed(chunk)
    decoder.end()
    return writer.take(), stream


def folded(*chunks: bytes) -> Json:
    folder = MessageFolder()
    stream = MessageStream(folder, message_id="msg", model="asked", estimated_input=7)
    decoder = AnthropicDecoder(stream)
    for chunk in chunks:
        decoder.feed(chunk)
    decoder.end()
    assert stream.failure is None
    return folder.message


def test_a_stream() -> None:
    out, _ = decoded(a.WHOLE)
    assert seen(out) == a.WHOLE_LINES
    result = read_stream(out)
    assert result.model == "asked"
    assert (result.usage["input_tokens"], result.usage["cache_read_input_tokens"], result.usage["output_tokens"]) == (
        9,
        4,
        5,
    )


@given(st.lists(st.integers(0, len(a.WHOLE)), max_size=8))
def test_any_cut_of_the_bytes(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(a.WHOLE)]
    out, _ = decoded(*(a.WHOLE[x:y] for x, y in pairwise(places)))
    assert seen(out) == a.WHOLE_LINES


def test_a_stream_for_a_client_that_wants_the_whole() -> None:
    message = folded(a.WHOLE)
    assert message["content"] == [
        {"type": "thinking", "thinking": "Hm ö🚀", "signature": "sig"},
        {"type": "text", "text": "Hello"},
        {"type": "tool_use", "id": "toolu_1", "name": "Bash", "input": {"a": 1}},
    ]
    assert (message["model"], message["stop_reason"]) == ("asked", "tool_use")


def test_blocks_of_server_tools_arrive_whole() -> None:
    found = {"type": "web_search_result", "url": "https://x"}
    message = folded(
        a.start(),
        a.begin(0, "server_tool_use", id="srvtoolu_1", name="web_search", input={}),
        a.delta(0, "input_json_delta", partial_json='{"query":"q"}'),
        a.stop(0),
        a.begin(1, "web_search_tool_result", tool_use_id="srvtoolu_1", content=[found]) + a.stop(1),
        a.begin(2, "redacted_thinking", data="opaque") + a.stop(2),
        a.text(3, "x"),
        a.finish() + a.END,
    )
    assert message["content"] == [
        {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "q"}},
        {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": [found]},
        {"type": "redacted_thinking", "data": "opaque"},
        {"type": "text", "text": "x"},
    ]


@pytest.mark.parametrize(
    ("stream", "lines"),
    [
        (
            a.start() + a.text(0, "x"),
            ["text: x", "error api_error: the provider's answer broke off before it was finished"],
        ),
        (
            a.start() + a.text(0, "x") + a.event("error", error={"type": "overloaded_error", "message": "m"}),
            ["text: x", "error overloaded_error: m"],
        ),
        (
            a.start() + a.text(0, "x") + b"data: {oops\n\n",
            ["text: x", "error api_error: the provider sent an event that is not JSON: {oops"],
        ),
    ],
)
def test_ends_that_are_none(stream: bytes, lines: list[str]) -> None:
    assert seen(decoded(stream)[0]) == lines


def whole(**answer: Any) -> tuple[Json, MessageStream]:
    folder = MessageFolder()
    stream = MessageStream(folder, message_id="msg", model="asked", estimated_input=7)
    decode_whole(answer, stream)
    return folder.message, stream


def test_a_whole_answer() -> None:
    content = [
        {"type": "thinking", "thinking": "Hm", "signature": "sig"},
        {"type": "text", "text": "Hi"},
        {"type": "tool_use", "id": "toolu_1", "name": "A", "input": {"a": 1}},
        {"type": "text", "text": "cited", "citations": [{"cited_text": "c"}]},
    ]
    message, stream = whole(content=content, stop_reason="tool_use", usage={"input_tokens": 3, "output_tokens": 2})
    assert stream.failure is None
    assert message["content"] == content
    assert message["usage"]["input_tokens"] == 3


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ({"type": "error", "error": {"type": "overloaded_error", "message": "m"}}, 529),
        ({"error": {"message": "m", "code": 429}}, 429),
        ({}, 502),
        ({"content": []}, 502),
    ],
)
def test_whole_answers_that_are_none(answer: Json, status: int) -> None:
    _, stream = whole(**answer)
    assert stream.failure is not None
    assert stream.failure.status == status


anything = st.recursive(
    st.one_of(st.none(), st.integers(-1, 3), st.sampled_from(["", "text", "{}", "tool_use", "thinking"])),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["type", "text", "usage", "message", "stop_reason", "id", "name"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)
fields = dict.fromkeys(
    ("index", "message", "delta", "content_block", "usage", "error", "content", "stop_reason"), anything
)
kinds = st.sampled_from(
    "message_start content_block_start content_block_delta content_block_stop message_delta message_stop error".split()
)


@given(st.lists(st.fixed_dictionaries({"type": kinds}, optional=fields) | anything, max_size=6))
def test_whatever_a_provider_sends_the_grammar_holds(sent: list[Any]) -> None:
    out, stream = decoded(*(b"data: " + json.dumps(item).encode() + b"\n\n" for item in sent))
    assert stream.finished
    read_stream(out)
    for item in sent:
        if isinstance(item, dict):
            assert whole(**item)[1].finished
