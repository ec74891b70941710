"""Installs an entry, removes it, and says whether it is there."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ccr_proxy.errors import ServiceFault
from ccr_proxy.service.autostart.entry import Command, Entry
from ccr_proxy.service.private_file import make_private_directory, replace_content

_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command of the system ended, and the last line of what it said."""

    code: int
    said: str


Run = Callable[[Command], Outcome]


def run_command(command: Command) -> Outcome:
    """Run it to its end. Raises ServiceFault when it does not exist or does not end."""
    program = shutil.which(command[0])
    if program is None:
        raise ServiceFault(f"this system has no {command[0]}, which would start the gateway: `ccr start` starts it")
    try:
        done = subprocess.run([program, *command[1:]], capture_output=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise ServiceFault(f"`{' '.join(command)}` does not end") from None
    said = (done.stderr.strip() or done.stdout.strip()).decode("utf-8", "replace").splitlines()
    return Outcome(done.returncode, said[-1].strip() if said else f"exit code {done.returncode}")


def require_possible(entry: Entry, run: Run = run_command) -> None:
    """Raise ServiceFault where the system cannot start anything for this user."""
    outcome = run(entry.check)
    if outcome.code:
        raise ServiceFault(
            f"{entry.system} starts nothing for this user (`{' '.join(entry.check)}`: {outcome.said}): "
            "`ccr start` starts the gateway"
        )


def install(entry: Entry, log: Path, run: Run = run_command) -> None:
    """Install the entry, in the place of one from an earlier time, and start the gateway by it.

    Raises ServiceFault, with everything as before, when the system does not take it; OSError.
    """
    before = entry.path.read_bytes() if entry.path.exists() else None
    # The log is made here, because some systems would let everybody read it.
    make_private_directory(log.parent)
    log.touch(mode=0o600)
    _withdraw(entry, run)
    entry.path.parent.mkdir(parents=True, exist_ok=True)
    replace_content(entry.path, entry.content, 0o600)
    for command in entry.install:
        outcome = run(command)
        if outcome.code:
            _take_back(entry, before, run)
            raise ServiceFault(f"{entry.system} does not take it (`{' '.join(command)}`): {outcome.said}")


def uninstall(entry: Entry, run: Run = run_command) -> None:
    """Remove the entry. Raises ServiceFault when the system has it afterwards all the same; OSError."""
    _take_back(entry, None, run)
    if is_installed(entry, run):
        raise ServiceFault(f"{entry.system} does not give it up: `{' '.join(entry.query)}` still finds it")


def is_installed(entry: Entry, run: Run = run_command) -> bool:
    """Whether the system knows the entry, or its file is there."""
    return run(entry.query).code == 0 or entry.path.exists()


def _withdraw(entry: Entry, run: Run) -> None:
    if is_installed(entry, run):
        for command in entry.withdraw:
            run(command)


def _take_back(entry: Entry, before: bytes | None, run: Run) -> None:
    for command in entry.withdraw:
        run(command)
    if before is None:
        entry.path.unlink(missing_ok=True)
    else:
        replace_content(entry.path, before, 0o600)
    for command in entry.forget if before is None else entry.install:
        run(command)
