"""The names of backups: Claude Code Router's, in true UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from ccr_proxy.config.backups import backup_path, stamp


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 11, 23, 7, 17, 39, 288_999, tzinfo=UTC), "2026-11-23T07-17-39-288Z"),
        (datetime(2026, 1, 1, 2, 0, 0, 5_000, tzinfo=timezone(timedelta(hours=8))), "2025-12-31T18-00-00-005Z"),
    ],
)
def test_stamps_are_utc_with_milliseconds(now: datetime, expected: str) -> None:
    assert stamp(now) == expected


def test_a_copy_of_the_same_millisecond_is_not_overwritten(tmp_path: Path) -> None:
    now = datetime(2026, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)
    backup_path(tmp_path / "a", now).write_bytes(b"first")
    assert backup_path(tmp_path / "a", now).name == "a.2027-01-01T00-00-00-000Z.bak"
