"""What `route` may return."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.config.custom_contract import choice_of
from tests.ccr_proxy.config.json5_texts import values


@pytest.mark.parametrize("answer", [None, "", [], {}, 0, False])
def test_nothing_is_no_choice(answer: Any) -> None:
    choice = choice_of(answer)
    assert (choice.targets, choice.note) == (None, "the custom router made no choice")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("p,m", "p,m"),
        (["p,m", "p,n"], "p,m → p,n"),
        (("p,m", "p,n"), "p,m → p,n"),
        ({"use": "p,m"}, "p,m"),
        ({"use": ["p,m", "p,n"], "set": {"max_tokens": 5}}, "p,m → p,n"),
        ({"targets": ["p,m", "p,n"], "strategy": "cheapest"}, "cheapest: p,m | p,n"),
    ],
)
def test_targets_in_every_form(answer: Any, words: str) -> None:
    choice = choice_of(answer)
    assert (str(choice.targets), choice.note) == (words, "")


def test_changes_come_along() -> None:
    assert choice_of({"use": "p,m", "set": {"max_tokens": 5}}).rewrites.max_tokens == 5


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (5, 'answer must be "provider,model"'),
        (object(), 'answer must be "provider,model"'),
        (["p,m", 5], "answer[1] must be a text"),
        ({"use": "p,m", "set": {"max_tokens": "x"}}, "set.max_tokens must be a whole number above 0"),
        ({"use": "p,m", "model": "x"}, "model is not known here"),
    ],
)
def test_what_cannot_be_used_is_told(answer: Any, words: str) -> None:
    choice = choice_of(answer)
    assert choice.targets is None
    assert choice.note.startswith(f"the custom router returned what cannot be used: {words}")


@given(st.one_of(values, st.fixed_dictionaries({"use": values, "set": values})))
def test_it_never_raises(answer: Any) -> None:
    choice = choice_of(answer)
    assert (choice.targets is None) == bool(choice.note)
