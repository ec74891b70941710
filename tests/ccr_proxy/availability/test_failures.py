"""The table of failures, the function that reads it, and the page that shows it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.availability.failures import (
    TABLE,
    Failure,
    Opening,
    Patience,
    Rule,
    Situation,
    Step,
    Verdict,
    verdict_of,
)

PAGE = Path(__file__).resolve().parents[3] / "docs" / "availability.md"


def row(failure: Failure, rule: Rule) -> str:
    """The table's row as the page shows it."""
    again = f"{rule.again}×, at once" if rule.again else "no"
    if rule.may_pass:
        again += "; if nobody else is left, after a pause"
    cools = "nothing"
    if rule.cools:
        soon = "at once" if rule.cools.opening is Opening.AT_ONCE else "after several"
        cools = f"{rule.cools.scope.value}, {soon}, {rule.cools.length.value}"
    return f"| `{failure.value}` | {rule.means} | {again} | {rule.then.value} | {cools} |"


def test_the_page_shows_the_table_as_it_is() -> None:
    shown = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert shown == [row(failure, rule) for failure, rule in TABLE.items()]


def test_every_failure_has_a_rule() -> None:
    assert set(TABLE) == set(Failure)


@pytest.mark.parametrize("failure", [Failure.REQUEST, Failure.TOO_LONG, Failure.INCAPABLE, Failure.BUSY])
def test_what_is_not_the_targets_fault_cools_nothing(failure: Failure) -> None:
    assert TABLE[failure].cools is None


@pytest.mark.parametrize(
    ("failure", "situation", "verdict"),
    [
        (Failure.REQUEST, Situation(), Verdict(Step.CLIENT)),
        (Failure.REQUEST, Situation(is_last=True), Verdict(Step.CLIENT)),
        (Failure.UNREACHABLE, Situation(), Verdict(Step.AGAIN)),
        (Failure.UNREACHABLE, Situation(repetitions=1), Verdict(Step.NEXT_PROVIDER)),
        (Failure.UNREACHABLE, Situation(repetitions=1, is_last=True), Verdict(Step.AGAIN, 0.5)),
        (Failure.UNREACHABLE, Situation(repetitions=2, is_last=True), Verdict(Step.NEXT_PROVIDER)),
        (Failure.CONNECT_TIMEOUT, Situation(is_last=True), Verdict(Step.NEXT_PROVIDER)),
        (Failure.SERVER_ERROR, Situation(), Verdict(Step.NEXT_MODEL)),
        (Failure.SERVER_ERROR, Situation(is_last=True), Verdict(Step.AGAIN, 0.5)),
        (Failure.SERVER_ERROR, Situation(is_last=True, jitter=0.0), Verdict(Step.AGAIN, 0.25)),
        (Failure.SERVER_ERROR, Situation(is_last=True, repetitions=1), Verdict(Step.NEXT_MODEL)),
        (Failure.SERVER_ERROR, Situation(is_last=True, must_not_repeat=True), Verdict(Step.NEXT_MODEL)),
        (Failure.OVERLOADED, Situation(is_last=True, retry_after=2.0), Verdict(Step.AGAIN, 2.0)),
        (Failure.OVERLOADED, Situation(is_last=True, retry_after=20.0), Verdict(Step.NEXT_MODEL)),
        (Failure.TRANSIENT, Situation(retry_after=20.0), Verdict(Step.NEXT_MODEL)),
        (Failure.RATE_LIMITED, Situation(retry_after=1.0), Verdict(Step.NEXT_KEY)),
        (Failure.RATE_LIMITED, Situation(is_last=True, retry_after=1.0), Verdict(Step.AGAIN, 1.0)),
        (Failure.RATE_LIMITED, Situation(is_last=True), Verdict(Step.NEXT_KEY)),
        (Failure.KEY_REFUSED, Situation(is_last=True), Verdict(Step.NEXT_KEY)),
        (Failure.TOO_LONG, Situation(), Verdict(Step.LARGER_MODEL)),
        (Failure.FIRST_BYTE_TIMEOUT, Situation(is_last=True), Verdict(Step.NEXT_MODEL)),
    ],
)
def test_verdicts(failure: Failure, situation: Situation, verdict: Verdict) -> None:
    assert verdict_of(failure, situation, Patience(retries=1, longest_pause=5.0, first_pause=0.5)) == verdict


@given(
    st.sampled_from(list(Failure)),
    st.integers(0, 10),
    st.booleans(),
    st.none() | st.floats(0, 10_000),
    st.booleans(),
    st.floats(0, 1),
    st.integers(0, 5),
    st.floats(0, 60),
)
def test_a_pause_stands_only_before_the_last_target_again_and_repetitions_end(
    failure: Failure,
    repetitions: int,
    is_last: bool,
    retry_after: float | None,
    must_not_repeat: bool,
    jitter: float,
    retries: int,
    longest: float,
) -> None:
    situation = Situation(repetitions, is_last, retry_after, must_not_repeat, jitter)
    verdict = verdict_of(failure, situation, Patience(retries, longest))
    if verdict.pause:
        assert verdict.step is Step.AGAIN
        assert is_last
        assert verdict.pause <= longest
    if verdict.step is Step.AGAIN:
        assert repetitions < TABLE[failure].again + retries
    if not is_last and repetitions >= TABLE[failure].again:
        assert verdict == Verdict(TABLE[failure].then)
