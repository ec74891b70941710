"""Copies of files that are about to change."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from ccr_proxy.config.backups import backup_path
from zcf.apply.backup import back_up
from zcf.plan.changes import FileChange


def test_a_copy_stands_beside_the_real_file(tmp_path: Path) -> None:
    real = tmp_path / "real" / "config.json"
    real.parent.mkdir()
    real.write_bytes(b"{}")
    (tmp_path / "config.json").symlink_to(real)
    now = datetime(2026, 11, 23, tzinfo=UTC)
    expected = real.with_name("config.json.2026-11-23T00-00-00-000Z.bak")
    assert backup_path(tmp_path / "config.json", now) == expected
    assert back_up(FileChange(tmp_path / "config.json", b"{}", b"{ }", ()), expected) == expected
    assert expected.read_bytes() == b"{}"


def test_a_new_file_has_no_backup(tmp_path: Path) -> None:
    assert back_up(FileChange(tmp_path / "new.json", None, b"{}", ()), tmp_path / "copy") is None
    assert list(tmp_path.iterdir()) == []
