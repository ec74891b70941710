"""What each condition of a rule says about a request, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.config.condition_parser import CONDITIONS, parse_condition
from ccr_proxy.config.conditions import All, AnyOf, Condition, Not, uses_project
from ccr_proxy.config.problems import Findings
from ccr_proxy.routing.background import Background
from ccr_proxy.routing.circumstances import NOTHING_KNOWN, Circumstances
from ccr_proxy.routing.facts import facts_of
from ccr_proxy.routing.rule_match import Asked, Verdict, verdict
from ccr_proxy.routing.thinking import Thinking
from ccr_proxy.routing.token_estimate import TokenCounter

PLAIN = facts_of({"model": "claude-opus-4-8", "messages": []}, {}, TokenCounter())
KNOWN = Circumstances(
    headers={"x-team": "Red", "anthropic-beta": "a,b"},
    now=datetime(2026, 1, 5, 23, 0, tzinfo=UTC),
    client_key="laptop",
    project="-home-me-work-shop",
    spent={"day": 4.5, "session": 0.2},
)


def condition(when: dict[str, Any]) -> Condition:
    findings = Findings()
    found = parse_condition(when, ("when",), findings)
    assert findings.found == []
    assert found is not None
    return found


def judged(when: dict[str, Any], circumstances: Circumstances = KNOWN, tokens: int = 1000, **facts: Any) -> Verdict:
    return verdict(condition(when), Asked(replace(PLAIN, **facts), circumstances, tokens))


TABLE: list[tuple[dict[str, Any], dict[str, Any], bool, str]] = [
    ({"tokens": {"gt": 999}}, {}, True, "1,000 tokens is > 999"),
    ({"tokens": {"between": [0, 999]}}, {}, False, "1,000 tokens is not ≥ 0 and ≤ 999"),
    ({"model": "claude-*"}, {}, True, "the model “claude-opus-4-8” fits claude-*"),
    ({"model": ["gpt*", {"regex": "^o3"}]}, {}, False, "the model “claude-opus-4-8” does not fit gpt* or ^o3"),
    ({"tools": True}, {"tools": ("Bash",)}, True, "tools are offered"),
    ({"tools": False}, {"tools": ("Bash",)}, False, "tools are offered"),
    ({"tools": "mcp__*"}, {"tools": ("Bash", "mcp__db__query")}, True, "the tool mcp__db__query is offered"),
    ({"tools": ["Web*", "mcp__*"]}, {"tools": ("Bash",)}, False, "no tool fits Web* or mcp__*"),
    ({"images": True}, {"has_image": True}, True, "there is an image"),
    ({"images": False}, {"has_image": True}, False, "there is an image"),
    ({"images": "last"}, {"has_image": True}, False, "the last turn has no image"),
    (
        {"thinking": True},
        {"thinking": Thinking.ASKED, "thinking_cue": "plan mode"},
        True,
        "thinking is asked (plan mode)",
    ),
    ({"thinking": False}, {"thinking": Thinking.OFFERED}, True, "thinking is offered"),
    ({"thinking": ["offered", "asked"]}, {}, False, "thinking is none"),
    ({"effort": ["max", "XHIGH"]}, {"effort": "xhigh"}, True, "the effort is xhigh"),
    ({"effort": "low"}, {}, False, "the effort is not given"),
    ({"plan_mode": True}, {"plan_mode": True}, True, "plan mode is on"),
    ({"subagent": True}, {}, False, "no sub-agent asks"),
    ({"background": True}, {"background": Background.TITLE}, True, "this is background work"),
    ({"background": True}, {"model": "claude-haiku-4-5"}, True, "this is background work"),
    ({"background": False}, {}, True, "this is no background work"),
    ({"web_search": True}, {"has_web_search": True}, True, "a web search is offered"),
    ({"stream": False}, {"stream": True}, False, "a stream is wanted"),
    ({"session": "ab*"}, {"session_id": "abc"}, True, "the session “abc” fits ab*"),
    ({"session": "ab*"}, {}, False, "the session is not known"),
    ({"project": "-home-me-work-*"}, {}, True, "the project “-home-me-work-shop” fits -home-me-work-*"),
    ({"project": "/home/me/work/*"}, {}, True, "the project “-home-me-work-shop” fits /home/me/work/*"),
    ({"project": "~/work/shop/"}, {}, True, "the project “-home-me-work-shop” fits ~/work/shop/"),
    ({"project": "/home/me/other"}, {}, False, "the project “-home-me-work-shop” does not fit /home/me/other"),
    ({"project": {"regex": "shop$"}}, {}, True, "the project “-home-me-work-shop” fits shop$"),
    ({"client_key": "LAPTOP"}, {}, True, "the client key “laptop” fits LAPTOP"),
    ({"header": {"X-Team": "red"}}, {}, True, "the header x-team fits red"),
    ({"header": {"x-team": ["blue", "green"]}}, {}, False, "the header x-team does not fit blue or green"),
    (
        {"header": {"x-team": True, "x-none": False}},
        {},
        True,
        "the header x-team is there, the header x-none is absent",
    ),
    ({"header": {"x-none": "*"}}, {}, False, "the header x-none is absent"),
    ({"time": "22:00-06:00"}, {}, True, "the time is within 22:00-06:00"),
    ({"time": ["08:00-09:00", "10:00-11:00"]}, {}, False, "the time is not within 08:00-09:00 or 10:00-11:00"),
    ({"spend": {"gt": 4}}, {}, True, "$4.50 spent this day is > 4"),
    ({"spend": {"lt": 0.1, "per": "session"}}, {}, False, "$0.20 spent this session is not < 0.1"),
    ({}, {}, True, "applies always"),
    ({"all": [{"stream": False}, {"tokens": {"lt": 5000}}]}, {}, True, "no stream is wanted, 1,000 tokens is < 5,000"),
    ({"any": [{"stream": True}, {"images": True}]}, {}, False, "no stream is wanted, there is no image"),
    ({"any": [{"stream": True}, {"images": False}]}, {}, True, "there is no image"),
    ({"not": {"stream": True}}, {}, True, "no stream is wanted"),
    ({"stream": False, "images": True}, {}, False, "there is no image"),
]


@pytest.mark.parametrize(("when", "facts", "holds", "why"), TABLE)
def test_conditions(when: dict[str, Any], facts: dict[str, Any], holds: bool, why: str) -> None:
    assert judged(when, **facts) == Verdict(holds, why)


def test_the_table_has_every_condition() -> None:
    assert {name for when, *_ in TABLE for name in when} == set(CONDITIONS)


UNKNOWN: list[dict[str, Any]] = [{"spend": {"gt": 0}}, {"time": "00:00-24:00"}, {"project": "*"}]


@pytest.mark.parametrize("unknown", UNKNOWN)
@pytest.mark.parametrize(
    ("wrap", "holds"),
    [
        (lambda unknown: unknown, None),
        (lambda unknown: {"not": unknown}, None),
        (lambda unknown: {"all": [unknown, {"stream": False}]}, None),
        (lambda unknown: {"all": [unknown, {"stream": True}]}, False),
        (lambda unknown: {"any": [unknown, {"stream": False}]}, True),
        (lambda unknown: {"any": [unknown, {"stream": True}]}, None),
    ],
)
def test_what_is_not_known_never_makes_a_rule_apply(unknown: dict[str, Any], wrap: Any, holds: bool | None) -> None:
    found = judged(wrap(unknown), NOTHING_KNOWN)
    assert found.holds is holds
    if holds is None:
        assert "not known" in found.why


_TRUTHS = st.sampled_from([{"stream": False}, {"stream": True}, {"spend": {"gt": 0}}])
_TREES = st.recursive(
    _TRUTHS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=12,
)


@given(_TREES)
def test_combinations_follow_three_valued_logic(when: dict[str, Any]) -> None:
    assert judged(when, NOTHING_KNOWN).holds is _expected(when)


def _expected(when: dict[str, Any]) -> bool | None:
    (name, value), *_ = when.items()
    if name == "stream":
        return value is False
    if name == "spend":
        return None
    if name == "not":
        inner = _expected(value)
        return None if inner is None else not inner
    parts = [_expected(part) for part in value]
    decisive = name == "any"
    if decisive in parts:
        return decisive
    return None if None in parts else not decisive


@pytest.mark.parametrize(
    ("when", "uses"),
    [
        ({"project": "a"}, True),
        ({"any": [{"stream": True}, {"not": {"project": "a"}}]}, True),
        ({"session": "a", "stream": True}, False),
    ],
)
def test_whether_a_rule_needs_the_project(when: dict[str, Any], uses: bool) -> None:
    assert uses_project(condition(when)) is uses


def test_conditions_are_values() -> None:
    assert condition({"any": [{"stream": True}, {"not": {"stream": True}}]}) == AnyOf(
        (condition({"stream": True}), Not(condition({"stream": True})))
    )
    assert condition({"model": "a*", "stream": True}) == All((condition({"model": "a*"}), condition({"stream": True})))
