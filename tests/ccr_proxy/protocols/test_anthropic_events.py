"""Both writers of Anthropic events say the same: one as a stream, one as a whole message."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.protocols.anthropic_events import MessageFolder, SseWriter
from ccr_proxy.protocols.message_stream import EventWriter
from ccr_proxy.protocols.usage import Usage
from tests.ccr_proxy.protocols.transcript import raw_events, read_stream


def write(writer: EventWriter) -> None:
    writer.message_start("msg_1", "model ü", Usage(3))
    writer.block_start(0, {"type": "thinking", "thinking": "", "signature": ""})
    writer.thinking_delta(0, "Hm\n")
    writer.signature_delta(0, "sig")
    writer.block_stop(0)
    writer.block_start(1, {"type": "text", "text": ""})
    writer.text_delta(1, 'a "quoted" ')
    writer.text_delta(1, "text \u2028 🚀")
    writer.block_delta(1, {"type": "citations_delta", "citation": {"cited_text": "c"}})
    writer.block_stop(1)
    writer.block_start(2, {"type": "tool_use", "id": "t", "name": "A", "input": {}})
    writer.input_json_delta(2, '{"a":')
    writer.input_json_delta(2, "1}")
    writer.block_stop(2)
    writer.message_delta("tool_use", None, Usage(3, 4, 5, 6))
    writer.message_stop()


def test_as_a_stream() -> None:
    writer = SseWriter()
    write(writer)
    data = writer.take()
    result = read_stream(data)
    assert result.lines() == [
        "thinking: Hm\n",
        "signature: sig",
        'text: a "quoted" text \u2028 🚀',
        'call A#t {"a":1}',
        "stop: tool_use",
    ]
    assert result.model == "model ü"
    assert writer.take() == b""


def test_as_a_whole() -> None:
    folder = MessageFolder()
    write(folder)
    assert folder.message == {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "model ü",
        "content": [
            {"type": "thinking", "thinking": "Hm\n", "signature": "sig"},
            {"type": "text", "text": 'a "quoted" text \u2028 🚀', "citations": [{"cited_text": "c"}]},
            {"type": "tool_use", "id": "t", "name": "A", "input": {"a": 1}},
        ],
        "stop_reason": "tool_use",
        "stop_sequence": None,
        "usage": {
            "input_tokens": 3,
            "output_tokens": 4,
            "cache_read_input_tokens": 5,
            "cache_creation_input_tokens": 6,
        },
    }


@pytest.mark.parametrize(
    ("text", "value"), [("", {}), ("{}", {}), ("[]", {"__unparsedToolInput": {"raw": "[]", "len": 2}})]
)
def test_tool_input_of_a_whole_message_is_an_object(text: str, value: dict[str, Any]) -> None:
    folder = MessageFolder()
    folder.message_start("m", "m", Usage())
    folder.block_start(0, {"type": "tool_use", "id": "t", "name": "A", "input": {}})
    folder.input_json_delta(0, text)
    folder.block_stop(0)
    assert folder.message["content"][0]["input"] == value


@given(st.text(st.characters()))
def test_any_text_is_one_event_of_valid_json(text: str) -> None:
    writer = SseWriter()
    writer.text_delta(0, text)
    ((name, event),) = raw_events(writer.take())
    assert name == "content_block_delta"
    assert event["delta"]["text"] == text or "�" in event["delta"]["text"]
