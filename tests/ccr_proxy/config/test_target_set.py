"""The forms in which a route may name its targets."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.config.problems import Findings
from ccr_proxy.config.target_set import STRATEGIES, TargetSet, parse_target_set
from tests.ccr_proxy.config.json5_texts import values


def parsed(value: Any) -> tuple[TargetSet | None, list[str]]:
    findings = Findings()
    found = parse_target_set(value, ("Router", "default"), findings)
    return found, [finding.message for finding in findings.found]


@pytest.mark.parametrize(
    ("value", "names", "weights", "strategy", "words"),
    [
        ("a,m", ("a,m",), (1,), "ordered", "a,m"),
        (" a,m ", ("a,m",), (1,), "ordered", "a,m"),
        (["a,m", "b,n"], ("a,m", "b,n"), (1, 1), "ordered", "a,m → b,n"),
        (["a,m", {"use": "b,n"}], ("a,m", "b,n"), (1, 1), "ordered", "a,m → b,n"),
        ({"use": "a,m"}, ("a,m",), (1,), "ordered", "a,m"),
        ({"targets": ["a,m", "b,n"]}, ("a,m", "b,n"), (1, 1), "ordered", "a,m → b,n"),
        ({"targets": "a,m", "strategy": "fastest"}, ("a,m",), (1,), "fastest", "a,m"),
        (
            {"targets": ["a,m", "b,n"], "strategy": "Least_Busy"},
            ("a,m", "b,n"),
            (1, 1),
            "least_busy",
            "least busy: a,m | b,n",
        ),
        (
            [{"use": "a,m", "weight": 3}, {"use": "b,n", "weight": "1"}],
            ("a,m", "b,n"),
            (3, 1),
            "weighted",
            "weighted: a,m ×3 | b,n ×1",
        ),
        (
            {"targets": [{"use": "a,m", "weight": 3}, "b,n"], "strategy": "ordered"},
            ("a,m", "b,n"),
            (3, 1),
            "ordered",
            "a,m → b,n",
        ),
    ],
)
def test_every_form(value: Any, names: Any, weights: Any, strategy: str, words: str) -> None:
    found, faults = parsed(value)
    assert faults == []
    assert found is not None
    assert (found.names, found.weights, found.strategy, str(found)) == (names, weights, strategy, words)
    for name, path in zip(found.names, found.paths, strict=True):
        part = value
        for step in path:
            part = part[step]
        assert part.strip() == name


@pytest.mark.parametrize(
    ("value", "faults"),
    [
        (5, ['Router.default must be "provider,model", a list of these, or {"targets": [...], "strategy": "..."}']),
        ("  ", ["Router.default is empty"]),
        ([], ["Router.default names no target"]),
        (["a,m", 5, ""], ["Router.default[1] must be a text", "Router.default[2] is empty"]),
        ({}, ['Router.default.targets must be a list of "provider,model"']),
        ({"targets": []}, ["Router.default names no target"]),
        ({"targets": ["a,m", None]}, ["Router.default.targets[1] must be a text"]),
        (
            {"targets": ["a,m"], "strategy": "random"},
            [f"Router.default.strategy must be one of {', '.join(STRATEGIES)}"],
        ),
        ({"targets": ["a,m"], "weights": [1]}, ["Router.default.weights is not known here"]),
        ([{"use": "a,m", "weight": "many"}], ["Router.default[0].weight must be a number"]),
        ([{"use": "a,m", "weight": -1}], ["Router.default[0].weight must not be below 0"]),
        ([{"use": "a,m", "weight": 0}], ["Router.default needs a weight above 0"]),
        ([{"weight": 1}], ["Router.default[0].use must be a text"]),
        ({"use": "a,m", "wieght": 2}, ["Router.default.wieght is not known here"]),
    ],
)
def test_every_fault_is_told(value: Any, faults: list[str]) -> None:
    assert parsed(value) == (None, faults)


@given(st.one_of(values, st.lists(values), st.fixed_dictionaries({"targets": values, "strategy": values})))
def test_whatever_it_is_either_there_are_targets_or_a_fault(value: Any) -> None:
    found, faults = parsed(value)
    assert (found is None) == bool(faults)
