"""The moving average of first tokens."""

from __future__ import annotations

import pytest

from ccr_proxy.availability.speed import FORGOTTEN_AFTER_SECONDS, Speeds
from ccr_proxy.routing.targets import Target

A = Target("a", "m")


def test_the_newest_counts_most_and_old_figures_are_forgotten() -> None:
    speeds = Speeds()
    assert speeds.first_token(A, 0.0) is None
    speeds.record(A, 1.0, 0.0)
    speeds.record(A, 2.0, 10.0)
    assert speeds.first_token(A, 10.0) == pytest.approx(1.3)
    assert speeds.first_token(A, 10.0 + FORGOTTEN_AFTER_SECONDS) is None
    speeds.record(A, 5.0, 10.0 + FORGOTTEN_AFTER_SECONDS)
    assert speeds.first_token(A, 11.0 + FORGOTTEN_AFTER_SECONDS) == 5.0
