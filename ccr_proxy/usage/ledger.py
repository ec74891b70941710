"""The ledger of one gateway: finished requests go into a queue, and one thread writes them into the file.

Requests never wait for the disk. What cannot be written waits in memory, up to a bound, and is tried again; what is
beyond the bound is dropped and counted. A file that is broken is set aside, never deleted, and a new one begins.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue

from ccr_proxy.usage.database import Connection, FaultKind, LedgerFault, faults_of, open_for_writing, set_aside
from ccr_proxy.usage.request_record import RequestRecord
from ccr_proxy.usage.store import forget_before, write

_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Pace:
    """`gather`: seconds in which requests are gathered for one transaction, which is also what a killed process may
    lose. `again`: seconds until a file that cannot be used is tried again. `sweep`: seconds between two times at which
    what is too old is deleted. `waiting`, `at_once`: the most records that wait, and that one transaction writes."""

    gather: float = 0.25
    again: float = 5.0
    sweep: float = 6 * 3600.0
    waiting: int = 10_000
    at_once: int = 1000


USUAL_PACE = Pace()

_log = logging.getLogger("ccr_proxy.usage")


class Ledger:
    """A RecordSink. `keep_days`: how long rows are kept; `unix_time` gives the date in seconds. Between `start` and
    `close` a thread writes."""

    def __init__(
        self, path: Path, keep_days: int, *, unix_time: Callable[[], float] = time.time, pace: Pace = USUAL_PACE
    ) -> None:
        self.path = path
        self._keep_days = keep_days
        self._unix_time = unix_time
        self._pace = pace
        # None ends the thread.
        self._queue: SimpleQueue[RequestRecord | None] = SimpleQueue()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._connection: Connection | None = None
        self._sweep_at = 0.0
        self._problem = ""
        self.dropped = 0

    def record(self, record: RequestRecord) -> None:
        """Take a record, unless too many are waiting."""
        if self._queue.qsize() >= self._pace.waiting:
            self.dropped += 1
        else:
            self._queue.put(record)

    def problem(self) -> str:
        """Why nothing is written at present, "" while it is."""
        return self._problem

    def start(self) -> None:
        """Begin to write."""
        # A daemon, because a disk that hangs must not keep the process alive.
        self._thread = threading.Thread(target=self._run, name="usage-ledger", daemon=True)
        self._thread.start()

    def close(self, seconds: float = 5.0) -> None:
        """Write what is waiting and end; waits at most so many seconds."""
        self._closing.set()
        self._queue.put(None)
        if self._thread is not None:
            self._thread.join(seconds)

    def _run(self) -> None:
        try:
            self._write_until_closed()
        except Exception:  # noqa: BLE001
            # The boundary of the thread, hence blind: a defect of ours is told and ends the records, not the gateway.
            self._problem = "an internal error, see the log"
            _log.exception("usage is not recorded any more")
        finally:
            self._disconnect()

    def _write_until_closed(self) -> None:
        is_open = True
        while is_open:
            self._try(self._sweep)
            batch, is_open = self._gather()
            while batch and not self._try(partial(write, records=batch)):
                if self._closing.wait(self._pace.again):
                    self.dropped += len(batch)
                    break
        if self.dropped:
            _log.warning("%d requests are missing in %s", self.dropped, self.path)

    def _gather(self) -> tuple[list[RequestRecord], bool]:
        """Wait for records and take all that have come; False when these were the last."""
        first = self._queue.get()
        self._closing.wait(self._pace.gather)
        batch: list[RequestRecord] = []
        with suppress(Empty):
            while first is not None:
                batch.append(first)
                if len(batch) >= self._pace.at_once:
                    break
                first = self._queue.get_nowait()
        return batch, first is not None

    def _try(self, work: Callable[[Connection], object]) -> bool:
        """Do something with the file; whether it could be done."""
        try:
            with faults_of(self.path):
                work(self._connected())
        except LedgerFault as fault:
            self._disconnect()
            return self._began_anew(work) if fault.kind is FaultKind.BROKEN else self._failed(fault)
        if self._problem:
            _log.warning("usage is recorded again in %s", self.path)
        self._problem = ""
        return True

    def _connected(self) -> Connection:
        # A file that was deleted under us would take rows that nobody can ever read.
        if self._connection is not None and not self.path.exists():
            self._disconnect()
        if self._connection is None:
            self._connection = open_for_writing(self.path)
        return self._connection

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(LedgerFault), faults_of(self.path):
                connection.close()

    def _began_anew(self, work: Callable[[Connection], object]) -> bool:
        """Put a broken file aside and do the work with a new one."""
        try:
            kept = set_aside(self.path, f"{datetime.fromtimestamp(self._unix_time(), UTC):%Y%m%dT%H%M%SZ}")
            with faults_of(self.path):
                work(self._connected())
        except LedgerFault as fault:
            return self._failed(fault)
        _log.error("%s was broken: it lies in %s now, and a new one has begun", self.path, kept)
        return True

    def _failed(self, fault: LedgerFault) -> bool:
        """Told once, however often it is tried again."""
        if not self._problem:
            _log.error("usage is not recorded at present: %s", fault.message)
        self._problem = fault.message
        return False

    def _sweep(self, connection: Connection) -> None:
        now = self._unix_time()
        if now < self._sweep_at:
            return
        forget_before(connection, now - self._keep_days * _DAY)
        self._sweep_at = now + self._pace.sweep
