"""The strategies."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.availability.selection import Option, Rota, arrange
from ccr_proxy.config.target_set import STRATEGIES, Strategy
from ccr_proxy.routing.targets import Target

A, B, C = Target("a", "m"), Target("b", "m"), Target("c", "m")


def order(strategy: Strategy, *options: Option) -> str:
    return "".join(
        option.target.provider_name for option in arrange(options, strategy, lambda able: Rota().peek("r", able))
    )


@pytest.mark.parametrize(
    ("strategy", "options", "expected"),
    [
        ("ordered", (Option(A, tokens=9, window=5), Option(B), Option(C)), "abc"),
        ("weighted", (Option(A, 1), Option(B, 3), Option(C, 2)), "bca"),
        ("weighted", (Option(A, 1), Option(B, 3, tokens=9, window=5), Option(C, 2)), "cab"),
        ("least_busy", (Option(A, under_way=2), Option(B, under_way=1), Option(C, under_way=1)), "bca"),
        ("least_busy", (Option(A, 4, under_way=3), Option(B, 1, under_way=1), Option(C, under_way=2)), "abc"),
        ("fastest", (Option(A, first_token=2), Option(B, first_token=0.5), Option(C, first_token=1)), "bca"),
        ("fastest", (Option(A, first_token=2), Option(B), Option(C, under_way=1)), "bac"),
        ("cheapest", (Option(A), Option(B, cost=2.0), Option(C, cost=1.0)), "cba"),
        ("cheapest", (Option(A, cost=9), Option(B, cost=2), Option(C, cost=1, tokens=8, window=7)), "bac"),
        ("cheapest", (Option(A, cost=1, tokens=8, window=7),), "a"),
    ],
)
def test_strategies(strategy: Strategy, options: tuple[Option, ...], expected: str) -> None:
    assert order(strategy, *options) == expected


@given(
    st.sampled_from(STRATEGIES),
    st.lists(
        st.builds(
            Option,
            st.builds(Target, st.sampled_from("abcdef"), st.just("m")),
            st.floats(0.1, 10),
            st.integers(0, 9),
            st.none() | st.integers(1, 9),
            st.integers(0, 9),
            st.none() | st.floats(0, 9),
            st.none() | st.floats(0, 9),
        ),
        unique_by=lambda option: option.target,
        max_size=6,
    ),
)
def test_no_strategy_loses_or_doubles_a_target(strategy: Strategy, options: list[Option]) -> None:
    rota = Rota()
    arranged = arrange(options, strategy, lambda able: rota.take("r", able))
    assert sorted(map(hash, arranged)) == sorted(map(hash, options))


@given(st.lists(st.integers(1, 20), min_size=2, max_size=5))
def test_turns_are_exact_after_every_full_cycle(weights: list[int]) -> None:
    options = [Option(Target(str(number), "m"), weight) for number, weight in enumerate(weights)]
    rota = Rota()
    turns = Counter(rota.take("r", options) for _ in range(sum(weights) * 3))
    assert turns == {option.target: option.weight * 3 for option in options}


def test_who_was_away_does_not_catch_up() -> None:
    rota, both = Rota(), [Option(A), Option(B)]
    for _ in range(100):
        assert rota.take("r", both[1:]) == B
    assert Counter(rota.take("r", both) for _ in range(10)) == {A: 5, B: 5}


def test_peeking_takes_no_turn_and_routes_have_their_own() -> None:
    rota, both = Rota(), [Option(A), Option(B)]
    assert [rota.peek("r", both), rota.peek("r", both), rota.take("r", both), rota.take("r", both)] == [A, A, A, B]
    assert rota.take("other", both) == A
