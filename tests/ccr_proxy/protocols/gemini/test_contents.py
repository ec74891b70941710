"""The conversation as Gemini gets it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.errors import ClientFault
from ccr_proxy.protocols.gemini.contents import FOREIGN_CALL_SIGNATURE, contents_of
from ccr_proxy.protocols.reasoning_repair import without_reasoning
from ccr_proxy.protocols.signatures import wrap
from ccr_proxy.protocols.tool_ids import signed as signed_id

from .transcript import ORIGIN, events, message_of, response

PNG = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}}
PDF = {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": "UERG"}}
PNG_PART = {"inlineData": {"mimeType": "image/png", "data": "AAAA"}}
PDF_PART = {"inlineData": {"mimeType": "application/pdf", "data": "UERG"}}


def contents(*messages: tuple[str, Any], signed: bool = False) -> list[dict[str, Any]]:
    body = {"messages": [{"role": role, "content": content} for role, content in messages]}
    return contents_of(body, ORIGIN, calls_need_signature=signed)


def user_parts(*blocks: dict[str, Any]) -> list[dict[str, Any]]:
    (content,) = contents(("user", list(blocks)))
    assert content["role"] == "user"
    parts: list[dict[str, Any]] = content["parts"]
    return parts


def call(tool_id: str, name: str = "Bash", **arguments: Any) -> dict[str, Any]:
    return {"type": "tool_use", "id": tool_id, "name": name, "input": arguments}


def result(tool_id: str, content: Any, **others: Any) -> dict[str, Any]:
    return {"type": "tool_result", "tool_use_id": tool_id, "content": content, **others}


def thinking(signature: str, text: str = "hm") -> dict[str, Any]:
    return {"type": "thinking", "thinking": text, "signature": signature}


def test_roles_and_text() -> None:
    assert contents(("user", "Hi"), ("assistant", [{"type": "text", "text": "Hello"}]), ("user", "Bye")) == [
        {"role": "user", "parts": [{"text": "Hi"}]},
        {"role": "model", "parts": [{"text": "Hello"}]},
        {"role": "user", "parts": [{"text": "Bye"}]},
    ]


def test_calls_and_their_results() -> None:
    history = contents(
        ("user", "go"),
        ("assistant", [call("a", command="ls"), call("b", "Read")]),
        ("user", [result("b", "gone", is_error=True), result("a", [{"type": "text", "text": "x"}])]),
    )
    assert history[1]["parts"] == [
        {"functionCall": {"name": "Bash", "args": {"command": "ls"}}},
        {"functionCall": {"name": "Read", "args": {}}},
    ]
    assert history[2]["parts"] == [
        {"functionResponse": {"name": "Bash", "response": {"output": "x"}}},
        {"functionResponse": {"name": "Read", "response": {"error": "gone"}}},
    ]


def test_pictures_and_files_of_results_follow_all_responses() -> None:
    history = contents(
        ("user", "go"),
        ("assistant", [call("a"), call("b")]),
        (
            "user",
            [result("a", [{"type": "text", "text": "shot"}, PNG]), result("b", [PDF]), {"type": "text", "text": "!"}],
        ),
    )
    first, second, *rest = history[2]["parts"]
    assert first["functionResponse"]["response"]["output"].startswith("shot\n")
    assert "follows" in second["functionResponse"]["response"]["output"]
    assert rest == [PNG_PART, PDF_PART, {"text": "!"}]


def test_only_ids_that_gemini_gave_go_back() -> None:
    history = contents(
        ("user", "go"),
        ("assistant", [call("gemini-fc_-3a_1"), call("toolu_1")]),
        ("user", [result("gemini-fc_-3a_1", "x"), result("toolu_1", "y")]),
    )
    assert [part["functionCall"].get("id") for part in history[1]["parts"]] == ["fc:1", None]
    assert [part["functionResponse"].get("id") for part in history[2]["parts"]] == ["fc:1", None]


@pytest.mark.parametrize(
    ("block", "parts"),
    [
        (PNG, [PNG_PART]),
        (PDF, [PDF_PART]),
        ({**PDF, "title": "T", "context": "C"}, [{"text": "T"}, {"text": "C"}, PDF_PART]),
        (
            {"type": "image", "source": {"type": "url", "url": "https://a.example/x.webp?s=1"}},
            [{"fileData": {"mimeType": "image/webp", "fileUri": "https://a.example/x.webp?s=1"}}],
        ),
        (
            {"type": "document", "source": {"type": "url", "url": "gs://bucket/file"}},
            [{"fileData": {"mimeType": "application/pdf", "fileUri": "gs://bucket/file"}}],
        ),
        ({"type": "document", "title": "T", "source": {"type": "text", "data": "body"}}, [{"text": "T\nbody"}]),
        (
            {"type": "search_result", "title": "T", "source": "s", "content": [{"type": "text", "text": "c"}]},
            [{"text": "T\ns\nc"}],
        ),
        ({"type": "of_tomorrow", "x": 1}, [{"text": '{"type":"of_tomorrow","x":1}'}]),
    ],
)
def test_blocks(block: dict[str, Any], parts: list[dict[str, Any]]) -> None:
    assert user_parts(block) == parts


@pytest.mark.parametrize(
    ("block", "field"),
    [
        ({"type": "image", "source": {"type": "file", "file_id": "f"}}, r"image\.source\.type.*'file'"),
        ({"type": "document", "source": {"type": "file", "file_id": "f"}}, r"document\.source\.type"),
        ({"type": "image", "source": {"type": "url", "url": "http://a.example/x.png"}}, r"image\.source\.url"),
    ],
)
def test_what_gemini_cannot_get_is_refused_by_name(block: dict[str, Any], field: str) -> None:
    with pytest.raises(ClientFault, match=field):
        user_parts(block)


def test_an_earlier_search_stays_readable_without_its_encrypted_contents() -> None:
    found = {"type": "web_search_result", "title": "T", "url": "https://a.example", "encrypted_content": "SECRET"}
    block = {"type": "web_search_tool_result", "tool_use_id": "s", "content": [found]}
    history = contents(("user", "go"), ("assistant", [block, {"type": "text", "text": "ok"}]))
    assert history[1]["parts"] == [{"text": "Search results:\n- T: https://a.example"}, {"text": "ok"}]


def test_own_signatures_go_onto_the_next_part() -> None:
    history = contents(
        ("user", "go"),
        (
            "assistant",
            [thinking(wrap(ORIGIN, "s1")), {"type": "text", "text": "Look:"}, thinking(wrap(ORIGIN, "s2")), call("a")],
        ),
        ("user", [result("a", "x")]),
        ("assistant", [{"type": "text", "text": "Done"}, thinking(wrap(ORIGIN, "s3"))]),
    )
    assert [part.get("thoughtSignature") for part in history[1]["parts"]] == ["s1", "s2"]
    assert history[3]["parts"] == [{"text": "Done"}, {"text": "", "thoughtSignature": "s3"}]


def test_the_signature_in_the_id_of_a_call_goes_onto_the_call() -> None:
    own, foreign = signed_id("gemini-1", wrap(ORIGIN, "s1")), signed_id("toolu_2", wrap("gemini:other", "s2"))
    history = contents(
        ("user", "go"),
        ("assistant", [thinking(wrap(ORIGIN, "of the thought")), call(own), call(foreign)]),
        ("user", [result(own, "x"), result(foreign, "y")]),
    )
    thought, first, second = history[1]["parts"]
    assert thought == {"text": "", "thoughtSignature": "of the thought"}
    assert (first["functionCall"]["id"], first["thoughtSignature"]) == ("1", "s1")
    assert (second["functionCall"].get("id"), second.get("thoughtSignature")) == (None, None)
    assert [part["functionResponse"].get("id") for part in history[2]["parts"]] == ["1", None]


@pytest.mark.parametrize("end", [None, -1, 40])
def test_a_refused_or_damaged_signature_leaves_the_stand_in(end: int | None) -> None:
    tool_id = signed_id("gemini-1", wrap(ORIGIN, "s" * 99))[:end]
    history = contents(
        ("user", "go"), ("assistant", [call(tool_id), call("b")]), ("user", [result(tool_id, "x"), result("b", "y")]),
        signed=True,
    )  # fmt: skip
    first = without_reasoning({"contents": history})["contents"][1]["parts"][0]
    assert first["thoughtSignature"] == FOREIGN_CALL_SIGNATURE
    assert (history[1]["parts"][0]["thoughtSignature"] == FOREIGN_CALL_SIGNATURE) is (end is not None)


@pytest.mark.parametrize("signature", ["", "AnthropicsOwn==", wrap("gemini:other", "s"), "zcf1.broken"])
def test_foreign_thinking_is_left_out(signature: str) -> None:
    redacted = {"type": "redacted_thinking", "data": "x"}
    history = contents(("user", "go"), ("assistant", [thinking(signature), redacted, {"type": "text", "text": "ok"}]))
    assert history[1]["parts"] == [{"text": "ok"}]


def test_a_turn_of_nothing_but_foreign_thinking_is_left_out() -> None:
    assert len(contents(("user", "go"), ("assistant", [thinking("x")]), ("user", "on"))) == 2


def test_gemini_3_gets_a_stand_in_on_the_first_call_of_each_step() -> None:
    history = contents(
        ("user", "go"),
        ("assistant", [thinking("foreign"), call("a"), call("b")]),
        ("user", [result("a", "x"), result("b", "y")]),
        ("assistant", [thinking(wrap(ORIGIN, "real")), call("c"), call("d")]),
        ("user", [result("c", "x"), result("d", "y")]),
        signed=True,
    )
    assert [part.get("thoughtSignature") for part in history[1]["parts"]] == [FOREIGN_CALL_SIGNATURE, None]
    assert [part.get("thoughtSignature") for part in history[3]["parts"]] == ["real", None]


@given(st.lists(st.tuples(st.text(max_size=9), st.text(max_size=3000)), min_size=1, max_size=4), st.booleans())
def test_whatever_ids_and_signatures_calls_have_they_come_back(calls: list[tuple[str, str]], shown: bool) -> None:
    said: list[dict[str, Any]] = [
        {"functionCall": {**({"id": own} if own else {}), "name": "Bash", "args": {}}}
        | ({"thoughtSignature": signature} if signature else {})
        for own, signature in {own: (own, signature) for own, signature in calls}.values()
    ]
    thought = [{"text": "Hm", "thought": True}] if shown else []
    message = message_of(events(response(*thought, *said, finish="STOP")))
    results = [result(block["id"], "x") for block in message["content"] if block["type"] == "tool_use"]
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]+", item["tool_use_id"]) for item in results)
    history = contents(("user", "go"), ("assistant", message["content"]), ("user", results))
    assert history[1]["parts"] == said
    answered = [part["functionResponse"].get("id") for part in history[2]["parts"]]
    assert answered == [part["functionCall"].get("id") for part in said]


def test_what_gemini_said_comes_back_as_it_was() -> None:
    calls: list[dict[str, Any]] = [
        {"functionCall": {"id": "1", "name": "Bash", "args": {"command": "ls"}}, "thoughtSignature": "c2ln"},
        {"functionCall": {"id": "2", "name": "Read", "args": {}}},
    ]
    said: list[dict[str, Any]] = [{"text": "I look.", "thoughtSignature": "dGV4dA=="}, *calls]
    message = message_of(events(response({"text": "Hm", "thought": True}), response(*said, finish="STOP")))
    results = [result(block["id"], "x") for block in message["content"] if block["type"] == "tool_use"]
    history = contents(("user", "go"), ("assistant", message["content"]), ("user", results), signed=True)
    assert history[1]["parts"] == said
