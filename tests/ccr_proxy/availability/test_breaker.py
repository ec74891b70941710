"""One circuit: opening, cooling, and its live request."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.availability.breaker import (
    CircuitState,
    CoolDowns,
    Happened,
    Phase,
    after_failure,
    after_success,
    claimed,
    phase_of,
    released,
)
from ccr_proxy.availability.failures import TABLE, Failure

COOL = CoolDowns(failures_to_open=3, first=10.0, longest=300.0, longest_asked=3600.0, no_credit=1800.0)


def failed(
    state: CircuitState | None,
    failure: Failure,
    now: float,
    *,
    as_probe: bool = False,
    retry_after: float | None = None,
) -> CircuitState:
    return after_failure(state, Happened(failure, 500, "no", 0.0, as_probe, retry_after), now, COOL)


@pytest.mark.parametrize(
    ("failure", "retry_after", "seconds"),
    [
        (Failure.RATE_LIMITED, None, 10.0),
        (Failure.RATE_LIMITED, 42.0, 42.0),
        (Failure.RATE_LIMITED, 999_999.0, 3600.0),
        (Failure.OVERLOADED, 7.0, 7.0),
        (Failure.MISSING, None, 10.0),
        (Failure.CONNECT_TIMEOUT, None, 10.0),
        (Failure.NO_CREDIT, None, 1800.0),
        (Failure.KEY_REFUSED, None, math.inf),
        (Failure.KEY_REFUSED, 5.0, math.inf),
    ],
)
def test_one_failure_that_opens_at_once(failure: Failure, retry_after: float | None, seconds: float) -> None:
    state = failed(None, failure, 100.0, retry_after=retry_after)
    assert state.open_until == 100.0 + seconds
    assert phase_of(state, 100.0) is Phase.OPEN
    assert phase_of(state, 100.0 + min(seconds, 1e9)) is (Phase.OPEN if math.isinf(seconds) else Phase.HALF_OPEN)


def test_several_failures_in_a_row_open_and_a_success_between_starts_over() -> None:
    two = failed(failed(None, Failure.SERVER_ERROR, 1.0), Failure.SERVER_ERROR, 2.0)
    assert phase_of(two, 2.0) is Phase.CLOSED
    assert phase_of(failed(two, Failure.SERVER_ERROR, 3.0), 3.0) is Phase.OPEN
    assert after_success(two, 2.5, as_probe=False) is None


def test_each_failed_live_request_doubles_the_time_up_to_the_cap() -> None:
    state = failed(None, Failure.RATE_LIMITED, 0.0)
    lengths = []
    for _ in range(8):
        now = state.open_until or 0.0
        state = failed(claimed(state, 1), Failure.RATE_LIMITED, now, as_probe=True)
        lengths.append((state.open_until or 0.0) - now)
    assert lengths == [20.0, 40.0, 80.0, 160.0, 300.0, 300.0, 300.0, 300.0]


def test_a_live_request_that_fails_softly_opens_again_at_once() -> None:
    state = claimed(failed(None, Failure.RATE_LIMITED, 0.0), 1)
    assert phase_of(failed(state, Failure.SERVER_ERROR, 50.0, as_probe=True), 50.0) is Phase.OPEN


def test_failures_of_earlier_requests_do_not_prolong_but_the_providers_word_does() -> None:
    state = failed(None, Failure.RATE_LIMITED, 0.0)
    assert failed(state, Failure.RATE_LIMITED, 5.0) == state
    assert failed(state, Failure.RATE_LIMITED, 5.0, retry_after=60.0).open_until == 65.0
    assert failed(state, Failure.RATE_LIMITED, 5.0, retry_after=1.0).open_until == 10.0
    parked = failed(None, Failure.KEY_REFUSED, 0.0)
    assert failed(parked, Failure.RATE_LIMITED, 5.0, retry_after=60.0) == parked


def test_an_answer_from_before_the_opening_does_not_close() -> None:
    state = failed(None, Failure.RATE_LIMITED, 100.0)
    assert after_success(state, 99.0, as_probe=False) == state
    assert after_success(state, 101.0, as_probe=False) is None
    assert after_success(state, 99.0, as_probe=True) is None


def test_the_live_request_is_one_and_can_be_given_back() -> None:
    state = claimed(failed(None, Failure.RATE_LIMITED, 0.0), 1)
    assert phase_of(state, 500.0) is Phase.PROBING
    with pytest.raises(ValueError, match="one live request"):
        claimed(state, 1)
    assert phase_of(released(state), 500.0) is Phase.HALF_OPEN


@pytest.mark.parametrize("failure", [failure for failure, rule in TABLE.items() if rule.cools is None])
def test_what_cools_nothing_is_refused(failure: Failure) -> None:
    with pytest.raises(ValueError, match="does not cool"):
        failed(None, failure, 0.0)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([failure for failure, rule in TABLE.items() if rule.cools]),
            st.floats(0, 5000),
            st.none() | st.floats(0, 1e6),
        ),
        max_size=60,
    )
)
def test_no_circuit_but_a_parked_one_stays_open_beyond_its_caps(
    events: list[tuple[Failure, float, float | None]],
) -> None:
    state, now = None, 0.0
    for failure, passed, retry_after in events:
        now += passed
        as_probe = phase_of(state, now) is Phase.HALF_OPEN
        state = claimed(state, 1) if as_probe and state else state
        state = failed(state, failure, now, as_probe=as_probe, retry_after=retry_after)
        assert not state.probe
        if state.open_until is not None and not math.isinf(state.open_until):
            assert state.open_until - now <= max(COOL.longest, COOL.longest_asked, COOL.no_credit) + 1e-6
