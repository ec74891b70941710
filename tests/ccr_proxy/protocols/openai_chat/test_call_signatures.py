"""Gemini's signatures at its OpenAI-compatible address: they come back with their calls, and only there."""

from __future__ import annotations

from typing import Any

from ccr_proxy.protocols import repairs
from ccr_proxy.protocols.answer import Target
from ccr_proxy.protocols.anthropic_events import MessageFolder
from ccr_proxy.protocols.message_stream import MessageStream
from ccr_proxy.protocols.model_profile import profile_for
from ccr_proxy.protocols.openai_chat.answer import ChatDecoder
from ccr_proxy.protocols.openai_chat.request import encode
from tests.ccr_proxy.protocols.transcript import Chat

SIGNATURE = "CgIIAR" + "x" * 2_000 + "=="
MISSING = "Function call `default_api:Bash` in the `2.` content block is missing a `thought_signature`."


def signed(signature: str) -> dict[str, Any]:
    return {"extra_content": {"google": {"thought_signature": signature}}}


def calls_sent(blocks: list[Any], provider: str = "google", *, lessons: tuple[repairs.Lesson, ...] = ()) -> list[Any]:
    """The calls of the next turn's request after an answer with these blocks."""
    results = [{"type": "tool_result", "tool_use_id": block["id"], "content": "ok"} for block in blocks]
    messages = [
        {"role": "user", "content": "go"},
        {"role": "assistant", "content": blocks},
        {"role": "user", "content": results},
    ]
    model = "gemini-3-pro-preview"
    body = {"model": model, "max_tokens": 9, "messages": messages}
    sent = repairs.apply(list(lessons), encode(body, Target(provider, model, profile_for(model))).body)
    calls: list[Any] = next(message["tool_calls"] for message in sent["messages"] if "tool_calls" in message)
    assert [message["tool_call_id"] for message in sent["messages"] if message["role"] == "tool"] == [
        call["id"] for call in calls
    ]
    return calls


def answer() -> list[Any]:
    """Two parallel calls, of which Gemini signs the first."""
    first = {"index": 0, "id": "c1", "function": {"name": "Bash", "arguments": "{}"}, **signed(SIGNATURE)}
    second = {"index": 1, "id": "c2", "function": {"name": "Bash", "arguments": "{}"}}
    folder = MessageFolder()
    stream = MessageStream(folder, message_id="msg", model="asked", estimated_input=7)
    decoder = ChatDecoder(stream, "openai-chat:google")
    for packet in (Chat.delta(tool_calls=[first, second]), Chat.finish("tool_calls"), Chat.DONE):
        decoder.feed(packet)
    decoder.end()
    blocks: list[Any] = folder.message["content"]
    return blocks


def test_a_signature_comes_back_with_its_call_and_costs_no_block() -> None:
    blocks = answer()
    assert [block["type"] for block in blocks] == ["tool_use", "tool_use"]
    first, second = calls_sent(blocks)
    assert (first["id"], first["extra_content"]) == ("c1", signed(SIGNATURE)["extra_content"])
    assert (second["id"], "extra_content" in second) == ("c2", False)


def test_another_provider_gets_the_plain_call() -> None:
    first, _ = calls_sent(answer(), provider="other")
    assert set(first) == {"id", "type", "function"}
    assert first["id"] == "c1"


def test_calls_of_another_model_get_the_documented_stand_in_once_the_provider_asks_for_it() -> None:
    foreign = [{"type": "tool_use", "id": "toolu_1", "name": "Bash", "input": {}}]
    body = {"messages": [{"role": "assistant", "tool_calls": calls_sent(foreign)}]}
    lesson = repairs.lesson_from(MISSING, body)
    assert lesson == repairs.Lesson("sign", "tool_calls")
    (call,) = calls_sent(foreign, lessons=(lesson,))
    assert call["extra_content"] == signed("skip_thought_signature_validator")["extra_content"]
    first, _ = calls_sent(answer(), lessons=(lesson,))
    assert first["extra_content"] == signed(SIGNATURE)["extra_content"]


def test_a_request_whose_calls_are_all_signed_is_not_sent_again_for_it() -> None:
    body = {"messages": [{"role": "assistant", "tool_calls": [{"id": "a", **signed("own")}]}]}
    assert repairs.lesson_from(MISSING, body) != repairs.Lesson("sign", "tool_calls")
