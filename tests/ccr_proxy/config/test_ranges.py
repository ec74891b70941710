"""Ranges of numbers."""

from __future__ import annotations

from typing import Any

import pytest

from ccr_proxy.config.problems import Findings
from ccr_proxy.config.ranges import parse_range


@pytest.mark.parametrize(
    ("value", "within", "outside", "words"),
    [
        ({"gt": 60_000}, [60_001], [60_000], "> 60,000"),
        ({"gte": 60_000}, [60_000], [59_999], "≥ 60,000"),
        ({"lt": "0.5"}, [0.4], [0.5], "< 0.5"),
        ({"lte": 5}, [5], [6], "≤ 5"),
        ({"gt": 1, "lt": 3}, [2], [1, 3], "> 1 and < 3"),
        ({"between": [20, 30]}, [20, 25, 30], [19, 31], "≥ 20 and ≤ 30"),
    ],
)
def test_what_lies_within(value: Any, within: list[float], outside: list[float], words: str) -> None:
    findings = Findings()
    found = parse_range(value, ("tokens",), findings)
    assert findings.found == []
    assert found is not None
    assert str(found) == words
    assert all(found.holds(number) for number in within)
    assert not any(found.holds(number) for number in outside)


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        (60_000, 'tokens must be a range, such as {"gt": 60000} or {"between": [20000, 60000]}'),
        ({}, 'tokens must be a range, such as {"gt": 60000} or {"between": [20000, 60000]}'),
        ({"gt": True}, "tokens.gt must be a number"),
        ({"gt": "nan"}, "tokens.gt must be a number"),
        ({"over": 5}, "tokens.over is not known here"),
        ({"between": 5}, "tokens.between must be two numbers, [least, most]"),
        ({"between": [1, "x"]}, "tokens.between[1] must be a number"),
        ({"between": [3, 1]}, "tokens.between must name the smaller number first"),
    ],
)
def test_every_fault_is_told(value: Any, fault: str) -> None:
    findings = Findings()
    assert parse_range(value, ("tokens",), findings) is None
    assert [finding.message for finding in findings.found] == [fault]
