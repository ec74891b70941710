"""Whole chat completions."""

from __future__ import annotations

from typing import Any

from ccr_proxy.protocols.inbound.openai_chat.answer import whole
from tests.ccr_proxy.protocols.inbound.openai_client import client_of
from tests.ccr_proxy.protocols.inbound.telling import CREATED, block, call, message_of, say, think

ASKED: dict[str, Any] = {"model": "asked", "messages": [{"role": "user", "content": "hi"}]}


def test_a_whole_answer() -> None:
    citation = {"type": "web_search_result_location", "url": "https://a.example", "title": None}
    message = message_of(
        think("Hm", "sig"),
        block(type="redacted_thinking", data="xx"),
        block(type="text", text="Found", citations=[citation]),
        call("functions.Bash:0", "Bash", '{"a":1}'),
    )
    choice = whole(message, ASKED, CREATED)["choices"][0]
    assert choice["finish_reason"] == "tool_calls"
    page = {"url": "https://a.example", "title": "https://a.example", "start_index": 5, "end_index": 5}
    assert choice["message"] == {
        "role": "assistant",
        "content": "Found",
        "refusal": None,
        "reasoning_content": "Hm",
        "reasoning_details": [
            {"type": "reasoning.text", "index": 0, "text": "Hm", "signature": "sig"},
            {"type": "reasoning.encrypted", "index": 1, "data": "xx"},
        ],
        "tool_calls": [
            {"id": "functions.Bash:0", "type": "function", "function": {"name": "Bash", "arguments": '{"a":1}'}}
        ],
        "annotations": [{"type": "url_citation", "url_citation": page}],
    }


def test_content_is_null_only_beside_calls() -> None:
    with_call = whole(message_of(call("c", "f", "{}")), ASKED, CREATED)
    empty = whole(message_of(stop="max_tokens"), ASKED, CREATED)
    assert with_call["choices"][0]["message"]["content"] is None
    assert empty["choices"][0]["message"]["content"] == ""
    assert empty["choices"][0]["finish_reason"] == "length"


def test_custom_and_old_calls_have_the_form_that_their_definition_had() -> None:
    message = message_of(call("c", "f", '{"input":"x"}'))
    custom = whole(message, {**ASKED, "tools": [{"type": "custom", "custom": {"name": "f"}}]}, CREATED)
    old = whole(message, {**ASKED, "functions": [{"name": "f"}]}, CREATED)
    assert custom["choices"][0]["message"]["tool_calls"] == [
        {"id": "c", "type": "custom", "custom": {"name": "f", "input": "x"}}
    ]
    assert old["choices"][0]["message"]["function_call"] == {"name": "f", "arguments": '{"input":"x"}'}
    assert old["choices"][0]["finish_reason"] == "function_call"


async def test_the_official_client_reads_it() -> None:
    answer = whole(message_of(say("Hello"), call("c1", "Bash", '{"a":1}')), ASKED, CREATED)
    async with client_of(answer) as client:
        completion = await client.chat.completions.create(**ASKED)
    message = completion.choices[0].message
    assert (completion.id, completion.model, completion.created) == ("chatcmpl-1f", "asked", CREATED)
    assert message.content == "Hello"
    assert message.tool_calls is not None
    assert message.tool_calls[0].type == "function"
    assert message.tool_calls[0].function.arguments == '{"a":1}'
    assert completion.usage is not None
    assert completion.usage.total_tokens == 137
