"""Messages of a chat request, role by role."""

from __future__ import annotations

from typing import Any

import pytest

from ccr_proxy.errors import ClientFault
from ccr_proxy.protocols.conversation import INTERRUPTED
from ccr_proxy.protocols.inbound.openai_chat.messages import add_messages

Json = dict[str, Any]


def read(*messages: Json) -> Json:
    request: Json = {}
    add_messages(request, list(messages))
    return request


def text(value: str) -> Json:
    return {"type": "text", "text": value}


def user(content: Any) -> Json:
    return {"role": "user", "content": content}


def tool_call(call_id: str, name: str, arguments: str = "{}") -> Json:
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}


def test_instructions_before_the_first_message_are_the_system_prompt_and_later_ones_keep_their_place() -> None:
    request = read(
        {"role": "system", "content": "A"},
        {"role": "developer", "content": [text("B"), text("")]},
        user("hi"),
        {"role": "assistant", "content": "yes"},
        {"role": "system", "content": "C"},
        user("go on"),
    )
    assert request["system"] == [text("A"), text("B")]
    assert request["messages"][-1] == user([text("<system-reminder>\nC\n</system-reminder>"), text("go on")])


def test_instructions_alone_are_what_there_is_to_answer() -> None:
    assert read({"role": "system", "content": "A"}) == {"messages": [user([text("A")])]}


def test_user_content_of_every_kind() -> None:
    parts = [
        text("look"),
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA", "detail": "low"}},
        {"type": "image_url", "image_url": "https://a.example/b.png"},
        {"type": "file", "file": {"file_data": "data:application/pdf;base64,JVBE", "filename": "a.pdf"}},
        {"type": "file", "file": {"file_data": "aGVsbG8=", "filename": "a.txt"}},
    ]
    (message,) = read(user(parts))["messages"]
    assert message["content"] == [
        text("look"),
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}},
        {"type": "image", "source": {"type": "url", "url": "https://a.example/b.png"}},
        {
            "type": "document",
            "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBE"},
            "title": "a.pdf",
        },
        {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "hello"}, "title": "a.txt"},
    ]


def test_calls_and_their_results() -> None:
    request = read(
        user("hi"),
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                tool_call("functions.Bash:0", "Bash", '{"a":1}'),
                tool_call("c2", "Now", ""),
                tool_call("c3", "Odd", '{"a":'),
                {"id": "c4", "type": "custom", "custom": {"name": "patch", "input": "x"}},
            ],
        },
        {"role": "tool", "tool_call_id": "c2", "content": [text("noon")]},
        {"role": "tool", "tool_call_id": "functions.Bash:0", "content": "ok"},
        {"role": "tool", "tool_call_id": "c3", "content": ""},
        {"role": "tool", "tool_call_id": "c4", "content": "done"},
    )
    calls, results = request["messages"][1]["content"], request["messages"][2]["content"]
    assert [(call["id"], call["name"], call["input"]) for call in calls] == [
        ("functions_-2e_Bash_-3a_0", "Bash", {"a": 1}),
        ("c2", "Now", {}),
        ("c3", "Odd", {"__unparsedToolInput": {"raw": '{"a":', "len": 5}}),
        ("c4", "patch", {"input": "x"}),
    ]
    assert [(result["tool_use_id"], result["content"]) for result in results] == [
        ("functions_-2e_Bash_-3a_0", [text("ok")]),
        ("c2", [text("noon")]),
        ("c3", []),
        ("c4", [text("done")]),
    ]


def test_a_call_without_a_result_gets_one_that_says_so() -> None:
    messages = read(user("hi"), {"role": "assistant", "tool_calls": [tool_call("c", "f")]}, user("stop"))["messages"]
    assert messages[2]["content"][0] == {
        "type": "tool_result",
        "tool_use_id": "c",
        "content": INTERRUPTED,
        "is_error": True,
    }


def test_the_old_form_of_calls() -> None:
    messages = read(
        user("hi"),
        {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": '{"a":1}'}},
        {"role": "function", "name": "f", "content": "one"},
        {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}"}},
        {"role": "function", "name": "f", "content": "two"},
    )["messages"]
    assert messages[1]["content"] == [{"type": "tool_use", "id": "function_call_1", "name": "f", "input": {"a": 1}}]
    assert [messages[at]["content"][0]["tool_use_id"] for at in (2, 4)] == ["function_call_1", "function_call_2"]
    assert [messages[at]["content"][0]["content"] for at in (2, 4)] == ["one", "two"]


@pytest.mark.parametrize(
    ("fields", "blocks"),
    [
        ({"reasoning_content": "Hm"}, [{"type": "thinking", "thinking": "Hm", "signature": ""}]),
        ({"reasoning": "Hm"}, [{"type": "thinking", "thinking": "Hm", "signature": ""}]),
        ({"refusal": "No."}, [text("No.")]),
        (
            {
                "reasoning_content": "Hm",
                "reasoning_details": [{"type": "reasoning.text", "index": 0, "text": "Hm", "signature": "sig"}],
            },
            [{"type": "thinking", "thinking": "Hm", "signature": "sig"}],
        ),
    ],
)
def test_what_the_model_thought_or_refused(fields: Json, blocks: list[Json]) -> None:
    messages = read(user("hi"), {"role": "assistant", "content": "Yes", **fields}, user("go on"))["messages"]
    rest = [block for block in messages[1]["content"] if block != text("Yes")]
    assert rest == blocks


@pytest.mark.parametrize(
    ("message", "field"),
    [
        ("hi", "messages[0]"),
        ({"role": "critic", "content": "x"}, "messages[0].role"),
        (user([{"type": "input_audio", "input_audio": {}}]), "messages[0].content[0]"),
        (user([{"type": "video_url"}]), "messages[0].content[0].type"),
        (user([{"type": "image_url", "image_url": {"url": "file:///x"}}]), "messages[0].content[0].image_url.url"),
        (user([{"type": "file", "file": {"file_id": "file-1"}}]), "messages[0].content[0].file.file_id"),
        (user([{"type": "file"}]), "messages[0].content[0].file"),
        (user(5), "messages[0].content"),
        ({"role": "tool", "content": "x"}, "messages[0].tool_call_id"),
        ({"role": "assistant", "tool_calls": [{"id": "c", "function": {}}]}, "messages[0].tool_calls[0].function.name"),
        ({"role": "assistant", "audio": {"id": "a"}}, "messages[0].audio"),
        (
            {"role": "system", "content": [{"type": "image_url", "image_url": "https://a.example"}]},
            "messages[0].content[0]",
        ),
    ],
)
def test_refusals_name_the_place(message: Any, field: str) -> None:
    with pytest.raises(ClientFault) as raised:
        read(message)
    assert raised.value.status == 400
    assert raised.value.message.split(": ")[0] == field
