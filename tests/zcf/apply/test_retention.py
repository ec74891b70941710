"""Twenty copies of a file are kept, the first one besides, and nothing that is not ours in form is deleted."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from zcf.apply.backup import backups_of
from zcf.apply.receipts import last_receipt
from zcf.apply.retention import KEPT
from zcf.apply.transaction import apply_plan, take_back
from zcf.plan.changes import FileChange

START = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


def change(folder: Path, minute: int) -> None:
    """One more run that changes the file, `minute` minutes after the start."""
    file = folder / "settings.json"
    before = file.read_bytes() if file.exists() else None
    apply_plan(
        [FileChange(file, before, f"{minute}".encode(), ())],
        directory=folder / "state",
        command="api key",
        gateway_was_running=True,
        now=START + timedelta(minutes=minute),
    )


def minutes(folder: Path) -> list[int]:
    return [round((backup.created - START).total_seconds() / 60) for backup in backups_of(folder / "settings.json")]


def test_the_newest_twenty_and_the_first_are_kept_after_every_run(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_bytes(b"mine")
    for minute in range(KEPT + 5):
        change(tmp_path, minute)
    assert minutes(tmp_path) == [*range(KEPT + 4, 4, -1), 0]
    assert backups_of(tmp_path / "settings.json")[-1].copy.read_bytes() == b"mine"


def test_undo_keeps_to_it_too(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_bytes(b"mine")
    for minute in range(KEPT):
        change(tmp_path, minute)
    receipt = last_receipt(tmp_path / "state")
    assert receipt is not None
    edited = FileChange(file, file.read_bytes(), b"edited", ())
    take_back([edited], [], receipt, directory=tmp_path / "state", now=START + timedelta(days=1))
    assert len(minutes(tmp_path)) == KEPT + 1
    assert minutes(tmp_path)[-1] == 0


def test_with_a_clock_that_was_set_back_the_copy_made_just_now_stays(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_bytes(b"mine")
    for minute in (*range(100, 100 + KEPT + 1), 1):
        change(tmp_path, minute)
    receipt = last_receipt(tmp_path / "state")
    assert receipt is not None
    assert receipt.files[0].backup is not None
    assert receipt.files[0].backup.exists()


@pytest.mark.parametrize(
    "name",
    [
        "settings.json.bak",
        "settings.json.2026-11-23T07-00-00Z.bak",
        "settings.json.2026-99-23T07-00-00-000Z.bak",
        "settings.json.mine.2026-11-23T07-00-00-000Z.bak",
        "settings.json.2026-11-23T07-00-00-000Z.bak.old",
        "other.json.2026-11-23T07-00-00-000Z.bak",
    ],
)
def test_a_file_of_another_form_is_no_backup_of_ours(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch(0o600)
    assert backups_of(tmp_path / "settings.json") == ()


@pytest.mark.skipif(sys.platform == "win32", reason="modes and links")
def test_what_others_can_read_a_folder_or_a_link_is_not_ours(tmp_path: Path) -> None:
    """Claude Code Router names its copies as we do, and leaves them open."""
    (tmp_path / "config.json.2026-11-23T07-00-00-000Z.bak").touch(0o644)
    (tmp_path / "config.json.2026-11-23T07-00-00-001Z.bak").mkdir(0o600)
    (tmp_path / "config.json.2026-11-23T07-00-00-002Z.bak").symlink_to(tmp_path)
    assert backups_of(tmp_path / "config.json") == ()


def test_copies_stand_beside_the_file_that_a_link_leads_to(tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "real.json"
    real.parent.mkdir()
    real.with_name("real.json.2026-11-23T07-00-00-000Z.bak").touch(0o600)
    (tmp_path / "settings.json").symlink_to(real)
    (found,) = backups_of(tmp_path / "settings.json")
    assert (found.file, found.created) == (tmp_path / "settings.json", START)


@pytest.mark.parametrize("trouble", ["unlink", "receipt"])
def test_copies_that_cannot_be_deleted_do_not_fail_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    (tmp_path / "settings.json").write_bytes(b"mine")
    for minute in range(KEPT + 1):
        change(tmp_path, minute)
    original = Path.unlink

    def unlink(path: Path, **options: bool) -> None:
        if path.suffix == ".bak":
            raise PermissionError(13, "Permission denied")
        original(path, **options)

    if trouble == "unlink":
        monkeypatch.setattr(Path, "unlink", unlink)
    else:
        (tmp_path / "state" / "receipts" / "0001.json").write_text("{")
    change(tmp_path, 100)
    assert (tmp_path / "settings.json").read_bytes() == b"100"
    assert len(minutes(tmp_path)) == KEPT + 2
