"""The file: whose it is, which version it has, and what is wrong with it."""

from __future__ import annotations

import sqlite3
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ccr_proxy.usage.database import FaultKind, LedgerFault, open_for_writing, reading, set_aside
from ccr_proxy.usage.migrations import MIGRATIONS
from ccr_proxy.usage.store import write
from tests.ccr_proxy.usage.records import record


def test_only_the_owner_can_read_the_files(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "usage.sqlite3"
    connection = open_for_writing(path)
    write(connection, [record()])
    modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
    connection.close()
    assert set(modes) == {"usage.sqlite3", "usage.sqlite3-wal", "usage.sqlite3-shm"}
    assert set(modes.values()) == {0o666 if sys.platform == "win32" else 0o600}


def test_a_file_of_every_version_is_brought_up_to_date_and_keeps_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "usage.sqlite3"
    connection = open_for_writing(path)
    write(connection, [record()])
    connection.close()
    connection = open_for_writing(path)
    assert connection.execute("SELECT count(*) FROM requests").fetchone() == (1,)
    assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    connection.close()


def test_it_can_be_read_while_it_is_written_and_reading_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "usage file.sqlite3"
    connection = open_for_writing(path)
    write(connection, [record()])
    with reading(path) as reader:
        assert reader.execute("SELECT count(*) FROM requests").fetchone() == (1,)
        write(connection, [record()])
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            reader.execute("DELETE FROM requests")
    connection.close()


def garbage(path: Path) -> None:
    path.write_bytes(b"this is no database " * 100)


def foreign(path: Path) -> None:
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE requests (something)")
    other.close()


def too_new(path: Path) -> None:
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA user_version = 999")
    other.close()


def a_folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (garbage, FaultKind.BROKEN),
        (foreign, FaultKind.BROKEN),
        (too_new, FaultKind.TOO_NEW),
        (a_folder, FaultKind.UNUSABLE),
    ],
)
def test_what_is_wrong_is_told_with_the_file_in_one_line(
    tmp_path: Path, make: Callable[[Path], None], kind: FaultKind
) -> None:
    path = tmp_path / "usage.sqlite3"
    make(path)
    with pytest.raises(LedgerFault) as caught:
        open_for_writing(path)
    assert caught.value.kind is kind
    assert str(path) in caught.value.message
    assert "\n" not in caught.value.message


def test_a_ledger_that_is_not_there_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(LedgerFault, match="unable to open"), reading(tmp_path / "usage.sqlite3"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_setting_aside_renames_all_parts_and_overwrites_nothing(tmp_path: Path) -> None:
    path = tmp_path / "usage.sqlite3"
    for suffix in ("", "-wal", "-shm"):
        (tmp_path / f"usage.sqlite3{suffix}").write_text(suffix)
    kept = set_aside(path, "now")
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        f"{kept.name}{suffix}" for suffix in ("", "-shm", "-wal")
    ]
    path.write_text("again")
    with pytest.raises(LedgerFault):
        set_aside(path, "now")
    assert (path.read_text(), kept.read_text()) == ("again", "")
