"""When to ask providers unasked, as the configuration says it."""

from __future__ import annotations

from typing import Any

import pytest

from ccr_proxy.availability.health_checks import HealthChecks, When, read_health_checks
from ccr_proxy.availability.sections import Section
from ccr_proxy.config.problems import Finding


def read(value: Any) -> tuple[HealthChecks, list[str]]:
    findings: list[Finding] = []
    section = Section({} if value is None else {"health_checks": value}, ("availability",), findings)
    return read_health_checks(section), [finding.message for finding in findings]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, HealthChecks()),
        ("off", HealthChecks()),
        ("on_start", HealthChecks(When.ON_START)),
        ("periodic", HealthChecks(When.PERIODIC)),
        ({"interval_ms": 5000}, HealthChecks(When.OFF, 5.0)),
        (
            {"when": "periodic", "interval_ms": 60_000, "jitter": 0.5, "timeout_ms": 2500},
            HealthChecks(When.PERIODIC, 60.0, 0.5, 2.5),
        ),
    ],
)
def test_what_can_be_set(value: Any, expected: HealthChecks) -> None:
    assert read(value) == (expected, [])


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("always", "availability.health_checks.when must be one of off, on_start, periodic"),
        (7, "availability.health_checks must be an object"),
        ({"jitter": 2}, "availability.health_checks.jitter must be a number from 0 to 1"),
        ({"jitter": True}, "availability.health_checks.jitter must be a number from 0 to 1"),
        ({"interval": 5}, "availability.health_checks.interval has no effect: the name is unknown"),
        ({"interval_ms": 10}, "availability.health_checks asks too often or waits too briefly: "),
        ({"timeout_ms": 0}, "availability.health_checks asks too often or waits too briefly: "),
    ],
)
def test_what_is_wrong_is_told_and_the_default_counts(value: Any, said: str) -> None:
    checks, messages = read(value)
    assert checks == HealthChecks()
    assert len(messages) == 1
    assert messages[0].startswith(said)


@pytest.mark.parametrize(("number", "seconds"), [(0.0, 90.0), (0.5, 100.0), (0.75, 105.0)])
def test_pauses_differ_by_the_jitter(number: float, seconds: float) -> None:
    assert HealthChecks(interval=100.0, jitter=0.1).pause(lambda: number) == pytest.approx(seconds)
