"""The ledger of a running gateway: everything arrives, and nothing that is wrong with its file is felt by a request."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ccr_proxy.usage.database import LedgerFault, open_for_writing, reading
from ccr_proxy.usage.ledger import Ledger, Pace
from ccr_proxy.usage.store import write
from tests.ccr_proxy.usage.records import DAY, NOON, record

AT_ONCE = Pace(gather=0.0, again=0.01)


@contextmanager
def running(path: Path, pace: Pace = AT_ONCE) -> Iterator[Ledger]:
    ledger = Ledger(path, 30, unix_time=lambda: NOON, pace=pace)
    ledger.start()
    yield ledger
    ledger.close()


def until(condition: Callable[[], object]) -> None:
    """Wait for what another thread does."""
    for _ in range(1000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it did not happen within 10 s")


def ids(path: Path) -> list[str]:
    with reading(path) as connection:
        return [row[0] for row in connection.execute("SELECT request_id FROM requests ORDER BY id")]


def has_rows(path: Path) -> bool:
    try:
        return bool(ids(path))
    except LedgerFault:
        return False


def test_everything_that_was_recorded_is_in_the_file_after_the_end(tmp_path: Path) -> None:
    path = tmp_path / "usage.sqlite3"
    with running(path, Pace(gather=60)) as ledger:
        for number in range(2500):
            ledger.record(record(id=f"req_{number}"))
    assert ids(path) == [f"req_{number}" for number in range(2500)]
    assert (ledger.problem(), ledger.dropped) == ("", 0)


def test_what_exceeds_the_queue_is_dropped_and_counted_and_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ledger = Ledger(tmp_path / "usage.sqlite3", 30, pace=Pace(waiting=3))
    for number in range(5):
        ledger.record(record(id=f"req_{number}"))
    assert ledger.dropped == 2
    ledger.start()
    ledger.close()
    assert ids(ledger.path) == ["req_0", "req_1", "req_2"]
    assert "2 requests are missing" in caplog.text


def test_a_broken_file_is_set_aside_with_its_content_and_a_new_one_begins(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "usage.sqlite3"
    path.write_bytes(b"no database " * 1000)
    with running(path) as ledger:
        ledger.record(record(id="req_1"))
    assert ids(path) == ["req_1"]
    (kept,) = tmp_path.glob("*.broken-*")
    assert (kept.name, kept.read_bytes()) == ("usage.sqlite3.broken-20261125T120000Z", b"no database " * 1000)
    assert [entry.message for entry in caplog.records] == [
        f"{path} was broken: it lies in {kept} now, and a new one has begun"
    ]


def test_a_file_that_breaks_while_it_is_used_is_set_aside_too(tmp_path: Path) -> None:
    path = tmp_path / "usage.sqlite3"
    with running(path) as ledger:
        ledger.record(record(id="req_1"))
        until(lambda: has_rows(path))
        with sqlite3.connect(path) as other:
            other.execute("DROP TABLE quarters")
        other.close()
        ledger.record(record(id="req_2"))
    assert ids(path) == ["req_2"]
    (kept,) = (each for each in tmp_path.glob("*.broken-*") if each.name.endswith("Z"))
    with sqlite3.connect(kept) as other:
        assert other.execute("SELECT request_id FROM requests").fetchall() == [("req_1",)]
    other.close()


@pytest.mark.parametrize("way", ["locked", "no folder"])
def test_a_file_that_cannot_be_written_is_told_once_and_tried_again(
    tmp_path: Path, way: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    folder = tmp_path / "folder"
    path = folder / "usage.sqlite3"
    if way == "no folder":
        folder.write_text("a file stands where the folder should be")
    else:
        holder = open_for_writing(path)
        holder.execute("BEGIN IMMEDIATE")
    with running(path) as ledger:
        ledger.record(record(id="req_1"))
        until(ledger.problem)
        ledger.record(record(id="req_2"))
        if way == "no folder":
            folder.unlink()
        else:
            holder.execute("COMMIT")
            holder.close()
        until(lambda: not ledger.problem())
    assert ids(path) == ["req_1", "req_2"]
    told = [entry.message.partition(":")[0] for entry in caplog.records]
    assert told == ["usage is not recorded at present", f"usage is recorded again in {path}"]
    assert ledger.dropped == 0


def test_a_ledger_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "usage.sqlite3"
    with sqlite3.connect(path) as newer:
        newer.execute("PRAGMA user_version = 999")
    newer.close()
    before = path.read_bytes()
    with running(path) as ledger:
        ledger.record(record())
        until(ledger.problem)
    assert "newer version" in ledger.problem()
    assert (path.read_bytes(), ledger.dropped) == (before, 1)
    assert list(tmp_path.glob("*broken*")) == []


def test_a_deleted_file_begins_again(tmp_path: Path) -> None:
    path = tmp_path / "usage.sqlite3"
    with running(path) as ledger:
        ledger.record(record(id="req_1"))
        until(lambda: has_rows(path))
        for each in tmp_path.iterdir():
            each.unlink()
        ledger.record(record(id="req_2"))
    assert ids(path) == ["req_2"]


def test_two_gateways_write_into_one_file(tmp_path: Path) -> None:
    path = tmp_path / "usage.sqlite3"
    with running(path) as one, running(path) as other:
        for number in range(200):
            (one, other)[number % 2].record(record(id=f"req_{number}"))
    assert sorted(ids(path)) == sorted(f"req_{number}" for number in range(200))
    assert one.problem() == other.problem() == ""


def test_what_is_older_than_keep_days_goes_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "usage.sqlite3"
    connection = open_for_writing(path)
    write(connection, [record(id="req_old", at=NOON - 31 * DAY), record(id="req_young", at=NOON - 29 * DAY)])
    connection.close()
    with running(path):
        until(lambda: ids(path) == ["req_young"])
