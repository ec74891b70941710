"""What holds for every test: generated examples are not timed, because a busy machine is no fault of the code; and a
skipped test is a failure where `CI=true`, because nobody reads skips there.

`xfail` stays what it is. A test for another operating system belongs behind a condition inside the test's table,
not behind a skip.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

CI = os.environ.get("CI") == "true"

settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def _failed_if_skipped(report: Any) -> Any:
    """Turn a report with the outcome "skipped" into a failure that gives the reason of the skip."""
    if report.outcome != "skipped" or hasattr(report, "wasxfail"):
        return report
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    report.outcome = "failed"
    report.longrepr = f"With CI=true no test may be skipped: {report.nodeid}: {reason}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, Any, Any]:
    """Skips of single tests: marks, `pytest.skip()` in a test or fixture."""
    report = yield
    return _failed_if_skipped(report) if CI else report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, Any, Any]:
    """Skips of whole modules: `pytest.importorskip()` and `allow_module_level`."""
    report = yield
    return _failed_if_skipped(report) if CI else report
