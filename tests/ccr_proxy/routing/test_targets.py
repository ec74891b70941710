"""Names of targets: found, missing, named twice."""

from __future__ import annotations

from typing import Any

import pytest

from ccr_proxy.config.problems import Findings
from ccr_proxy.config.schema import Config
from ccr_proxy.config.target_set import TargetSet, parse_target_set
from ccr_proxy.routing.targets import Target, named_target, resolved, unlisted_name, with_reserves

URL = {"api_base_url": "https://p/v1", "api_key": "k"}
CONFIG = Config.model_validate(
    {"Providers": [{"name": "p", "models": ["m", "n"], **URL}, {"name": "open", **URL}, {"name": "anthropic/x", **URL}]}
)


def targets(value: Any) -> TargetSet:
    found = parse_target_set(value, (), Findings())
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("P,M", Target("p", "m")),
        ("p,unlisted", Target("p", "unlisted")),
        ("n", Target("p", "n")),
        ("anthropic/p,m", Target("p", "m")),
        ("anthropic/x,m", Target("anthropic/x", "m")),
        ("q,m", None),
        ("anthropic/q,m", None),
        ("anthropic/m", None),
    ],
)
def test_what_a_name_stands_for(name: str, target: Target | None) -> None:
    assert named_target(name, CONFIG) == target


def test_a_set_keeps_what_exists_in_order_and_adds_weights_up() -> None:
    chosen = resolved(
        targets([{"use": "p,m", "weight": 2}, "q,x", {"use": "P,M", "weight": 3}, {"use": "open,z", "weight": 0}]),
        CONFIG,
    )
    assert chosen.targets == (Target("p", "m"), Target("open", "z"))
    assert (chosen.weights, chosen.missing, chosen.strategy) == ((5, 0), ("q,x",), "weighted")


@pytest.mark.parametrize(
    ("value", "name"),
    [(["p,m", "open,any"], None), (["p,m", "p,o"], "p,o"), ("q,m", "q,m"), ("n", None), ("o", "o")],
)
def test_the_first_name_that_is_not_listed(value: Any, name: str | None) -> None:
    assert unlisted_name(targets(value), CONFIG) == name


def test_reserves_follow_once() -> None:
    own = (Target("p", "m"),)
    assert with_reserves(own, ["p,n", "q,x", "p,m", "P,N"], CONFIG) == (Target("p", "m"), Target("p", "n"))
