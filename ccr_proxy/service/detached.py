"""Starting a process that outlives the one that starts it, with its output in a log file."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ccr_proxy.server.log_file import put_aside_if_full
from ccr_proxy.service.private_file import make_private_directory

_TAIL_BYTES = 16384


@dataclass(frozen=True, slots=True)
class DetachedProcess:
    """A started process and the place in its log where its own lines begin."""

    process: subprocess.Popen[bytes]
    log_path: Path
    log_start: int

    def exit_code(self) -> int | None:
        """The exit code once it has ended, else None."""
        return self.process.poll()

    def end(self) -> None:
        """End it now and wait until it is gone."""
        self.process.kill()
        self.process.wait()

    def let_go(self) -> None:
        """Leave it running: this process will neither wait for it nor warn that it did not."""
        if self.process.returncode is None:
            self.process.returncode = 0

    def log_tail(self, lines: int = 15) -> tuple[str, ...]:
        """The last lines it has written itself, without those of earlier starts."""
        try:
            with self.log_path.open("rb") as log:
                size = log.seek(0, os.SEEK_END)
                log.seek(max(self.log_start, size - _TAIL_BYTES))
                text = log.read().decode("utf-8", "replace")
        except OSError:
            return ()
        return tuple(line.rstrip() for line in text.splitlines() if line.strip())[-lines:]


def start_detached(
    command: Sequence[str], *, environment: Mapping[str, str], directory: Path, log_path: Path
) -> DetachedProcess:
    """Start `command` without terminal, in its own session, writing to `log_path` (0600). Raises OSError."""
    make_private_directory(log_path.parent)
    _put_full_log_aside(log_path)
    descriptor = os.open(log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        log_start = os.lseek(descriptor, 0, os.SEEK_END)
        process = _spawn(command, environment, directory, descriptor)
    finally:
        os.close(descriptor)
    return DetachedProcess(process, log_path, log_start)


def _spawn(
    command: Sequence[str], environment: Mapping[str, str], directory: Path, output: int
) -> subprocess.Popen[bytes]:
    if sys.platform != "win32":
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environment,
            cwd=directory,
            start_new_session=True,
            umask=0o077,
        )
    # CREATE_NO_WINDOW rather than DETACHED_PROCESS: the launcher that a virtual environment puts before python.exe
    # would open a console of its own.
    flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
    try:
        return _spawn_on_windows(command, environment, directory, output, flags | subprocess.CREATE_BREAKAWAY_FROM_JOB)
    except OSError:
        # A terminal may put its tabs into a job that forbids leaving; then the gateway ends with the tab.
        os.write(output, b"warning: the terminal does not let the gateway outlive it\n")
        return _spawn_on_windows(command, environment, directory, output, flags)


def _spawn_on_windows(
    command: Sequence[str], environment: Mapping[str, str], directory: Path, output: int, flags: int
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        env=environment,
        cwd=directory,
        creationflags=flags,
    )


def _put_full_log_aside(log_path: Path) -> None:
    try:
        put_aside_if_full(log_path)
    except OSError:
        # On Windows the previous gateway may still be finishing and hold it; it bounds the log itself.
        return
