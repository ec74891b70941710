"""Tags anywhere in a text, as `extrathinktag` finds them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.transformers.chain import TransformerChain
from tests.ccr_proxy.protocols.transcript import Chat
from tests.ccr_proxy.transformers.asking import answered, chain

SPLIT = chain("extrathinktag")
PIECES = st.lists(st.sampled_from(["<think>", "</think>", "a", "<", "<th", "</think", "b ", "ink>", ">"]), max_size=12)


def lines(*texts: str, reason: str = "stop", split: TransformerChain = SPLIT) -> list[str]:
    return answered(split, Chat.say(*texts), Chat.finish(reason))


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Hi", ["text: Hi"]),
        ("Hi <think>Hm</think>there", ["text: Hi ", "thinking: Hm", "text: there"]),
        ("<think>a</think>b<think>c</think>d", ["thinking: a", "text: b", "thinking: c", "text: d"]),
        ("x<think>\nHm\n</think>\n\nthere", ["text: x", "thinking: Hm\n", "text: there"]),
        ("a < b and <b>c</b>", ["text: a < b and <b>c</b>"]),
        ("x</think>y", ["text: x</think>y"]),
        ("ends in <thi", ["text: ends in <thi"]),
        ("x<think></think>y", ["text: xy"]),
    ],
)
def test_tags_divide_thinking_from_text(text: str, seen: list[str]) -> None:
    assert lines(text) == [*seen, "stop: end_turn"]
    assert lines(*text) == [*seen, "stop: end_turn"]


def test_an_answer_whose_tag_was_never_closed_is_shown_as_text_too() -> None:
    found = lines(" \n<reasoning_content>All of it", split=chain("forcereasoning"))
    assert found == ["text:  \n", "thinking: All of it", "text: All of it", "stop: end_turn"]


@pytest.mark.parametrize(
    ("text", "reason", "seen"),
    [
        ("Hi<reasoning_content>more", "stop", ["text: Hi", "thinking: more", "stop: end_turn"]),
        ("<reasoning_content>cut", "length", ["thinking: cut", "stop: max_tokens"]),
    ],
)
def test_but_not_when_text_was_seen_or_the_limit_came(text: str, reason: str, seen: list[str]) -> None:
    assert lines(text, reason=reason, split=chain("forcereasoning")) == seen


def test_a_call_ends_the_reasoning() -> None:
    call = Chat.call(0, "{}", id="a", name="T")
    found = answered(SPLIT, Chat.say("x<think>Hm <"), call, Chat.say("done"), Chat.finish("tool_calls"))
    assert found == ["text: x", "thinking: Hm <", "call T#a {}", "text: done", "stop: tool_use"]


def test_reasoning_of_the_provider_passes() -> None:
    assert answered(SPLIT, Chat.think("Hm"), Chat.say("Hi"), Chat.finish()) == [
        "thinking: Hm",
        "text: Hi",
        "stop: end_turn",
    ]


@given(PIECES)
def test_nothing_but_tags_is_ever_lost(pieces: list[str]) -> None:
    text = "x" + "".join(pieces)
    found = "".join(line.partition(": ")[2] for line in lines("x", *pieces)[:-1])
    assert found == re.sub(r"<think>(.*?)(</think>|$)", r"\1", text, flags=re.DOTALL)
