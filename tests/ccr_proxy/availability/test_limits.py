"""Requests and tokens of the last minute."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.availability.limits import Limits, MinuteWindow


def test_requests_per_minute() -> None:
    window = MinuteWindow(Limits(requests_per_minute=2))
    window.take(0.0, 10)
    window.take(10.0, 10)
    assert window.wait(20.0, 10) == 40.0
    assert window.wait(60.0, 10) == 0.0
    assert window.used(60.0) == (1, 10)


def test_tokens_per_minute_and_what_was_really_used() -> None:
    window = MinuteWindow(Limits(tokens_per_minute=100))
    entry = window.take(0.0, 80)
    assert window.wait(1.0, 30) == 59.0
    window.settle(entry, 50, 2.0)
    assert window.wait(2.0, 30) == 0.0
    window.settle(entry, 5, 70.0)
    assert window.used(70.0) == (0, 0)


def test_a_request_beyond_the_whole_limit_fits_into_an_empty_minute() -> None:
    window = MinuteWindow(Limits(tokens_per_minute=100))
    assert window.wait(0.0, 500) == 0.0
    window.take(0.0, 500)
    assert window.wait(1.0, 500) == 59.0


def test_without_limits_nothing_is_remembered() -> None:
    window = MinuteWindow(Limits())
    assert not window.limits.any
    entry = window.take(0.0, 10)
    window.settle(entry, 99, 0.0)
    assert window.used(0.0) == (0, 0)


@given(st.lists(st.tuples(st.floats(0, 30), st.integers(1, 60)), max_size=60), st.integers(1, 5), st.integers(60, 200))
def test_no_minute_ever_holds_more_than_the_limits(
    requests: list[tuple[float, int]], per_minute: int, tokens_per_minute: int
) -> None:
    window = MinuteWindow(Limits(requests_per_minute=per_minute, tokens_per_minute=tokens_per_minute))
    now, let_through = 0.0, []
    for passed, tokens in requests:
        now += passed
        now += window.wait(now, tokens)
        while window.wait(now, tokens) > 0:  # a rounding error of the addition
            now += 1e-6
        window.take(now, tokens)
        let_through.append((now, tokens))
    for start, _ in let_through:
        minute = [tokens for at, tokens in let_through if start <= at < start + 59.999]
        assert len(minute) <= per_minute
        assert sum(minute) <= tokens_per_minute
