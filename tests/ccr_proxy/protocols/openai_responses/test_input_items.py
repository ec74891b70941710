"""Conversations as input items."""

from __future__ import annotations

import pytest

from ccr_proxy.errors import ClientFault
from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.openai_responses.input_items import FAILED, input_items

from .transcript import ORIGIN

IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}}
IMAGE_PART = {"type": "input_image", "image_url": "data:image/png;base64,AAAA"}
PDF = {
    "type": "document",
    "title": "Plan",
    "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBE"},
}
PDF_PART = {"type": "input_file", "filename": "Plan.pdf", "file_data": "data:application/pdf;base64,JVBE"}


def _text(text: str) -> JsonObject:
    return {"type": "input_text", "text": text}


def _user(*blocks: JsonObject) -> JsonObject:
    return {"role": "user", "content": list(blocks)}


def _assistant(*blocks: JsonObject) -> JsonObject:
    return {"role": "assistant", "content": list(blocks)}


def _use(call_id: str, name: str = "Bash", **arguments: object) -> JsonObject:
    return {"type": "tool_use", "id": call_id, "name": name, "input": arguments}


def _items(*messages: JsonObject) -> list[JsonObject]:
    return input_items({"messages": list(messages)}, ORIGIN)


@pytest.mark.parametrize(
    ("block", "parts"),
    [
        (IMAGE, [IMAGE_PART]),
        (
            {"type": "image", "source": {"type": "url", "url": "https://x/y.png"}},
            [{"type": "input_image", "image_url": "https://x/y.png"}],
        ),
        (PDF, [PDF_PART]),
        ({**PDF, "context": "From mail"}, [_text("From mail"), PDF_PART]),
        (
            {"type": "document", "source": {"type": "url", "url": "https://x/p.pdf"}},
            [{"type": "input_file", "file_url": "https://x/p.pdf"}],
        ),
        ({"type": "document", "title": "T", "source": {"type": "text", "data": "body"}}, [_text("T\nbody")]),
        (
            {
                "type": "document",
                "title": "T",
                "source": {"type": "content", "content": [{"type": "text", "text": "x"}, IMAGE]},
            },
            [_text("T"), _text("x"), IMAGE_PART],
        ),
        (
            {"type": "search_result", "title": "T", "source": "S", "content": [{"type": "text", "text": "x"}]},
            [_text("T\nS\nx")],
        ),
        ({"type": "brand_new", "value": 1}, [_text('{"type":"brand_new","value":1}')]),
    ],
)
def test_content_of_users_and_of_tool_results(block: JsonObject, parts: list[JsonObject]) -> None:
    assert _items(_user(block)) == [{"type": "message", "role": "user", "content": parts}]
    result = {"type": "tool_result", "tool_use_id": "c", "content": [block]}
    output = _items(_assistant(_use("c")), _user(result))[1]["output"]
    assert output == (
        parts if any(part["type"] != "input_text" for part in parts) else "\n".join(part["text"] for part in parts)
    )


@pytest.mark.parametrize("kind", ["image", "document"])
def test_files_stored_at_anthropic_are_refused_by_name(kind: str) -> None:
    with pytest.raises(ClientFault, match=rf"{kind}\.source\.type 'file'"):
        _items(_user({"type": kind, "source": {"type": "file", "file_id": "file_1"}}))


def test_a_turn_with_text_and_calls_keeps_both_in_order() -> None:
    items = _items(
        _user({"type": "text", "text": "go"}),
        _assistant(
            {"type": "text", "text": "I look."},
            _use("functions_-2e_Bash_-3a_0", command="ls"),
            _use("b", "Read", path="x"),
        ),
        _user(
            {"type": "tool_result", "tool_use_id": "b", "content": "second", "is_error": True},
            {
                "type": "tool_result",
                "tool_use_id": "functions_-2e_Bash_-3a_0",
                "content": [{"type": "text", "text": "first"}, IMAGE],
            },
            {"type": "text", "text": "and then?"},
        ),
    )
    assert items[1:] == [
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "I look."}]},
        {"type": "function_call", "call_id": "functions.Bash:0", "name": "Bash", "arguments": '{"command":"ls"}'},
        {"type": "function_call", "call_id": "b", "name": "Read", "arguments": '{"path":"x"}'},
        {"type": "function_call_output", "call_id": "functions.Bash:0", "output": [_text("first"), IMAGE_PART]},
        {"type": "function_call_output", "call_id": "b", "output": f"{FAILED}\nsecond"},
        {"type": "message", "role": "user", "content": [_text("and then?")]},
    ]


def test_a_call_id_that_is_too_long_stays_one_and_the_same() -> None:
    call, output = _items(
        _assistant(_use("x" * 90)), _user({"type": "tool_result", "tool_use_id": "x" * 90, "content": "ok"})
    )
    assert call["call_id"] == output["call_id"]
    assert len(call["call_id"]) <= 64


def test_foreign_and_hidden_reasoning_is_left_out() -> None:
    thinking = {"type": "thinking", "thinking": "secret plan", "signature": "EqQBCg=="}
    items = _items(_assistant(thinking, {"type": "redacted_thinking", "data": "zzz"}, {"type": "text", "text": "hi"}))
    assert items == [{"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "hi"}]}]


def test_a_search_at_another_provider_reads_as_a_call_with_its_result() -> None:
    page = {"type": "web_search_result", "url": "https://a", "title": "A", "encrypted_content": "xxxx"}
    items = _items(
        _assistant(
            {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "q"}},
            {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": [page]},
            {"type": "server_tool_use", "id": "srvtoolu_2", "name": "web_search", "input": {"query": "r"}},
        )
    )
    assert [(item["type"], item["call_id"]) for item in items] == [
        ("function_call", "srvtoolu_1"),
        ("function_call_output", "srvtoolu_1"),
        ("function_call", "srvtoolu_2"),
        ("function_call_output", "srvtoolu_2"),
    ]
    assert items[1]["output"] == '[{"type":"web_search_result","url":"https://a","title":"A"}]'
