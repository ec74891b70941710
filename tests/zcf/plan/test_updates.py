"""Which versions are behind."""

from __future__ import annotations

import pytest

from zcf.plan.updates import Standing, is_major_step, standing


@pytest.mark.parametrize(
    ("installed", "newest", "expected", "major"),
    [
        ("0.1.0", "0.1.0", Standing.CURRENT, False),
        ("0.10.0", "0.9.9", Standing.CURRENT, False),
        ("2.1.197", "2.1.332", Standing.BEHIND, False),
        ("2.0.0", "3.1.1", Standing.BEHIND, True),
        ("1.0.0rc1", "1.0.0", Standing.BEHIND, False),
        (None, "1.0.0", Standing.UNKNOWN, False),
        ("1.0.0", None, Standing.UNKNOWN, False),
        ("unreadable", "1.0.0", Standing.UNKNOWN, False),
    ],
)
def test_standings(installed: str | None, newest: str | None, expected: Standing, major: bool) -> None:
    assert standing(installed, newest) is expected
    assert is_major_step(installed, newest) is major
