"""`set` of a rule."""

from __future__ import annotations

from typing import Any

import pytest

from ccr_proxy.config.problems import Findings
from ccr_proxy.config.rewrites import NO_REWRITES, Rewrites, parse_rewrites


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({}, NO_REWRITES),
        ({"max_tokens": 8000}, Rewrites(max_tokens=8000)),
        ({"max_tokens": "8000", "temperature": None}, Rewrites(max_tokens=8000)),
        ({"temperature": 0, "top_p": 0.9}, Rewrites(temperature=0, top_p=0.9)),
        ({"effort": "Low", "thinking": "disabled"}, Rewrites(effort="low", thinking="disabled")),
        ({"thinking": False}, Rewrites(thinking="disabled")),
        ({"thinking": 4096}, Rewrites(thinking=4096)),
        ({"system_append": "Answer in German."}, Rewrites(system_append="Answer in German.")),
    ],
)
def test_what_may_be_set(value: Any, expected: Rewrites) -> None:
    findings = Findings()
    assert parse_rewrites(value, ("set",), findings) == expected
    assert findings.found == []
    assert bool(expected) is (expected != NO_REWRITES)


def test_tools_are_left_out_by_pattern() -> None:
    patterns = parse_rewrites({"without_tools": ["Web*", "mcp__*"]}, (), Findings()).without_tools
    assert [str(pattern) for pattern in patterns] == ["Web*", "mcp__*"]


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        (5, 'set must be an object, such as {"max_tokens": 8000}'),
        ({"max_tokens": 0}, "set.max_tokens must be a whole number above 0"),
        ({"max_tokens": 1.5}, "set.max_tokens must be a whole number above 0"),
        ({"temperature": 3}, "set.temperature must be from 0 to 2"),
        ({"top_p": "x"}, "set.top_p must be a number"),
        ({"effort": "huge"}, "set.effort must be one of minimal, low, medium, high, xhigh, max"),
        ({"thinking": 5}, 'set.thinking must be "disabled", "adaptive" or a budget of at least 1024 tokens'),
        ({"thinking": True}, 'set.thinking must be "disabled", "adaptive" or a budget of at least 1024 tokens'),
        ({"maxTokens": 5}, "set.maxTokens is not known here"),
    ],
)
def test_every_fault_is_told(value: Any, fault: str) -> None:
    findings = Findings()
    assert parse_rewrites(value, ("set",), findings) == NO_REWRITES
    assert [finding.message for finding in findings.found] == [fault]
