"""Reads the gateway's log: its last entries, over the files that were put aside, and what is written from now on."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from ccr_proxy.server.log_file import generations
from ccr_proxy.service.log_entries import EntryReader, LogEntry, entries

Choice = Callable[[LogEntry], bool]


def last_entries(path: Path, number: int, wanted: Choice) -> tuple[LogEntry, ...]:
    """The last `number` wanted entries, the oldest first. Raises OSError."""
    return _last(generations(path), None, number, wanted)


def follow(path: Path, number: int, wanted: Choice, pause: Callable[[], None]) -> Iterator[LogEntry]:
    """As `last_entries`, and then what is written from now on, for ever; `pause` waits between two looks.

    An entry is given once the next has begun, or once nothing was added to it for one look.
    """
    tail = _Tail(path)
    try:
        yield from _last(generations(path), tail.skip(), number, wanted)
        reader, began = EntryReader(), False
        while True:
            lines = tail.new_lines()
            for line in lines:
                yield from filter(wanted, reader.take(line))
            if began and not lines:
                yield from filter(wanted, reader.rest())
            began = bool(lines)
            pause()
    finally:
        tail.close()


def _last(files: Sequence[Path], end: int | None, number: int, wanted: Choice) -> tuple[LogEntry, ...]:
    """From `files`, the newest first; of that one only what stands before byte `end`."""
    found: deque[LogEntry] = deque()
    for index, file in enumerate(files):
        lines = _lines(file, end if index == 0 else None)
        newest: deque[LogEntry] = deque(filter(wanted, entries(lines)), maxlen=number - len(found))
        found.extendleft(reversed(newest))
        if len(found) >= number:
            break
    return tuple(found)


def _lines(file: Path, end: int | None) -> Iterator[str]:
    with file.open("rb") as log:
        for line in log:
            if end is not None and log.tell() > end:
                break
            yield _text(line)


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace").rstrip("\r\n")


class _Tail:
    """An open log and how far it was read; a file that was put aside is read to its end first."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = self._opened()
        self._begun = b""

    def skip(self) -> int:
        """Begin at the end of what is there, and say after how many bytes that is."""
        return 0 if self._file is None else self._file.seek(0, os.SEEK_END)

    def new_lines(self) -> list[str]:
        """What was written since the last look, in whole lines."""
        read = self._read()
        if self._was_replaced():
            # What was written between the two looks.
            read += self._read()
            self.close()
            self._file = self._opened()
            read += self._read()
        *whole, self._begun = (self._begun + read).split(b"\n")
        return [_text(line) for line in whole]

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _read(self) -> bytes:
        if self._file is None:
            return b""
        if os.fstat(self._file.fileno()).st_size < self._file.tell():
            # Emptied, as on Windows, where a file that is in use cannot be renamed.
            self._file.seek(0)
        return self._file.read()

    def _was_replaced(self) -> bool:
        try:
            present = self._path.stat()
        except OSError:
            return False
        return self._file is None or not os.path.samestat(os.fstat(self._file.fileno()), present)

    def _opened(self) -> BinaryIO | None:
        try:
            return self._path.open("rb")
        except FileNotFoundError:
            return None
