"""Chunks of a streamed chat completion, read by hand, by the official client, and by our own decoder."""

from __future__ import annotations

from typing import Any

import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.errors import UpstreamFault
from ccr_proxy.protocols.anthropic_events import MessageFolder
from ccr_proxy.protocols.inbound.openai_chat.stream import ChatWriter
from ccr_proxy.protocols.message_stream import MessageStream
from ccr_proxy.protocols.openai_chat.answer import ChatDecoder
from tests.ccr_proxy.protocols.inbound.openai_client import client_of
from tests.ccr_proxy.protocols.inbound.telling import (
    CREATED,
    block,
    call,
    keep_alive,
    message_of,
    runs,
    say,
    sse_events,
    think,
    told,
)

ASKED: dict[str, Any] = {"model": "asked", "messages": [{"role": "user", "content": "hi"}]}
WITH_USAGE = {**ASKED, "stream_options": {"include_usage": True}}
CUSTOM = {"type": "custom", "custom": {"name": "patch"}}


def deltas(data: bytes) -> list[dict[str, Any]]:
    """The deltas that say something."""
    chunks = [chunk for _, chunk in sse_events(data) if chunk["choices"]]
    return [delta for chunk in chunks if (delta := chunk["choices"][0]["delta"])]


def test_every_chunk_has_the_same_head() -> None:
    data = told(ChatWriter(ASKED, CREATED), say("Hel", "lo")).take()
    for _, chunk in sse_events(data):
        assert chunk["id"] == "chatcmpl-1f"
        assert chunk["object"] == "chat.completion.chunk"
        assert chunk["created"] == CREATED
        assert chunk["model"] == "asked"
        assert "usage" not in chunk
    assert deltas(data) == [{"role": "assistant", "content": ""}, {"content": "Hel"}, {"content": "lo"}]
    assert data.endswith(b'"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n')


def test_usage_comes_only_when_it_was_asked_for_and_counts_the_cache_in() -> None:
    chunks = [chunk for _, chunk in sse_events(told(ChatWriter(WITH_USAGE, CREATED), say("a")).take())]
    assert [chunk["usage"] for chunk in chunks[:-1]] == [None] * (len(chunks) - 1)
    assert chunks[-1]["choices"] == []
    assert chunks[-1]["usage"] == {
        "prompt_tokens": 130,
        "prompt_tokens_details": {"cached_tokens": 100, "cache_write_tokens": 20},
        "completion_tokens": 7,
        "completion_tokens_details": {"reasoning_tokens": 3},
        "total_tokens": 137,
    }


@pytest.mark.parametrize(
    ("stop", "reason"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("refusal", "content_filter"),
        ("pause_turn", "stop"),
    ],
)
def test_finish_reasons(stop: str, reason: str) -> None:
    chunks = [chunk for _, chunk in sse_events(told(ChatWriter(ASKED, CREATED), say("a"), stop=stop).take())]
    assert [chunk["choices"][0]["finish_reason"] for chunk in chunks] == [None, None, reason]


def test_reasoning_goes_out_as_text_and_as_details_with_its_signature() -> None:
    data = told(
        ChatWriter(ASKED, CREATED), think("Let me see.", "sig"), block(type="redacted_thinking", data="xx"), say("Yes")
    ).take()
    assert deltas(data)[1:] == [
        {
            "reasoning_content": "Let me see.",
            "reasoning_details": [{"type": "reasoning.text", "index": 0, "text": "Let me see."}],
        },
        {"reasoning_details": [{"type": "reasoning.text", "index": 0, "signature": "sig"}]},
        {"reasoning_details": [{"type": "reasoning.encrypted", "index": 1, "data": "xx"}]},
        {"content": "Yes"},
    ]


def test_calls_are_numbered_and_a_call_without_arguments_gets_an_empty_object() -> None:
    data = told(ChatWriter(ASKED, CREATED), call("functions.Bash:0", "Bash", '{"a"', ":1}"), call("c2", "Now")).take()
    fragments = [delta["tool_calls"][0] for delta in deltas(data)[1:]]
    assert fragments == [
        {"index": 0, "id": "functions.Bash:0", "type": "function", "function": {"name": "Bash", "arguments": ""}},
        {"index": 0, "function": {"arguments": '{"a"'}},
        {"index": 0, "function": {"arguments": ":1}"}},
        {"index": 1, "id": "c2", "type": "function", "function": {"name": "Now", "arguments": ""}},
        {"index": 1, "function": {"arguments": "{}"}},
    ]
    assert b'"finish_reason":"tool_calls"' in data


def test_a_custom_tool_gets_its_text_whole() -> None:
    data = told(ChatWriter({**ASKED, "tools": [CUSTOM]}, CREATED), call("c1", "patch", '{"input":"a\\n', 'b"}')).take()
    assert [delta["tool_calls"][0] for delta in deltas(data)[1:]] == [
        {"index": 0, "id": "c1", "type": "custom", "custom": {"name": "patch", "input": ""}},
        {"index": 0, "custom": {"input": "a\nb"}},
    ]


def test_a_client_of_the_old_form_gets_a_function_call() -> None:
    calls = call("c1", "f", "{}"), call("c2", "f", '{"too":"many"}')
    data = told(ChatWriter({**ASKED, "functions": [{"name": "f"}]}, CREATED), *calls).take()
    assert deltas(data)[1:] == [
        {"function_call": {"name": "f", "arguments": ""}},
        {"function_call": {"arguments": "{}"}},
    ]
    assert b'"finish_reason":"function_call"' in data


def test_cited_pages_become_annotations() -> None:
    citation = {"type": "web_search_result_location", "url": "https://a.example", "title": "A", "cited_text": "x"}
    data = told(ChatWriter(ASKED, CREATED), block(type="text", text="Found", citations=[citation])).take()
    place = {"start_index": 5, "end_index": 5}
    page = {"url": "https://a.example", "title": "A"}
    assert deltas(data)[1:] == [
        {"content": "Found"},
        {"annotations": [{"type": "url_citation", "url_citation": {**page, **place}}]},
    ]


def test_a_search_of_the_provider_is_no_call_of_the_client() -> None:
    search = block(type="server_tool_use", id="srvtoolu_1", name="web_search", input={"query": "q"})
    data = told(ChatWriter(ASKED, CREATED), call("c1", "f", "{}"), search, say("a")).take()
    calls = [delta["tool_calls"] for delta in deltas(data) if "tool_calls" in delta]
    assert [made[0].get("id") for made in calls] == ["c1", None]


def test_a_sign_of_life_is_a_chunk_that_says_nothing() -> None:
    data = told(ChatWriter(ASKED, CREATED), keep_alive, keep_alive, say("a")).take()
    said = [chunk["choices"][0]["delta"] for _, chunk in sse_events(data)]
    assert said == [{"role": "assistant", "content": ""}, {}, {}, {"content": "a"}, {}]


def failed(body: dict[str, Any]) -> bytes:
    writer = ChatWriter(body, CREATED)
    stream = MessageStream(writer, message_id="msg_1f", model="asked", estimated_input=5)
    stream.text("Half")
    stream.fail(UpstreamFault(529, "try later", "overloaded_error"))
    return writer.take()


async def test_the_official_client_raises_the_error_of_a_broken_stream() -> None:
    async with client_of(failed(ASKED)) as client:
        chunks = await client.chat.completions.create(**ASKED, stream=True)
        said = [(await anext(chunks)).choices[0].delta.content for _ in range(2)]
        with pytest.raises(openai.APIError, match="try later") as raised:
            await anext(chunks)
    assert said == ["", "Half"]
    assert raised.value.code == "server_is_overloaded"
    assert b"[DONE]" not in failed(ASKED)


async def test_the_official_client_reads_the_same_answer_as_an_anthropic_client() -> None:
    steps = (think("Hm", "sig"), say("Let ", "me look."), call("c1", "Bash", '{"a":', "1}"), call("c2", "Now"))
    data = told(ChatWriter(WITH_USAGE, CREATED), *steps).take()
    async with client_of(data) as client, client.chat.completions.stream(**WITH_USAGE) as stream:
        completion = await stream.get_final_completion()
    message = completion.choices[0].message
    expected = message_of(*steps)
    assert message.content == "Let me look."
    assert [(made.id, made.function.name, made.function.arguments) for made in message.tool_calls or []] == [
        ("c1", "Bash", '{"a":1}'),
        ("c2", "Now", "{}"),
    ]
    assert completion.choices[0].finish_reason == "tool_calls"
    assert completion.usage is not None
    assert completion.usage.prompt_tokens == 130
    assert completion.usage.completion_tokens == expected["usage"]["output_tokens"]
    assert completion.usage.prompt_tokens_details is not None
    assert completion.usage.prompt_tokens_details.cached_tokens == expected["usage"]["cache_read_input_tokens"]


# Blank text before reasoning is held back: it may yet turn out to be the blank before a tag.
TEXT = st.text(min_size=1, max_size=12).filter(lambda text: "<" not in text and text.strip() != "")
STEPS = st.lists(
    st.one_of(
        TEXT.map(lambda text: say(text)),
        TEXT.map(lambda text: think(text)),
        st.builds(lambda text, key: call(f"c{key}", "Bash", '{"a":', f'"{key}"', "}"), TEXT, st.integers(0, 10**6)),
    ),
    min_size=1,
    max_size=6,
)


@given(STEPS, st.integers(1, 40))
def test_our_own_decoder_reads_back_what_was_written(steps: list[Any], size: int) -> None:
    expected = message_of(*steps)
    data = told(ChatWriter(WITH_USAGE, CREATED), *steps).take()
    folder = MessageFolder()
    stream = MessageStream(folder, message_id="msg_2", model="asked", estimated_input=5)
    decoder = ChatDecoder(stream, "openai-chat:p")
    for start in range(0, len(data), size):
        decoder.feed(data[start : start + size])
    decoder.end()
    assert runs(folder.message) == runs(expected)
    assert folder.message["stop_reason"] == expected["stop_reason"]
    assert folder.message["usage"] == expected["usage"]
