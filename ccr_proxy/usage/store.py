"""What is written into the ledger's file. Every call is one transaction, or several whole ones."""

from __future__ import annotations

from collections.abc import Sequence

from ccr_proxy.usage.database import Connection, transaction
from ccr_proxy.usage.quarters import QUARTER_SECONDS
from ccr_proxy.usage.request_record import RequestRecord
from ccr_proxy.usage.rows import QuarterKey, attempt_rows, quarter_sums, request_row

_TOKENS = ("input", "output", "cache_read", "cache_write_5m", "cache_write_1h", "reasoning")
REQUEST_COLUMNS = (
    "request_id", "shown_id", "message_id", "at", "session", "project", "subagent", "client_key", "requested_model",
    "route", "rule", "provider", "model", "key_label", "status", "outcome", "error_class", "attempts",
    "first_token_ms", "total_ms", "streamed", *_TOKENS, "reported",
)  # fmt: skip
ATTEMPT_COLUMNS = (
    "request", "number", "provider", "model", "key_label", "status", "failure", "verdict", "total_ms",
    "first_token_ms", "pause_ms", *_TOKENS, "reported",
)  # fmt: skip
SUMS = ("requests", "attempts", "failed", *_TOKENS)

# Rows that one transaction deletes: others may write in between.
_DELETED_AT_ONCE = 2000


def _insert(table: str, columns: Sequence[str]) -> str:
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    return f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - names are ours


_INSERT_REQUEST = _insert("requests", REQUEST_COLUMNS)
_INSERT_ATTEMPT = _insert("attempts", ATTEMPT_COLUMNS)
_ADD_TO_QUARTER = (
    _insert("quarters", (*QuarterKey._fields, *SUMS))
    + f" ON CONFLICT ({', '.join(QuarterKey._fields)}) DO UPDATE SET "
    + ", ".join(f"{name} = {name} + excluded.{name}" for name in SUMS)
)


def write(connection: Connection, records: Sequence[RequestRecord]) -> None:
    """Add records, all or none."""
    with transaction(connection):
        for record in records:
            number = connection.execute(_INSERT_REQUEST, request_row(record)).lastrowid
            connection.executemany(_INSERT_ATTEMPT, ((number, *row) for row in attempt_rows(record)))
        sums = quarter_sums(records)
        connection.executemany(_ADD_TO_QUARTER, ((*key, *amounts) for key, amounts in sums.items()))


def forget_before(connection: Connection, seconds: float) -> int:
    """Delete what is from before a time, in Unix seconds. Returns the number of requests that were deleted."""
    forgotten = 0
    while True:
        with transaction(connection):
            oldest = "SELECT id FROM requests WHERE at < ? ORDER BY at LIMIT ?"
            found = connection.execute(oldest, (round(seconds * 1000), _DELETED_AT_ONCE)).fetchall()
            connection.executemany("DELETE FROM attempts WHERE request = ?", found)
            connection.executemany("DELETE FROM requests WHERE id = ?", found)
        forgotten += len(found)
        if len(found) < _DELETED_AT_ONCE:
            break
    with transaction(connection):
        connection.execute("DELETE FROM quarters WHERE quarter < ?", (int(seconds) - QUARTER_SECONDS,))
    return forgotten
