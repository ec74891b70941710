"""Globs and regular expressions for names."""

from __future__ import annotations

from typing import Any

import pytest

from ccr_proxy.config.patterns import Pattern, parse_patterns
from ccr_proxy.config.problems import Findings


def parsed(value: Any) -> tuple[tuple[Pattern, ...] | None, list[str]]:
    findings = Findings()
    return parse_patterns(value, ("model",), findings), [finding.message for finding in findings.found]


@pytest.mark.parametrize(
    ("value", "fits", "does_not"),
    [
        ("claude-*", ["claude-opus-4-8", "Claude-", "claude-\n"], ["my-claude-3", "claude"]),
        ("*haiku*", ["claude-haiku-4-5", "HAIKU"], ["haik"]),
        ("gpt-?", ["gpt-5"], ["gpt-", "gpt-51"]),
        ("opus[1m]", ["opus[1m]"], ["opus1", "opusm"]),
        ("a.b", ["a.b"], ["axb"]),
        ({"regex": "^(glm|kimi)-"}, ["glm-4.6", "KIMI-k2"], ["my-glm-4"]),
        ({"regex": "mini"}, ["gpt-5-mini-high"], ["gpt-5"]),
        (["a*", {"regex": "z$"}], ["abc", "xyz"], ["bcd"]),
    ],
)
def test_what_fits(value: Any, fits: list[str], does_not: list[str]) -> None:
    patterns, faults = parsed(value)
    assert faults == []
    assert patterns
    for text in fits:
        assert any(pattern.fits(text) for pattern in patterns), text
    for text in does_not:
        assert not any(pattern.fits(text) for pattern in patterns), text


@pytest.mark.parametrize(
    ("value", "faults"),
    [
        (5, ["model must be a text"]),
        ("", ["model is empty"]),
        ([], ["model is an empty list"]),
        (["a", 5], ["model[1] must be a text"]),
        ({"regex": "("}, ["model.regex is not a regular expression: missing ), unterminated subpattern at position 0"]),
        ({"regexp": "a"}, ["model.regexp is not known here", "model.regex must be a text"]),
    ],
)
def test_every_fault_is_told(value: Any, faults: list[str]) -> None:
    assert parsed(value) == (None, faults)
