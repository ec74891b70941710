"""The extension says what the script says: our own decoders read it back, and a cut falls where its mark is."""

from __future__ import annotations

from typing import Any

import pytest

from ccr_proxy.json_codec import dumps
from ccr_proxy.protocols.anthropic_events import MessageFolder
from ccr_proxy.protocols.message_stream import MessageStream
from ccr_proxy.protocols.registry import PROTOCOLS
from tests.client_lab.rendering import Events, gemini_answers, gemini_whole, responses_events, responses_final

BLOCKS: list[dict[str, Any]] = [
    {"type": "thinking", "thinking": "Let me see.", "signature": "c2ln"},
    {"type": "text", "text": "I will write it now, in several pieces of text."},
    {"type": "tool_use", "id": "toolu_1", "name": "Write", "input": {"file_path": "/a", "content": "x" * 60}},
]
ACT = {"usage": {"input_tokens": 5, "cache_read_input_tokens": 7, "output_tokens": 3}}


def rendered(dialect: str) -> tuple[Events, dict[str, int]]:
    if dialect == "openai-responses":
        return responses_events(responses_final(ACT, {"model": "m"}, BLOCKS, 1), ACT)
    answers, marks = gemini_answers(ACT, BLOCKS)
    return [(None, answer) for answer in answers], marks


def decoded(dialect: str, events: Events) -> tuple[dict[str, Any], MessageStream]:
    folder = MessageFolder()
    stream = MessageStream(folder, message_id="msg", model="m", estimated_input=1)
    decoder = PROTOCOLS[dialect].decoder(stream, f"{dialect}:mock")
    for name, data in events:
        decoder.feed((f"event: {name}\n" if name else "").encode() + b"data: " + dumps(data) + b"\n\n")
    decoder.end()
    return folder.message, stream


@pytest.mark.parametrize("dialect", ["openai-responses", "gemini"])
def test_our_decoders_read_what_was_scripted(dialect: str) -> None:
    message, stream = decoded(dialect, rendered(dialect)[0])
    assert stream.failure is None
    texts = [block["text"] for block in message["content"] if block["type"] == "text"]
    calls = [block["input"] for block in message["content"] if block["type"] == "tool_use"]
    assert (texts, calls) == ([BLOCKS[1]["text"]], [BLOCKS[2]["input"]])
    assert message["stop_reason"] == "tool_use"
    usage = message["usage"]
    assert (usage["input_tokens"], usage["cache_read_input_tokens"], usage["output_tokens"]) == (5, 7, 3)


@pytest.mark.parametrize("dialect", ["openai-responses", "gemini"])
@pytest.mark.parametrize("mark", ["before_content", "mid_text", "mid_tool", "before_finish"])
def test_an_answer_that_is_cut_at_a_mark_is_not_finished(dialect: str, mark: str) -> None:
    events, marks = rendered(dialect)
    _, stream = decoded(dialect, events[: marks[mark]])
    assert stream.failure is not None
    assert stream.has_content == (mark != "before_content")


def test_a_whole_gemini_answer_says_the_same() -> None:
    folder = MessageFolder()
    stream = MessageStream(folder, message_id="msg", model="m", estimated_input=1)
    PROTOCOLS["gemini"].decode_whole(gemini_whole(ACT, BLOCKS), stream, "gemini:mock")
    assert stream.failure is None
    assert [block["type"] for block in folder.message["content"] if block["type"] != "thinking"] == ["text", "tool_use"]
