"""Answers of Gemini, streamed and whole, as Claude Code gets them."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.protocols.citation import page_citation
from ccr_proxy.protocols.gemini.answer import read_usage
from ccr_proxy.protocols.signatures import wrap
from ccr_proxy.protocols.tool_ids import signature_for
from ccr_proxy.protocols.usage import Usage

from .transcript import ORIGIN, events, message_of, response, streamed, whole, without_ids

COUNTS = {"promptTokenCount": 100, "candidatesTokenCount": 9, "thoughtsTokenCount": 5, "cachedContentTokenCount": 40}
THOUGHT = {"text": "Let me see.", "thought": True}
BASH = {"functionCall": {"name": "Bash", "args": {"command": "ls", "note": "grüße 🐚"}}}


def types(message: dict[str, Any]) -> list[str]:
    return [block["type"] for block in message["content"]]


def signed(part: dict[str, Any], signature: str = "c2ln") -> dict[str, Any]:
    return {**part, "thoughtSignature": signature}


def test_text_in_pieces() -> None:
    body = events(response({"text": "Hello"}), response({"text": " wörld"}, finish="STOP", usageMetadata=COUNTS))
    message = message_of(body)
    assert message["content"] == [{"type": "text", "text": "Hello wörld"}]
    assert message["stop_reason"] == "end_turn"
    assert message["usage"] == {
        "input_tokens": 60,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 40,
        "output_tokens": 14,
    }


def test_thoughts_become_thinking_and_the_signature_of_a_call_signs_them() -> None:
    message = message_of(events(response(THOUGHT), response(signed(BASH), finish="STOP")))
    thinking, call = message["content"]
    assert thinking == {"type": "thinking", "thinking": "Let me see.", "signature": wrap(ORIGIN, "c2ln")}
    assert (call["name"], call["input"]) == ("Bash", BASH["functionCall"]["args"])
    assert re.fullmatch(r"[a-zA-Z0-9_-]+", call["id"])
    assert message["stop_reason"] == "tool_use"


def test_parallel_calls_in_one_chunk_with_hidden_reasoning() -> None:
    message = message_of(events(response(signed(BASH), BASH, BASH, finish="STOP")))
    assert types(message) == ["tool_use", "tool_use", "tool_use"]
    first, second, third = (block["id"] for block in message["content"])
    assert len({first, second, third}) == 3
    assert [signature_for(ORIGIN, tool_id) for tool_id in (first, second, third)] == ["c2ln", None, None]


def test_calls_that_follow_each_other_keep_a_signature_each() -> None:
    first, second = signed(BASH, "one"), signed(BASH, "two")
    message = message_of(events(response(first), response(second, finish="STOP")))
    assert types(message) == ["tool_use", "tool_use"]
    assert [signature_for(ORIGIN, block["id"]) for block in message["content"]] == ["one", "two"]


def test_a_call_without_arguments_or_with_an_id_of_its_own() -> None:
    call = {"functionCall": {"id": "fc:1", "name": "now"}}
    (block,) = message_of(events(response(call, finish="STOP")))["content"]
    assert block["input"] == {}
    assert block["id"] == "gemini-fc_-3a_1"


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([signed({"text": "Hi"})], ["thinking", "text"]),
        ([THOUGHT, signed({"text": "Hi"})], ["thinking", "text"]),
        ([THOUGHT, signed({"text": ""}), {"text": "Hi"}], ["thinking", "text"]),
        ([signed(THOUGHT), {"text": "Hi"}], ["thinking", "text"]),
        ([signed({"text": ""}), {"text": "Hi"}], ["thinking", "text"]),
    ],
)
def test_a_signature_stands_before_what_it_belongs_to(parts: list[dict[str, Any]], expected: list[str]) -> None:
    message = message_of(events(*(response(part) for part in parts), response(finish="STOP")))
    assert types(message) == expected
    assert message["content"][0]["signature"] == wrap(ORIGIN, "c2ln")


def test_a_signature_before_any_content_is_that_of_the_call() -> None:
    (block,) = message_of(events(response(signed({"text": "", "thought": True})), response(BASH, finish="STOP")))[
        "content"
    ]
    assert signature_for(ORIGIN, block["id"]) == "c2ln"


def test_a_thought_and_a_call_keep_a_signature_each() -> None:
    message = message_of(events(response(signed(THOUGHT, "one")), response(signed(BASH, "two"), finish="STOP")))
    thought, call = message["content"]
    assert (thought["signature"], signature_for(ORIGIN, call["id"])) == (wrap(ORIGIN, "one"), "two")


def test_a_signature_behind_the_text_does_not_hide_the_text() -> None:
    # Claude Code's print mode shows the last block of the answer.
    message = message_of(events(response({"text": "Hi"}), response(signed({"text": ""}), finish="STOP")))
    assert message["content"] == [{"type": "text", "text": "Hi"}]


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("STOP", "end_turn"),
        ("MAX_TOKENS", "max_tokens"),
        ("SAFETY", "refusal"),
        ("RECITATION", "refusal"),
        ("PROHIBITED_CONTENT", "refusal"),
        ("SPII", "refusal"),
        ("BLOCKLIST", "refusal"),
        ("OTHER", "end_turn"),
        ("A_REASON_OF_TOMORROW", "end_turn"),
    ],
)
def test_finish_reasons(reason: str, expected: str) -> None:
    assert message_of(events(response({"text": "x"}, finish=reason)))["stop_reason"] == expected
    assert whole(response({"text": "x"}, finish=reason))["stop_reason"] == expected


def test_the_token_limit_outranks_the_tool_calls() -> None:
    assert message_of(events(response(BASH, finish="MAX_TOKENS")))["stop_reason"] == "max_tokens"


@pytest.mark.parametrize("reason", ["MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "MISSING_THOUGHT_SIGNATURE"])
def test_a_broken_call_is_an_error_and_no_answer(reason: str) -> None:
    broken = response(finish=reason)
    broken["candidates"][0]["finishMessage"] = "Malformed function call: Bash("
    data, stream = streamed([events(response({"text": "I will look."}), broken)])
    assert stream.failure is not None
    assert stream.failure.status == 502
    assert "Malformed function call: Bash(" in stream.failure.message
    assert data.rstrip().splitlines()[-2] == b"event: error"


def test_code_goes_on_after_a_first_finish_reason() -> None:
    code = {"executableCode": {"language": "PYTHON", "code": "print(6*7)"}}
    output = {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "42\n"}}
    body = events(response(code, finish="STOP"), response(output), response({"text": "It is 42."}, finish="STOP"))
    (block,) = message_of(body)["content"]
    assert "```python\nprint(6*7)\n```" in block["text"]
    assert block["text"].endswith("It is 42.")


def test_files_in_an_answer_are_named() -> None:
    picture = {"inlineData": {"mimeType": "image/png", "data": "AAAA"}}
    (block,) = message_of(events(response({"text": "Here:"}, {}, picture, finish="STOP")))["content"]
    assert block["text"].startswith("Here:")
    assert "image/png" in block["text"]
    assert "AAAA" not in block["text"]


def test_a_blocked_prompt_is_a_refusal_without_content() -> None:
    blocked = {"promptFeedback": {"blockReason": "SAFETY", "blockReasonMessage": "no"}}
    for message in (message_of(events(blocked)), whole(blocked)):
        assert (message["content"], message["stop_reason"]) == ([], "refusal")


@pytest.mark.parametrize("wrapped", [False, True])
def test_an_error_inside_the_stream(wrapped: bool) -> None:
    error: Any = {"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}}
    body = json.dumps([error]).encode() if wrapped else events(error)
    data, stream = streamed([body])
    assert stream.failure is not None
    assert (stream.failure.status, stream.failure.message) == (503, "The model is overloaded.")
    assert data == b""


def test_an_error_after_text_is_an_error_event() -> None:
    error = {"error": {"code": 500, "message": "Internal error", "status": "INTERNAL"}}
    data, _ = streamed([events(response({"text": "Once"}), error)])
    assert b"event: error" in data
    assert b"Internal error" in data
    assert b"message_stop" not in data


@pytest.mark.parametrize("body", [b"", events(response({"text": "Once upon"})), events(response({"text": "a"}))[:-9]])
def test_a_stream_without_finish_reason_was_cut(body: bytes) -> None:
    _, stream = streamed([body])
    assert stream.failure is not None
    assert "broke off" in stream.failure.message


def test_a_packet_that_is_no_json_is_an_error() -> None:
    _, stream = streamed([b"data: {oops\n\n"])
    assert stream.failure is not None
    assert "{oops" in stream.failure.message


def test_an_event_that_lacks_its_blank_line_counts() -> None:
    assert message_of(events(response({"text": "x"}, finish="STOP")).rstrip())["stop_reason"] == "end_turn"


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("as_list", [True, False])
def test_json_instead_of_events(as_list: bool, indent: int | None) -> None:
    parts = [response(THOUGHT), response({"text": "Hi"}, finish="STOP")]
    value: Any = parts if as_list else response(THOUGHT, {"text": "Hi"}, finish="STOP")
    body = b"\n" + json.dumps(value, indent=indent).encode()
    pieces = [body[start : start + 7] for start in range(0, len(body), 7)]
    assert streamed(pieces)[0] == streamed([events(*parts)])[0]


def test_half_a_json_answer_was_cut() -> None:
    _, stream = streamed([json.dumps([response({"text": "Hi"}, finish="STOP")]).encode()[:-3]])
    assert stream.failure is not None


def test_a_whole_answer_without_finish_reason_is_finished() -> None:
    assert whole(response({"text": "Hi"}))["stop_reason"] == "end_turn"
    assert whole(response(BASH))["stop_reason"] == "tool_use"


def test_a_search_is_told_with_its_sources() -> None:
    found = response({"text": "Sunny."}, finish="STOP")
    found["candidates"][0]["groundingMetadata"] = {
        "webSearchQueries": ["weather", "weather today"],
        "groundingChunks": [{"web": {"uri": "https://a.example", "title": "A"}}, {"maps": {}}, {"web": {}}],
    }
    message = message_of(events(found))
    text, call, result = message["content"]
    assert text["text"] == "Sunny."
    assert (call["name"], call["input"]) == ("web_search", {"query": "weather; weather today"})
    assert result["tool_use_id"] == call["id"]
    assert [(item["title"], item["url"]) for item in result["content"]] == [("A", "https://a.example")]
    assert message["stop_reason"] == "end_turn"


def test_the_text_cites_the_pages_that_support_it_streamed_as_whole() -> None:
    chunks = [{"web": {"uri": f"https://{name}.example", "title": name}} for name in "abc"]
    supports: list[Any] = [{"groundingChunkIndices": [2, 0]}, {"groundingChunkIndices": [0, 9, "x"]}, {}, "x"]
    grounded = response({"text": " and warm."}, finish="STOP")
    grounded["candidates"][0]["groundingMetadata"] = {"groundingChunks": chunks, "groundingSupports": supports}
    answer = response({"text": "Sunny"}, {"text": " and warm."}, finish="STOP")
    answer["candidates"][0]["groundingMetadata"] = grounded["candidates"][0]["groundingMetadata"]
    text = {
        "type": "text",
        "text": "Sunny and warm.",
        "citations": [page_citation("https://c.example", "c"), page_citation("https://a.example", "a")],
    }
    for message in (message_of(events(response({"text": "Sunny"}), grounded)), whole(answer)):
        assert message["content"][0] == text
        assert types(message) == ["text", "server_tool_use", "web_search_tool_result"]


@pytest.mark.parametrize("grounding", [{}, {"searchEntryPoint": {"renderedContent": "<b>"}}, None, "x"])
def test_no_search_blocks_without_a_search(grounding: object) -> None:
    answer = response({"text": "x"}, finish="STOP")
    answer["candidates"][0]["groundingMetadata"] = grounding
    assert types(message_of(events(answer))) == ["text"]


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({"promptTokenCount": 10, "candidatesTokenCount": 3}, Usage(10, 3)),
        ({"promptTokenCount": 10, "thoughtsTokenCount": 7}, Usage(10, 7, reasoning_tokens=7)),
        ({"promptTokenCount": 10, "toolUsePromptTokenCount": 5, "cachedContentTokenCount": 8}, Usage(7, 0, 8)),
        ({"promptTokenCount": 1, "cachedContentTokenCount": 9, "candidatesTokenCount": "x"}, Usage(0, 0, 9)),
    ],
)
def test_usage(metadata: dict[str, Any], expected: Usage) -> None:
    assert read_usage(metadata) == expected


def test_the_last_usage_counts_and_one_without_numbers_does_not() -> None:
    body = events(
        response({"text": "a"}, usageMetadata={"trafficType": "ON_DEMAND"}),
        response({"text": "b"}, usageMetadata={"promptTokenCount": 4, "candidatesTokenCount": 1}),
        response({"text": "c"}, finish="STOP", usageMetadata={"promptTokenCount": 4, "candidatesTokenCount": 3}),
        {"usageMetadata": {"trafficType": "ON_DEMAND"}},
    )
    usage = message_of(body)["usage"]
    assert (usage["input_tokens"], usage["output_tokens"]) == (4, 3)


LONG = [
    response(THOUGHT),
    response({"text": " Still thinking 🤔\n", "thought": True}, usageMetadata=COUNTS),
    response(signed({"text": "Grüße,"})),
    response({"text": ' \\ "quoted" \u2028 text'}),
    response(signed(BASH, "two"), usageMetadata=COUNTS),
    response({"text": "done"}, finish="STOP", usageMetadata=COUNTS),
]


@given(st.data())
def test_bytes_may_be_cut_anywhere(data: st.DataObject) -> None:
    body = events(*LONG)
    cuts = sorted(data.draw(st.sets(st.integers(1, len(body) - 1), max_size=30)))
    pieces = [body[start:stop] for start, stop in zip([0, *cuts], [*cuts, len(body)], strict=True)]
    ids = re.compile(rb"toolu_[0-9a-f]{24}")  # what follows is the signature
    assert ids.sub(b"ID", streamed(pieces)[0]) == ids.sub(b"ID", streamed([body])[0])


def test_stream_and_whole_answer_say_the_same() -> None:
    parts = [part for item in LONG for part in item["candidates"][0]["content"]["parts"]]
    answer = response(*parts, finish="STOP", usageMetadata=COUNTS)
    assert without_ids(whole(answer)) == without_ids(message_of(events(*LONG)))


FIELDS = (
    "candidates content parts text thought thoughtSignature functionCall name args id inlineData finishReason "
    "usageMetadata promptTokenCount groundingMetadata webSearchQueries groundingChunks web uri promptFeedback "
    "blockReason error"
).split()
FOREIGN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(FIELDS),
            inner,
            max_size=4,
        )
    ),
    max_leaves=25,
)


@given(st.lists(FOREIGN, max_size=4))
def test_whatever_comes_what_leaves_is_an_answer_or_an_error(values: list[Any]) -> None:
    body = b"".join(b"data: %b\n\n" % json.dumps(value).encode() for value in values)
    data, stream = streamed([body])
    assert stream.finished
    assert (stream.failure is None) == data.endswith(b'data: {"type":"message_stop"}\n\n')
