"""What a client sees of calls whose arguments are not JSON, where no transformer is configured."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ccr_proxy.protocols.transcript import Chat
from tests.ccr_proxy.transformers.asking import BASH, HELLO, answered, chain

ASKED = {**HELLO, "tools": [BASH]}
REPAIRED = ["the arguments of Bash were repaired"]
HOPELESS = ["the arguments of Bash do not fit its schema and could not be repaired"]


def lines(*chunks: bytes, notes: list[str] | None = None) -> list[str]:
    return answered(chain(), *chunks, asked=ASKED, notes=notes)


@pytest.mark.parametrize(
    ("arguments", "mended"),
    [
        ('{"command":"ls"', '{"command":"ls"}'),
        ('{"command": "ls",}', '{"command": "ls"}'),
        ("{'command': 'ls', 'background': True}", '{"command":"ls","background":true}'),
        ('{"command":"ls", "background": True}', '{"command":"ls", "background":true}'),
        ('{"command":"ls"}{"command":"ls"}', '{"command":"ls"}'),
        ('{"command":"ls"}}', '{"command":"ls"}'),
        ('{"command":"one\ntwo"}', '{"command":"one\\ntwo"}'),
        ('{"command":"grep \\d+"}', '{"command":"grep \\\\d+"}'),
    ],
)
@pytest.mark.parametrize("reason", ["tool_calls", "stop"])
@pytest.mark.parametrize("piece", [1, 3, 1_000])
def test_broken_arguments_are_mended_and_noted(arguments: str, mended: str, reason: str, piece: int) -> None:
    notes: list[str] = []
    pieces = [Chat.call(0, arguments[start : start + piece]) for start in range(0, len(arguments), piece)]
    found = lines(Chat.call(0, id="a", name="Bash"), *pieces, Chat.finish(reason), notes=notes)
    assert found == [f"call Bash#a {mended}", "stop: tool_use"]
    assert notes == REPAIRED


@pytest.mark.parametrize(
    "arguments",
    [
        '{"command":"rm -rf /',
        "{'command': 'rm -rf /",
        "{'command': 'echo {a}",
        '{"command":"ls","timeout":5',
        '{"command":5',
        '{"comand":"ls"',
        "ls -l",
    ],
)
def test_what_could_be_half_or_does_not_fit_goes_on_as_it_came(arguments: str) -> None:
    notes: list[str] = []
    found = lines(Chat.call(0, arguments, id="a", name="Bash"), Chat.finish("tool_calls"), notes=notes)
    assert found == [f"call Bash#a {arguments}", "stop: tool_use"]
    assert notes == HOPELESS


def test_what_the_output_limit_cut_off_is_not_completed() -> None:
    notes: list[str] = []
    found = lines(Chat.call(0, '{"command":"ls"', id="a", name="Bash"), Chat.finish("length"), notes=notes)
    assert found == ['call Bash#a {"command":"ls"', "stop: max_tokens"]
    assert notes == []


def test_an_answer_that_broke_off_shows_no_call() -> None:
    before, error = lines(Chat.say("before"), Chat.call(0, '{"command":"ls",}', id="a", name="Bash"))
    assert before == "text: before"
    assert error.startswith("error api_error: the provider's answer broke off")


def test_a_broken_call_among_good_ones_keeps_its_place() -> None:
    found = lines(
        Chat.say("before"),
        Chat.call(0, '{"command":"a"', id="a", name="Bash"),
        Chat.call(1, '{"command":"b"}', id="b", name="Bash"),
        Chat.say("after"),
        Chat.finish("tool_calls"),
    )
    assert found == [
        "text: before",
        'call Bash#a {"command":"a"}',
        'call Bash#b {"command":"b"}',
        "text: after",
        "stop: tool_use",
    ]


@given(st.text('{}[]",:\\abe01 \n', max_size=20), st.integers(1, 5))
def test_whatever_comes_the_arguments_are_mended_or_as_they_came(text: str, piece: int) -> None:
    notes: list[str] = []
    pieces = [Chat.call(0, text[start : start + piece]) for start in range(0, len(text), piece)]
    found = lines(Chat.call(0, id="a", name="Bash"), *pieces, Chat.finish("tool_calls"), notes=notes)
    if notes != REPAIRED and text.strip():
        assert found[0].rstrip() == f"call Bash#a {text}".rstrip()
    assert found[-1] == "stop: tool_use"
