"""Input items as messages."""

from __future__ import annotations

from typing import Any

import pytest

from ccr_proxy.errors import ClientFault
from ccr_proxy.protocols.inbound.openai_responses.input_items import add_input
from ccr_proxy.protocols.inbound.openai_responses.reasoning import encrypted_redacted

Json = dict[str, Any]


def read(*items: Any, instructions: str | None = None) -> Json:
    request: Json = {}
    add_input(request, instructions, list(items))
    return request


def text(value: str) -> Json:
    return {"type": "text", "text": value}


def message(role: str, *parts: Json) -> Json:
    return {"type": "message", "role": role, "content": list(parts)}


def said(value: str) -> Json:
    return message("assistant", {"type": "output_text", "text": value, "annotations": []})


HI = message("user", {"type": "input_text", "text": "hi"})


def test_a_codex_turn() -> None:
    """The items of the second request of a Codex turn, with a freeform patch beside a function."""
    request = read(
        message("developer", {"type": "input_text", "text": "<permissions>"}),
        HI,
        {
            "type": "reasoning",
            "id": "rs_1",
            "summary": [{"type": "summary_text", "text": "Hm"}],
            "encrypted_content": "sig",
        },
        said("Let me look."),
        {"type": "function_call", "call_id": "c1", "name": "shell", "arguments": '{"command":["ls"]}'},
        {"type": "custom_tool_call", "call_id": "c2", "name": "apply_patch", "input": "*** Begin"},
        {"type": "function_call_output", "call_id": "c1", "output": "a.txt"},
        {"type": "custom_tool_call_output", "call_id": "c2", "output": [{"type": "input_text", "text": "ok"}]},
        message("user", {"type": "input_text", "text": "go on"}),
        instructions="You are Codex.",
    )
    assert request["system"] == [text("You are Codex."), text("<permissions>")]
    assert request["messages"] == [
        {"role": "user", "content": [text("hi")]},
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "Hm", "signature": "sig"},
                text("Let me look."),
                {"type": "tool_use", "id": "c1", "name": "shell", "input": {"command": ["ls"]}},
                {"type": "tool_use", "id": "c2", "name": "apply_patch", "input": {"input": "*** Begin"}},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "c1", "content": "a.txt"},
                {"type": "tool_result", "tool_use_id": "c2", "content": [text("ok")]},
                text("go on"),
            ],
        },
    ]


def test_messages_in_their_short_form() -> None:
    request = read({"role": "user", "content": "hi"}, {"role": "assistant", "content": "yes"}, HI)
    assert [turn["content"] for turn in request["messages"]] == [[text("hi")], [text("yes")], [text("hi")]]


def test_content_of_every_kind() -> None:
    request = read(
        message(
            "user",
            {"type": "input_text", "text": "look"},
            {"type": "input_image", "image_url": "data:image/png;base64,AAAA", "detail": "auto"},
            {"type": "input_file", "file_url": "https://a.example/b.pdf"},
            {"type": "input_file", "filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBE"},
        )
    )
    assert request["messages"][0]["content"] == [
        text("look"),
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}},
        {"type": "document", "source": {"type": "url", "url": "https://a.example/b.pdf"}},
        {
            "type": "document",
            "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBE"},
            "title": "a.pdf",
        },
    ]


def test_pictures_stay_inside_the_result_that_they_belong_to() -> None:
    picture = {"type": "input_image", "image_url": "https://a.example/b.png"}
    request = read(
        HI,
        {"type": "function_call", "call_id": "c1", "name": "view", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c1", "output": [picture]},
    )
    (result,) = request["messages"][-1]["content"]
    assert result["content"] == [{"type": "image", "source": {"type": "url", "url": "https://a.example/b.png"}}]


def test_a_wrapped_failure_of_early_clients_is_read() -> None:
    request = read(
        HI,
        {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c1", "output": {"content": "broken", "success": False}},
    )
    assert request["messages"][-1]["content"][0]["content"] == "broken"


def test_the_built_in_shell() -> None:
    action = {"type": "exec", "command": ["ls"], "timeout_ms": 5, "env": {}, "user": None}
    request = read(
        HI,
        {"type": "local_shell_call", "call_id": "c1", "status": "completed", "action": action},
        {"type": "local_shell_call_output", "id": "c1", "output": "a.txt"},
    )
    call, result = request["messages"][1]["content"][0], request["messages"][2]["content"][0]
    assert (call["name"], call["input"]) == ("local_shell", {"command": ["ls"], "timeout_ms": 5})
    assert (result["tool_use_id"], result["content"]) == ("c1", "a.txt")


@pytest.mark.parametrize(
    ("item", "blocks"),
    [
        ({"summary": [{"text": "a"}, {"text": "b"}]}, [{"type": "thinking", "thinking": "a\n\nb", "signature": ""}]),
        ({"summary": [], "content": [{"text": "a"}]}, [{"type": "thinking", "thinking": "a", "signature": ""}]),
        (
            {"summary": [], "encrypted_content": "sig"},
            [{"type": "thinking", "thinking": "", "signature": "sig"}],
        ),
        (
            {"summary": [], "encrypted_content": encrypted_redacted("xx")},
            [{"type": "redacted_thinking", "data": "xx"}],
        ),
        (
            {"summary": [{"text": "a"}], "encrypted_content": "gAAAAABo-made-at-openai"},
            [{"type": "thinking", "thinking": "a", "signature": ""}],
        ),
        ({"summary": [], "encrypted_content": None}, []),
    ],
)
def test_reasoning(item: Json, blocks: list[Json]) -> None:
    request = read(HI, {"type": "reasoning", "id": "rs", **item}, said("yes"))
    assert request["messages"][1]["content"] == [*blocks, text("yes")]


def test_tools_in_namespaces_keep_their_calls_apart() -> None:
    call = {"type": "function_call", "call_id": "c1", "namespace": "mcp__files", "name": "read", "arguments": "{}"}
    request = read(HI, call, {"type": "function_call_output", "call_id": "c1", "output": "x"})
    assert request["messages"][1]["content"][0]["name"] == "mcp__files__read"


def test_an_earlier_web_search_is_told() -> None:
    search = {"type": "web_search_call", "id": "ws", "status": "completed", "action": {"type": "search", "query": "q"}}
    request = read(HI, search, said("Sunny"))
    assert request["messages"][1]["content"] == [text("[Searched the web: q]"), text("Sunny")]


@pytest.mark.parametrize(
    ("item", "field", "word"),
    [
        ("hi", "input[0]", "object"),
        ({"type": "item_reference", "id": "x"}, "input[0].type", "stores no items"),
        ({"type": "compaction", "encrypted_content": "x"}, "input[0].type", "compact"),
        ({"type": "computer_call"}, "input[0].type", "computer_call"),
        ({"type": 5}, "input[0].type", "5"),
        (message("critic"), "input[0].role", "critic"),
        (message("user", {"type": "input_image", "file_id": "f"}), "input[0].content[0].file_id", "OpenAI"),
        (message("user", {"type": "input_image"}), "input[0].content[0].image_url", "URL"),
        (message("user", {"type": "input_file", "file_id": "f"}), "input[0].content[0].file_id", "OpenAI"),
        (message("user", {"type": "input_audio"}), "input[0].content[0]", "audio"),
        (message("user", {"type": "hologram"}), "input[0].content[0].type", "hologram"),
        (
            message("system", {"type": "input_image", "image_url": "https://a.example"}),
            "input[0].content[0]",
            "text",
        ),
        ({"type": "function_call", "name": "f"}, "input[0].call_id", "required"),
        ({"type": "function_call", "call_id": "c"}, "input[0].name", "required"),
        ({"type": "reasoning", "summary": "x"}, "input[0].summary", "array"),
    ],
)
def test_refusals_name_the_place(item: Any, field: str, word: str) -> None:
    with pytest.raises(ClientFault) as raised:
        read(item)
    path, _, why = raised.value.message.partition(": ")
    assert (raised.value.status, path) == (400, field)
    assert word in why
