"""The extension says what the script says: our own decoders read it back, and a cut falls where its mark is."""

from __future__ import annotations

from typing import Any

import pytest

from ccr_proxy.json_codec import dumps
from ccr_proxy.protocols.anthropic_events import MessageFolder
from ccr_proxy.protocols.message_stream import MessageStream
from ccr_proxy.protocols.registry import PROTOCOLS
from tests.client_lab.failures import google_failure, responses_failure
from tests.client_lab.rendering import Events, Marks, gemini_answers, gemini_whole, responses_events, responses_final

BLOCKS: list[dict[str, Any]] = [
    {"type": "thinking", "thinking": "Let me see.", "signature": "c2ln"},
    {"type": "text", "text": "I will write it now, in several pieces of text."},
    {"type": "tool_use", "id": "toolu_1", "name": "Write", "input": {"file_path": "/a", "content": "x" * 60}},
]
ACT = {"usage": {"input_tokens": 5, "cache_read_input_tokens": 7, "output_tokens": 3}}
ASKED = {
    "openai-responses": {
        "model": "gpt-5.1",
        "reasoning": {"summary": "auto"},
        "include": ["reasoning.encrypted_content"],
    },
    "gemini": {"model": "gemini-3-pro-preview", "thinking": {"type": "adaptive"}},
}
DIALECTS = pytest.mark.parametrize("dialect", list(ASKED))


def rendered(dialect: str, asked: dict[str, Any]) -> tuple[Events, Marks]:
    if dialect == "openai-responses":
        return responses_events(responses_final(ACT, asked, BLOCKS, 1), ACT)
    answers, marks = gemini_answers(ACT, BLOCKS, asked)
    return [(None, answer) for answer in answers], marks


def decoded(dialect: str, events: Events) -> tuple[dict[str, Any], MessageStream]:
    folder = MessageFolder()
    stream = MessageStream(folder, message_id="msg", model="m", estimated_input=1)
    decoder = PROTOCOLS[dialect].decoder(stream, f"{dialect}:mock")
    for name, data in events:
        decoder.feed((f"event: {name}\n" if name else "").encode() + b"data: " + dumps(data) + b"\n\n")
    decoder.end()
    return folder.message, stream


@DIALECTS
def test_our_decoders_read_what_was_scripted(dialect: str) -> None:
    message, stream = decoded(dialect, rendered(dialect, ASKED[dialect])[0])
    assert stream.failure is None
    thoughts = [block["thinking"] for block in message["content"] if block.get("thinking")]
    texts = [block["text"] for block in message["content"] if block["type"] == "text"]
    calls = [block["input"] for block in message["content"] if block["type"] == "tool_use"]
    assert (thoughts, texts, calls) == (["Let me see."], [BLOCKS[1]["text"]], [BLOCKS[2]["input"]])
    assert message["stop_reason"] == "tool_use"
    usage = message["usage"]
    assert (usage["input_tokens"], usage["cache_read_input_tokens"], usage["output_tokens"]) == (5, 7, 3)


@DIALECTS
def test_thoughts_come_to_those_who_ask_for_them(dialect: str) -> None:
    message, _ = decoded(dialect, rendered(dialect, {"model": ASKED[dialect]["model"]})[0])
    assert [block["thinking"] for block in message["content"] if block.get("thinking")] == []


@DIALECTS
@pytest.mark.parametrize("mark", ["before_content", "mid_text", "text_end", "mid_tool", "tool_end", "before_finish"])
def test_an_answer_that_is_cut_at_a_mark_is_not_finished(dialect: str, mark: str) -> None:
    events, marks = rendered(dialect, {"model": ASKED[dialect]["model"]})
    _, stream = decoded(dialect, events[: marks[mark]])
    assert stream.failure is not None
    assert stream.has_content == (mark != "before_content")


@pytest.mark.parametrize(("error", "status"), [("overloaded_error", 503), ("server_error", 500)])
@pytest.mark.parametrize("mark", ["before_content", "mid_text"])
def test_a_stream_of_gemini_ends_in_googles_error(error: str, status: int, mark: str) -> None:
    events, marks = rendered("gemini", ASKED["gemini"])
    failure = google_failure({"type": error, "message": "Overloaded"})
    _, stream = decoded("gemini", [*events[: marks[mark]], (None, failure)])
    assert stream.failure is not None
    assert (stream.failure.status, stream.failure.message) == (status, "Overloaded")


@pytest.mark.parametrize(
    ("mark", "event"), [("before_content", "response.failed"), ("mid_text", "error"), ("mid_tool", "error")]
)
def test_a_stream_of_responses_ends_in_its_error(mark: str, event: str) -> None:
    events, marks = rendered("openai-responses", ASKED["openai-responses"])
    kept = events[: marks[mark]]
    failure = responses_failure({"type": "server_error", "message": "exploded"}, events[0][1]["response"], len(kept))
    assert failure[0] == event
    _, stream = decoded("openai-responses", [*kept, failure])
    assert stream.failure is not None
    assert stream.failure.message == "exploded"


def test_a_whole_gemini_answer_says_the_same() -> None:
    folder = MessageFolder()
    stream = MessageStream(folder, message_id="msg", model="m", estimated_input=1)
    PROTOCOLS["gemini"].decode_whole(gemini_whole(ACT, BLOCKS, ASKED["gemini"]), stream, "gemini:mock")
    assert stream.failure is None
    assert [block["type"] for block in folder.message["content"] if block["type"] != "thinking"] == ["text", "tool_use"]
