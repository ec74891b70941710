"""When to ask providers how they are, without being asked by a client: `availability.health_checks`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from ccr_proxy.availability.sections import Section


class When(StrEnum):
    """OFF is never, ON_START once, PERIODIC at the start and then again and again."""

    OFF = "off"
    ON_START = "on_start"
    PERIODIC = "periodic"


@dataclass(frozen=True, slots=True)
class HealthChecks:
    """Times in seconds. `jitter` is the part of the interval by which a pause may be shorter or longer, so that many
    gateways do not ask in the same moment. `patience` is how long one answer may take to begin."""

    when: When = When.OFF
    interval: float = 300.0
    jitter: float = 0.1
    patience: float = 30.0

    def pause(self, random: Callable[[], float]) -> float:
        """Seconds until the next check. `random` gives numbers from 0 to below 1."""
        return self.interval * (1 + self.jitter * (2 * random() - 1))


def read_health_checks(above: Section) -> HealthChecks:
    """From `health_checks` of the section `above`: one of the words, or an object with `when` and the rest."""
    value = above.value("health_checks")
    data = {"when": value} if isinstance(value, str) else value
    section = Section(data, (*above.path, "health_checks"), above.findings)
    usual = HealthChecks()
    checks = HealthChecks(
        section.choice("when", When.OFF),
        section.seconds("interval_ms", usual.interval),
        _jitter(section, usual.jitter),
        section.seconds("timeout_ms", usual.patience),
    )
    section.close()
    if checks.interval < 1 or checks.patience <= 0:
        section.error("asks too often or waits too briefly: interval_ms is 1000 or more, timeout_ms 1 or more")
        return usual
    return checks


def _jitter(section: Section, default: float) -> float:
    value = section.value("jitter")
    if value is None:
        return default
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:
        return float(value)
    section.error("must be a number from 0 to 1", "jitter")
    return default
