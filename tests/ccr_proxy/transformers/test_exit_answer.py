"""The exit tool's call as text."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.transformers.exit_answer import ResponseText
from tests.ccr_proxy.protocols.transcript import Chat
from tests.ccr_proxy.transformers.asking import answered, chain

END = Chat.finish("tool_calls")


def lines(*chunks: bytes) -> list[str]:
    return answered(chain("tooluse"), *chunks, END)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ('{"response":"Done."}', "Done."),
        ('{ "response" : "a\\n\\"b\\" \\u00e9 \\ud83d\\ude00" }', 'a\n"b" é 😀'),
        ('{"response":"line\nbreak"}', "line\nbreak"),
        ('{"response":"cut of', "cut of"),
        ('{"other":1,"response":"late"}', "late"),
        ('{"answer":"another name"}', "another name"),
        ("{'response': 'single'}", "single"),
        ('{"response":["a"]}', "['a']"),
        ("just text", "just text"),
        ('{"response":"C:\\dir"}', "C:\\dir"),
    ],
)
def test_the_reply_is_shown_whatever_its_form(arguments: str, text: str) -> None:
    assert lines(Chat.call(0, arguments, id="a", name="ExitTool")) == [f"text: {text}", "stop: end_turn"]


def test_nothing_is_shown_of_an_empty_reply() -> None:
    assert lines(Chat.say("x"), Chat.call(0, "{}", id="a", name="ExitTool"))[0] == "text: x{}"
    assert lines(Chat.say("x"), Chat.call(0, '{"response":""}', id="a", name="ExitTool")) == [
        "text: x",
        "stop: end_turn",
    ]
    assert lines(Chat.say("x"), Chat.call(0, id="a", name="ExitTool")) == ["text: x", "stop: end_turn"]


def test_other_calls_stay_calls() -> None:
    found = lines(
        Chat.say("Let me see."),
        Chat.call(0, '{"command":"ls"}', id="a", name="Bash"),
        Chat.call(1, '{"response":"Bye"}', id="b", name="ExitTool"),
    )
    assert found == ["text: Let me see.", 'call Bash#a {"command":"ls"}', "text: Bye", "stop: tool_use"]


def test_a_name_may_come_after_the_arguments() -> None:
    late = lines(Chat.call(0, '{"response":"H', id="a"), Chat.call(0, 'i"}', name="ExitTool"))
    assert late == ["text: Hi", "stop: end_turn"]
    late = lines(Chat.call(0, '{"x":1', id="a"), Chat.call(0, "}", name="Bash"))
    assert late == ['call Bash#a {"x":1}', "stop: tool_use"]


def test_a_call_that_never_gets_a_name_is_an_error() -> None:
    assert lines(Chat.call(0, "{}", id="a"))[-1] == "error api_error: the provider sent a tool call without a name"


@given(st.text(), st.booleans(), st.data())
def test_the_text_arrives_as_it_was_however_it_is_cut(text: str, ascii_only: bool, data: st.DataObject) -> None:
    arguments = json.dumps({"response": text}, ensure_ascii=ascii_only)
    response, found = ResponseText(), ""
    while arguments:
        size = data.draw(st.integers(1, len(arguments)))
        found += response.feed(arguments[:size])
        arguments = arguments[size:]
    assert found + response.end() == text
