"""`forcereasoning`."""

from __future__ import annotations

from typing import Any

import pytest

from ccr_proxy.transformers.forcereasoning import REMEMBERED_TURNS
from tests.ccr_proxy.protocols.transcript import Chat
from tests.ccr_proxy.transformers.asking import HELLO, answered, chain, sent

FORCED = chain("forcereasoning")
TAG = "<reasoning_content>"


def turns(count: int) -> list[Any]:
    messages: list[Any] = []
    for number in range(count):
        thought = {"type": "thinking", "thinking": f"thought {number}", "signature": ""}
        messages += [
            {"role": "user", "content": f"question {number}"},
            {"role": "assistant", "content": [thought, {"type": "text", "text": f"answer {number}"}]},
        ]
    return [*messages, {"role": "user", "content": "last"}]


def test_the_model_is_asked_at_the_end_of_the_conversation() -> None:
    content = sent(FORCED)["messages"][-1]["content"]
    assert content.startswith("Hello\n\n")
    assert TAG in content


@pytest.mark.parametrize("protocol", ["openai-chat", "openai-responses", "gemini", "anthropic"])
def test_every_format_is_asked(protocol: str) -> None:
    assert TAG in repr(sent(FORCED, protocol=protocol))


def test_earlier_reasoning_goes_back_in_its_tags_the_latest_turns_only() -> None:
    body = sent(FORCED, {**HELLO, "messages": turns(REMEMBERED_TURNS + 2)})
    answers = [message["content"] for message in body["messages"] if message["role"] == "assistant"]
    assert answers[1] == "answer 1"
    assert answers[2] == f"{TAG}\nthought 2\n</reasoning_content>\n\nanswer 2"
    assert sum("thought" in answer for answer in answers) == REMEMBERED_TURNS


@pytest.mark.parametrize(
    "more",
    [
        {"thinking": {"type": "disabled"}},
        {"output_config": {"format": {"type": "json_schema", "schema": {}}}},
    ],
)
def test_a_client_that_wants_none_is_left_alone(more: Any) -> None:
    assert TAG not in repr(sent(FORCED, {**HELLO, **more}))


def test_after_a_tool_result_the_request_stands_beside_it() -> None:
    call = {"type": "tool_use", "id": "a", "name": "Bash", "input": {}}
    result = {"type": "tool_result", "tool_use_id": "a", "content": "ok"}
    messages = [{"role": "assistant", "content": [call]}, {"role": "user", "content": [result]}]
    body = sent(FORCED, {**HELLO, "messages": [*HELLO["messages"], *messages]})
    assert [message["role"] for message in body["messages"]] == ["user", "assistant", "tool", "user"]
    assert TAG in body["messages"][-1]["content"]


def test_the_answer_is_divided() -> None:
    answer = Chat.say("<reasoning_", "content>\nHm</reasoning_content>\n\nHi")
    assert answered(FORCED, answer, Chat.finish()) == ["thinking: Hm", "text: Hi", "stop: end_turn"]


def test_an_answer_without_tags_is_not_swallowed() -> None:
    assert answered(FORCED, Chat.say("Hi"), Chat.finish()) == ["text: Hi", "stop: end_turn"]
