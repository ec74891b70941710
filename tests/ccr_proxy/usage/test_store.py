"""Writing and forgetting, in one transaction each."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccr_proxy.usage.database import Connection, open_for_writing
from ccr_proxy.usage.store import forget_before, write
from tests.ccr_proxy.usage.records import DAY, HOUR, NOON, attempt, record, refused


def count(connection: Connection, table: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def sums(connection: Connection, source: str) -> tuple[int, ...]:
    names = ("input", "output", "cache_read", "cache_write_5m", "cache_write_1h", "reasoning")
    columns = ", ".join(f"total({name})" for name in names)
    return tuple(map(int, connection.execute(f"SELECT {columns} FROM {source}").fetchone()))


def test_requests_attempts_and_quarters_tell_the_same_tokens(tmp_path: Path) -> None:
    connection = open_for_writing(tmp_path / "usage.sqlite3")
    for batch in range(3):
        write(connection, [record(refused(), attempt("q,n"), at=NOON + batch), record(at=NOON + batch * HOUR)])
    assert (count(connection, "requests"), count(connection, "attempts")) == (6, 9)
    assert sums(connection, "requests") == sums(connection, "attempts") == sums(connection, "quarters")
    assert sums(connection, "requests")[0] == 600
    assert connection.execute("SELECT sum(requests), sum(attempts) FROM quarters").fetchone() == (6, 9)
    connection.close()


def test_of_a_batch_that_cannot_be_written_nothing_is(tmp_path: Path) -> None:
    connection = open_for_writing(tmp_path / "usage.sqlite3")
    with pytest.raises(KeyError):
        write(connection, [record(), record(outcome="unheard of")])
    assert [count(connection, table) for table in ("requests", "attempts", "quarters")] == [0, 0, 0]
    connection.close()


def test_what_is_too_old_goes_and_nothing_else(tmp_path: Path) -> None:
    connection = open_for_writing(tmp_path / "usage.sqlite3")
    old = [record(refused(), attempt(), at=NOON - DAY - number) for number in range(2500)]
    write(connection, [*old, record(at=NOON)])
    assert forget_before(connection, NOON - DAY / 2) == 2500
    assert [count(connection, table) for table in ("requests", "attempts", "quarters")] == [1, 1, 1]
    assert sums(connection, "requests") == sums(connection, "quarters")
    connection.close()
