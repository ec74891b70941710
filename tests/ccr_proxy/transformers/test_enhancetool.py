"""`enhancetool`: what a client sees of calls with good, broken and hopeless arguments."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ccr_proxy.protocols.transcript import Chat
from tests.ccr_proxy.transformers.asking import BASH, HELLO, answered, chain

ASKED = {**HELLO, "tools": [BASH, {"name": "Now", "input_schema": {"type": "object", "properties": {}}}]}
ENHANCED = chain("enhancetool")


def lines(*chunks: bytes, notes: list[str] | None = None) -> list[str]:
    return answered(ENHANCED, *chunks, asked=ASKED, notes=notes)


@pytest.mark.parametrize(
    ("arguments", "repaired"),
    [
        ('{"command":"ls"', '{"command":"ls"}'),
        ('{"command":"ls",}', '{"command":"ls"}'),
        ("{'command': 'ls', 'background': True}", '{"command":"ls","background":true}'),
        ('{"command":"ls"}{"command":"ls"}', '{"command":"ls"}'),
        ('{"command":"ls","timeout":"50"}', '{"command":"ls","timeout":50}'),
        ('{"command":"ls","background":"true"', '{"command":"ls","background":true}'),
    ],
)
@pytest.mark.parametrize("reason", ["tool_calls", "stop"])
def test_broken_arguments_are_repaired_and_noted(arguments: str, repaired: str, reason: str) -> None:
    notes: list[str] = []
    found = lines(Chat.call(0, arguments, id="a", name="Bash"), Chat.finish(reason), notes=notes)
    assert found == [f"call Bash#a {repaired}", "stop: tool_use"]
    assert notes == ["the arguments of Bash were repaired"]


@pytest.mark.parametrize("arguments", ['{"command":5}', '{"comand":"ls"', "ls -l", '{"command":"ls","timeout":"long"}'])
def test_what_does_not_fit_the_schema_goes_on_as_it_came(arguments: str) -> None:
    notes: list[str] = []
    found = lines(Chat.call(0, arguments, id="a", name="Bash"), Chat.finish("tool_calls"), notes=notes)
    assert found == [f"call Bash#a {arguments}", "stop: tool_use"]
    assert set(notes) == {"the arguments of Bash do not fit its schema and could not be repaired"}


def test_what_the_output_limit_cut_off_is_not_completed() -> None:
    found = lines(Chat.call(0, '{"command":"rm -r /tmp/a', id="a", name="Bash"), Chat.finish("length"))
    assert found == ['call Bash#a {"command":"rm -r /tmp/a', "stop: max_tokens"]


def test_good_arguments_are_not_touched() -> None:
    notes: list[str] = []
    spaced = '{ "command" : "ls" }'
    found = lines(Chat.call(0, spaced, id="a", name="Bash"), Chat.finish("tool_calls"), notes=notes)
    assert found == [f"call Bash#a {spaced}", "stop: tool_use"]
    assert notes == []


def test_several_calls_keep_their_order_whichever_is_broken() -> None:
    found = lines(
        Chat.call(0, '{"command":"a",}', id="a", name="Bash"),
        Chat.call(1, '{"command":"b"}', id="b", name="Bash"),
        Chat.call(2, id="c", name="Now"),
        Chat.say("after"),
        Chat.finish("tool_calls"),
    )
    assert found == [
        'call Bash#a {"command":"a"}',
        'call Bash#b {"command":"b"}',
        "call Now#c",
        "text: after",
        "stop: tool_use",
    ]


def test_an_unknown_tool_gets_any_object() -> None:
    found = lines(Chat.call(0, "{'x': 1}", id="a", name="Other"), Chat.finish("tool_calls"))
    assert found == ['call Other#a {"x":1}', "stop: tool_use"]


def test_an_answer_that_broke_off_shows_no_call() -> None:
    before, error = lines(Chat.say("before"), Chat.call(0, '{"command":"l', id="a", name="Bash"))
    assert before == "text: before"
    assert error.startswith("error api_error: the provider's answer broke off")


@given(st.lists(st.integers(1, 12), max_size=12))
def test_how_the_arguments_are_cut_does_not_matter(sizes: list[int]) -> None:
    text, pieces = "{'command': 'echo {}', 'timeout': '5',}", []
    for size in sizes:
        pieces.append(text[:size])
        text = text[size:]
    calls = [Chat.call(0, piece) for piece in [*pieces, text]]
    found = lines(Chat.call(0, id="a", name="Bash"), *calls, Chat.finish("tool_calls"))
    assert found == ['call Bash#a {"command":"echo {}","timeout":5}', "stop: tool_use"]
