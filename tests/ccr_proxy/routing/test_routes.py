"""longContext, where a route has several targets, thresholds of its own, or a past."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ccr_proxy.config.schema import Config
from ccr_proxy.routing.background import Background
from ccr_proxy.routing.circumstances import Circumstances
from ccr_proxy.routing.decide import decide
from ccr_proxy.routing.facts import Facts, facts_of
from ccr_proxy.routing.thinking import Thinking
from ccr_proxy.routing.token_estimate import TokenCounter, Tokens

SETTINGS = {"small": {"context_window": 30_000}, "medium": {"context_window": 50_000}}
PROVIDER = {"name": "p", "api_base_url": "https://p/v1", "api_key": "k", "model_settings": SETTINGS}
PLAIN = facts_of({"model": "claude-opus-4-8", "messages": []}, {}, TokenCounter())
ASKED: dict[str, Any] = {"thinking": Thinking.ASKED, "thinking_cue": "plan mode"}


def route(tokens: float, router: dict[str, Any], last: int | None = None, **facts: Any) -> str:
    config = Config.model_validate({"Providers": [PROVIDER], "Router": {"longContext": "p,long", **router}})
    found: Facts = replace(PLAIN, token_counts=Tokens(tokens, tokens, tokens), **facts)
    return decide(found, config, Circumstances(last_input_tokens=last)).route


CHAIN = ["p,small", "p,medium"]
CHEAPEST = {"targets": CHAIN, "strategy": "cheapest"}


@pytest.mark.parametrize(
    ("name", "router", "tokens", "expected"),
    [
        ("a chain asks its first", {"default": CHAIN}, 31_000, "longContext"),
        ("its second may be smaller", {"default": CHAIN[::-1]}, 31_000, "default"),
        (
            "a set has room when one of it has",
            {"default": {"targets": CHAIN, "strategy": "cheapest"}},
            31_000,
            "default",
        ),
        ("or has none", {"default": {"targets": CHAIN, "strategy": "cheapest"}}, 51_000, "longContext"),
        (
            "an unknown window is room",
            {"default": {"targets": ["p,x", "p,small"], "strategy": "fastest"}},
            51_000,
            "default",
        ),
    ],
)
def test_windows_of_several_targets(name: str, router: dict[str, Any], tokens: float, expected: str) -> None:
    assert route(tokens, router) == expected, name


@pytest.mark.parametrize(
    ("tokens", "facts", "expected"),
    [
        (90_000, {}, "longContext"),
        (90_000, ASKED, "think"),
        (100_001, ASKED, "longContext"),
        (10_001, {"background": Background.TITLE}, "longContext"),
    ],
)
def test_a_route_may_have_a_threshold_of_its_own(tokens: float, facts: dict[str, Any], expected: str) -> None:
    thresholds = {"think": 100_000, "background": 10_000}
    router = {"default": "p,a", "think": "p,b", "background": "p,c", "longContextThresholds": thresholds}
    assert route(tokens, router, **facts) == expected


@pytest.mark.parametrize(
    ("name", "tokens", "last", "facts", "expected"),
    [
        ("the last answer read more than the estimate says", 50_000, 61_000, {}, "longContext"),
        ("but not more than the threshold", 50_000, 60_000, {}, "default"),
        ("after a compaction", 20_000, 150_000, {}, "default"),
        ("a sub-agent of the same session", 50_000, 150_000, {"is_subagent": True}, "default"),
        ("an errand of the same session", 50_000, 150_000, {"background": Background.TITLE}, "default"),
        ("nothing known", 50_000, None, {}, "default"),
    ],
)
def test_what_the_last_answer_reported_counts_as_in_ccr(
    name: str, tokens: float, last: int | None, facts: dict[str, Any], expected: str
) -> None:
    assert route(tokens, {"default": "p,a"}, last, **facts) == expected, name


RULE = {"name": "r", "when": {"tokens": {"gt": 60_000}}, "use": "p,low"}


@pytest.mark.parametrize(
    ("router", "tokens", "expected"),
    [
        ({"default": "p,low"}, 50_000, "longContext"),
        ({"default": "p,high"}, 70_000, "default"),
        ({"default": ["p,high", "p,low"]}, 70_000, "default"),
        ({"default": {"targets": ["p,high", "p,low"], "strategy": "fastest"}}, 50_000, "longContext"),
        ({"default": "p,small"}, 25_000, "longContext"),
        ({"default": "p,x", "rules": [RULE]}, 50_000, "rule"),
    ],
)
def test_tokens_are_those_that_the_target_would_count(router: dict[str, Any], tokens: float, expected: str) -> None:
    """`low` is estimated too low by a third, `small` by a fifth, `high` too high by a third."""
    factors = {"p,low": 1.5, "p,small": 1.25, "p,high": 0.75}
    config = Config.model_validate({"Providers": [PROVIDER], "Router": {"longContext": "p,long", **router}})
    found = replace(PLAIN, token_counts=Tokens(tokens, tokens, tokens))
    around = Circumstances(corrected=lambda target, estimate: round(estimate * factors.get(target, 1.0)))
    assert decide(found, config, around).route == expected
