"""The background gateway's log stays bounded: a full file is put aside, and only a few of those are kept.

Everything that the process writes, a crash's last words included, goes to its standard error, and that is the log. So
not a file object but the descriptor itself moves on to the new file; nothing between the two is lost.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TextIO

# With the three files put aside a log takes 20 MB at most: some 150,000 requests.
FULL_BYTES = 5 * 1024 * 1024
_KEPT = 3
_STANDARD_OUTPUT, _STANDARD_ERROR = 1, 2


class BoundedLog:
    """A stream for a log handler: writes to `stream`, whose descriptor is `error`, and keeps the file at `path` small.

    It does so only where the descriptor leads to that file at first: with standard error in a terminal, a journal or
    another file it only writes. `output` is a second descriptor that may lead to the log, and then moves with it.
    """

    def __init__(
        self,
        path: Path,
        stream: TextIO,
        *,
        error: int = _STANDARD_ERROR,
        output: int = _STANDARD_OUTPUT,
        full_bytes: int = FULL_BYTES,
    ) -> None:
        self._path = path
        self._stream = stream
        self._descriptors = (error, output)
        self._full_bytes = full_bytes
        self._bounded = _is_same(path, os.fstat(error))

    def write(self, text: str) -> int:
        """Write a line, or a part of one."""
        return self._stream.write(text)

    def flush(self) -> None:
        """After each record: what is written is on its way to the disk, and a full file is put aside."""
        self._stream.flush()
        if self._bounded:
            try:
                self._keep_small()
            except OSError as error:
                self._bounded = False
                self._stream.write(f"warning: the log is not bounded any more: {error.strerror or error}\n")

    def _keep_small(self) -> None:
        log = os.fstat(self._descriptors[0])
        if _is_same(self._path, log):
            if log.st_size <= self._full_bytes:
                return
            put_aside(self._path)
        # Else another has put it aside (one gateway while it takes over from another, logrotate), or deleted it.
        self._move_on(log)

    def _move_on(self, log: os.stat_result) -> None:
        if sys.platform == "win32":
            os.lseek(self._descriptors[0], 0, os.SEEK_END)
            return
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            for descriptor in self._descriptors:
                if _is_same(descriptor, log):
                    os.dup2(fresh, descriptor)
        finally:
            os.close(fresh)


def put_aside_if_full(path: Path, full_bytes: int = FULL_BYTES) -> None:
    """Before a start: put a full log aside. Raises OSError."""
    if path.is_file() and path.stat().st_size > full_bytes:
        put_aside(path)


def put_aside(path: Path) -> None:
    """Make the log at `path` its newest generation, `gateway.log.1`, and forget the oldest. Raises OSError.

    Windows does not rename what a process has open, so there the content is copied, and the file emptied.
    """
    for number in range(_KEPT - 1, 0, -1):
        if generation(path, number).exists():
            os.replace(generation(path, number), generation(path, number + 1))
    if sys.platform == "win32":
        copy_and_empty(path)
    else:
        os.replace(path, generation(path, 1))


def copy_and_empty(path: Path) -> None:
    """What `put_aside` does on Windows in place of a rename."""
    shutil.copyfile(path, generation(path, 1))
    os.truncate(path, 0)


def generation(path: Path, number: int) -> Path:
    """The file that was put aside `number` times; 0 is the log itself."""
    return path.with_name(f"{path.name}.{number}") if number else path


def generations(path: Path) -> tuple[Path, ...]:
    """The files of the log that exist, the newest first."""
    return tuple(each for number in range(_KEPT + 1) if (each := generation(path, number)).is_file())


def _is_same(place: Path | int, file: os.stat_result) -> bool:
    try:
        return os.path.samestat(os.stat(place), file)
    except OSError:
        return False
