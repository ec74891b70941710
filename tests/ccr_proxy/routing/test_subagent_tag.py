"""The tag is found wherever it begins a system block or an opening prompt, and taken out without touching the rest."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.routing.subagent_tag import subagent_model_of, without_subagent_tag

TAG = "<CCR-SUBAGENT-MODEL>openrouter,glm-4.6</CCR-SUBAGENT-MODEL>"
NAMED = "openrouter,glm-4.6"


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def user(content: Any) -> dict[str, Any]:
    return {"role": "user", "content": content}


AGENT = [text("x-anthropic-billing-header: x"), text("You are a Claude agent."), text(f"{TAG}\nExplore the code.")]
ANSWER = {"role": "assistant", "content": "ok"}


@pytest.mark.parametrize(
    ("name", "body", "model"),
    [
        ("third system block, as current clients send it", {"system": AGENT}, NAMED),
        ("second, as CCR expects it", {"system": [text("a"), text(TAG + "b")]}, NAMED),
        ("first", {"system": [text(TAG + "b")]}, NAMED),
        ("a system string", {"system": TAG + "b"}, NAMED),
        ("a prompt string", {"messages": [user(TAG + " do it")]}, NAMED),
        ("after a reminder", {"messages": [user([text("<system-reminder>x"), text(TAG + "do it")])]}, NAMED),
        ("in the second opening message", {"messages": [user("image"), user(TAG)]}, NAMED),
        ("behind blank lines", {"system": [text("\n\n " + TAG)]}, NAMED),
        ("with blanks inside", {"system": "<CCR-SUBAGENT-MODEL> a,b \n</CCR-SUBAGENT-MODEL>"}, "a,b"),
        ("mid-text", {"system": [text("Use " + TAG)]}, None),
        ("in a later prompt", {"messages": [user("a"), ANSWER, user(TAG)]}, None),
        ("never closed", {"system": "<CCR-SUBAGENT-MODEL>a,b"}, None),
        ("empty", {"system": "<CCR-SUBAGENT-MODEL></CCR-SUBAGENT-MODEL>x"}, None),
        ("in a tool result", {"messages": [user([{"type": "tool_result", "content": TAG}])]}, None),
        ("wrong types", {"system": 5, "messages": [None, {"content": [None, {"type": "text", "text": 1}]}]}, None),
    ],
)
def test_the_tag_is_found_at_the_start_of_a_text(name: str, body: dict[str, Any], model: str | None) -> None:
    before = copy.deepcopy(body)
    assert subagent_model_of(body) == model, name
    cleaned = without_subagent_tag(body)
    assert subagent_model_of(cleaned) is None, name
    assert body == before, name


@pytest.mark.parametrize(
    ("name", "body", "cleaned"),
    [
        ("the rest of the block stays", {"system": AGENT}, {"system": [*AGENT[:2], text("Explore the code.")]}),
        (
            "other fields of the block stay",
            {"system": [{**text(TAG + "x"), "cache_control": {"type": "ephemeral"}}]},
            {"system": [{**text("x"), "cache_control": {"type": "ephemeral"}}]},
        ),
        ("a block without anything else goes", {"system": [text(TAG), text("b")]}, {"system": [text("b")]}),
        ("an empty block of the client's stays", {"system": [text(""), text("b")]}, {"system": [text(""), text("b")]}),
        ("the last block stays, empty", {"messages": [user([text(TAG)])]}, {"messages": [user([text("")])]}),
        (
            "later messages stay",
            {"messages": [user(TAG + "a"), ANSWER, user(TAG + "b")]},
            {"messages": [user("a"), ANSWER, user(TAG + "b")]},
        ),
        ("nothing to take out", {"model": "m", "messages": []}, {"model": "m", "messages": []}),
    ],
)
def test_only_the_tag_is_taken_out(name: str, body: dict[str, Any], cleaned: dict[str, Any]) -> None:
    assert without_subagent_tag(body) == cleaned, name


@given(st.lists(st.text(max_size=20), min_size=1, max_size=4), st.integers(0, 3))
def test_any_text_survives_a_tag_before_it(texts: list[str], at: int) -> None:
    at %= len(texts)
    texts = [words.strip() or "x" for words in texts]
    tagged = [text(TAG + words if index == at else words) for index, words in enumerate(texts)]
    assert without_subagent_tag({"system": tagged}) == {"system": [text(words) for words in texts]}
