"""The circuits above a candidate, and the one live request."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ccr_proxy.availability.breaker import CoolDowns, Happened
from ccr_proxy.availability.circuits import Candidate, Circuits, Claim, circuits_above
from ccr_proxy.availability.failures import TABLE, Failure
from ccr_proxy.availability.keys import ApiKey
from ccr_proxy.availability.shared_state import Circuit, StateInMemory
from ccr_proxy.routing.targets import Target

KEY_A, KEY_B = ApiKey("a", "secret-a"), ApiKey("b", "secret-b")
BIG_A, BIG_B = Candidate(Target("p", "big"), KEY_A), Candidate(Target("p", "big"), KEY_B)
SMALL_A = Candidate(Target("p", "small"), KEY_A)
OTHER = Candidate(Target("q", "big"), KEY_A)
ALL = (BIG_A, BIG_B, SMALL_A, OTHER)


def fresh() -> Circuits:
    return Circuits(StateInMemory(), CoolDowns(failures_to_open=1))


def happened(failure: Failure, began: float = 0.0, retry_after: float | None = None) -> Happened:
    return Happened(failure, 500, "no", began, retry_after=retry_after)


@pytest.mark.parametrize(
    ("failure", "held_back"),
    [
        (Failure.REQUEST, set()),
        (Failure.TOO_LONG, set()),
        (Failure.INCAPABLE, set()),
        (Failure.KEY_REFUSED, {BIG_A, SMALL_A}),
        (Failure.NO_CREDIT, {BIG_A, SMALL_A}),
        (Failure.RATE_LIMITED, {BIG_A}),
        (Failure.FORBIDDEN, {BIG_A}),
        (Failure.MISSING, {BIG_A, BIG_B}),
        (Failure.OVERLOADED, {BIG_A, BIG_B}),
        (Failure.SERVER_ERROR, {BIG_A, BIG_B}),
        (Failure.UNREACHABLE, {BIG_A, BIG_B, SMALL_A}),
        (Failure.CONNECT_TIMEOUT, {BIG_A, BIG_B, SMALL_A}),
    ],
)
def test_a_failure_holds_back_what_it_explains_and_no_more(failure: Failure, held_back: set[Candidate]) -> None:
    circuits = fresh()
    circuits.failed(BIG_A, happened(failure), (), 0.0)
    assert {candidate for candidate in ALL if circuits.wait(candidate, 0.0) > 0} == held_back


def test_a_provider_that_answers_at_all_is_reachable_again() -> None:
    circuits = fresh()
    circuits.failed(BIG_A, happened(Failure.UNREACHABLE), (), 0.0)
    mine = circuits.claim(BIG_A, 20.0)
    assert [claim.circuit for claim in mine] == [Circuit("p")]
    assert circuits.wait(SMALL_A, 20.0) > 0
    circuits.failed(BIG_A, happened(Failure.RATE_LIMITED, 20.0), mine, 21.0)
    assert circuits.wait(SMALL_A, 21.0) == 0
    assert circuits.wait(BIG_A, 21.0) == 10.0


def test_a_live_request_that_tells_nothing_lets_the_next_one_try() -> None:
    circuits = fresh()
    circuits.failed(BIG_A, happened(Failure.RATE_LIMITED), (), 0.0)
    mine = circuits.claim(BIG_A, 20.0)
    circuits.failed(BIG_A, happened(Failure.REQUEST, 20.0), mine, 21.0)
    assert circuits.wait(BIG_A, 21.0) == 0
    assert [claim.circuit for claim in circuits.claim(BIG_A, 21.0)] == [claim.circuit for claim in mine]


def test_content_closes_but_failures_in_a_row_end_only_with_a_proper_end() -> None:
    circuits = Circuits(StateInMemory(), CoolDowns(failures_to_open=2))
    circuits.failed(BIG_A, happened(Failure.BROKEN_OFF), (), 0.0)
    circuits.answered(BIG_A, 1.0, (), 2.0)
    circuits.failed(BIG_A, happened(Failure.BROKEN_OFF, 1.0), (), 3.0)
    assert circuits.wait(BIG_A, 3.0) > 0
    circuits.answered(BIG_A, 14.0, circuits.claim(BIG_A, 14.0), 15.0)
    circuits.finished(BIG_A, 14.0)
    assert list(circuits.state.circuits()) == []


def test_reset_by_provider_key_and_model() -> None:
    circuits = fresh()
    circuits.failed(BIG_A, happened(Failure.KEY_REFUSED), (), 0.0)
    circuits.failed(BIG_B, happened(Failure.MISSING), (), 0.0)
    circuits.failed(OTHER, happened(Failure.UNREACHABLE), (), 0.0)
    assert circuits.wait(BIG_A, 0.0) == math.inf
    assert circuits.reset("p", KEY_A.identity) == 1
    assert circuits.reset("p") == 1
    assert circuits.reset() == 1
    assert all(circuits.wait(candidate, 0.0) == 0 for candidate in ALL)


class OneLiveRequest(RuleBasedStateMachine):
    """Requests begin, answer, fail and are abandoned in any order and at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.circuits = fresh()
        self.now = 0.0
        self.under_way: list[tuple[Candidate, float, tuple[Claim, ...]]] = []

    @rule(seconds=st.floats(0, 400))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule(candidate=st.sampled_from(ALL), even_when_held_back=st.booleans())
    def begin(self, candidate: Candidate, even_when_held_back: bool) -> None:
        if even_when_held_back or self.circuits.wait(candidate, self.now) == 0:
            mine = self.circuits.claim(candidate, self.now)
            self.under_way.append((candidate, self.now, mine))

    @rule(data=st.data(), failure=st.sampled_from(list(TABLE)), retry_after=st.none() | st.floats(0, 9e5))
    def fail(self, data: Any, failure: Failure, retry_after: float | None) -> None:
        if self.under_way:
            candidate, began, mine = self.under_way.pop(data.draw(st.integers(0, len(self.under_way) - 1)))
            before = dict(self.circuits.state.circuits())
            self.circuits.failed(candidate, happened(failure, began, retry_after), mine, self.now)
            if TABLE[failure].cools is None and not mine:
                assert dict(self.circuits.state.circuits()) == before

    @rule(data=st.data())
    def answer(self, data: Any) -> None:
        if self.under_way:
            candidate, began, mine = self.under_way.pop(data.draw(st.integers(0, len(self.under_way) - 1)))
            self.circuits.answered(candidate, began, mine, self.now)
            self.circuits.finished(candidate, began)

    @rule(data=st.data())
    def abandon(self, data: Any) -> None:
        if self.under_way:
            _, _, mine = self.under_way.pop(data.draw(st.integers(0, len(self.under_way) - 1)))
            self.circuits.release(mine)

    @rule(provider=st.sampled_from(["", "p", "q"]))
    def reset(self, provider: str) -> None:
        self.circuits.reset(provider)

    @invariant()
    def every_live_request_is_one_that_is_under_way(self) -> None:
        held = [claim for _, _, mine in self.under_way for claim in mine]
        assert len(held) == len(set(held))
        live = {Claim(circuit, state.probe) for circuit, state in self.circuits.state.circuits() if state.probe}
        assert live <= set(held)


TestOneLiveRequest = OneLiveRequest.TestCase
TestOneLiveRequest.settings = settings(max_examples=60, stateful_step_count=40)


def test_four_circuits_stand_above_a_candidate() -> None:
    assert len(set(circuits_above(BIG_A))) == 4
