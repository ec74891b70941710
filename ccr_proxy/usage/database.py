"""The ledger's SQLite file: the only module that imports sqlite3.

The file is the owner's alone (0600); the two files that WAL mode keeps beside it get the same rights from SQLite. What
goes wrong is a LedgerFault that says what it means for the file.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ccr_proxy.usage.migrations import MIGRATIONS

Connection = sqlite3.Connection

# How long to wait for another process that is writing, in seconds.
_BUSY_SECONDS = 1.0
# What SQLite keeps beside a file in WAL mode.
_COMPANIONS = ("", "-wal", "-shm")

_BROKEN = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR})
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


class FaultKind(StrEnum):
    """BROKEN: this is no ledger, or not any more. BUSY: somebody else holds it. TOO_NEW: of a newer version of this
    program. UNUSABLE: it cannot be opened, read or written at present."""

    BROKEN = "broken"
    BUSY = "busy"
    TOO_NEW = "too new"
    UNUSABLE = "unusable"


@dataclass
class LedgerFault(Exception):
    """The ledger's file cannot be used; `message` says which and why in one line."""

    kind: FaultKind
    message: str

    def __post_init__(self) -> None:
        super().__init__(self.message)


def open_for_writing(path: Path) -> Connection:
    """The ledger at `path`, made or brought up to date where needed. Raises LedgerFault."""
    with faults_of(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # SQLite would make the file with the rights that the umask leaves.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
        try:
            _check_version(connection, path)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            _migrate(connection, path)
        except BaseException:
            connection.close()
            raise
        return connection


@contextmanager
def reading(path: Path) -> Iterator[Connection]:
    """The ledger at `path`, to be read only, also while a gateway writes. Raises LedgerFault."""
    with faults_of(path):
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_BUSY_SECONDS)
        try:
            if _check_version(connection, path) == 0:
                raise LedgerFault(FaultKind.UNUSABLE, f"{path}: holds nothing yet")
            yield connection
        finally:
            connection.close()


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """All that is written within, or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


@contextmanager
def faults_of(path: Path) -> Iterator[None]:
    """Turn what SQLite and the system say about the file at `path` into LedgerFault."""
    try:
        yield
    except sqlite3.Error as error:
        raise LedgerFault(_kind(error), f"{path}: {error}") from error
    except OSError as error:
        raise LedgerFault(FaultKind.UNUSABLE, f"{path}: {error.strerror or error}") from error


def set_aside(path: Path, stamp: str) -> Path:
    """Rename a broken ledger, with what belongs to it, so that a new one can begin. Returns where it lies now; `stamp`
    becomes part of its name. Raises LedgerFault."""
    kept = path.with_name(f"{path.name}.broken-{stamp}")
    if kept.exists():
        raise LedgerFault(FaultKind.BROKEN, f"{path}: is broken again")
    with faults_of(path):
        for suffix in _COMPANIONS:
            part = path.with_name(path.name + suffix)
            if part.exists():
                part.rename(kept.with_name(kept.name + suffix))
    return kept


def _migrate(connection: Connection, path: Path) -> None:
    if _check_version(connection, path) == len(MIGRATIONS):
        return
    with transaction(connection):
        # Another gateway may have done it meanwhile.
        for statements in MIGRATIONS[_check_version(connection, path) :]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def _check_version(connection: Connection, path: Path) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > len(MIGRATIONS):
        raise LedgerFault(FaultKind.TOO_NEW, f"{path}: was written by a newer version of this program")
    return version


def _kind(error: sqlite3.Error) -> FaultKind:
    # The lower byte is the kind of error, the rest its details (https://www.sqlite.org/rescode.html).
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in _BROKEN:
        return FaultKind.BROKEN
    return FaultKind.BUSY if code in _BUSY else FaultKind.UNUSABLE
