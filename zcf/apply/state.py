"""Where zcf keeps what it remembers: one directory per user, given by the platform's rules.

    Linux    ~/.local/state/zcf                     (or $XDG_STATE_HOME/zcf)
    macOS    ~/Library/Application Support/zcf
    Windows  %LOCALAPPDATA%\\zcf

It holds `lock`, `receipts/NNNN.json`, `profiles.json` and `preferences.json`. It is not inside `~/.claude-code-router`,
which users delete to start afresh: the way back must survive that.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from zcf.apply.atomic_write import PRIVATE_FILE_MODE
from zcf.apply.directories import make_directories, remove_empty
from zcf.errors import refused

LOCK_PATIENCE_IN_SECONDS = 5.0


def state_directory() -> Path:
    """The directory, which need not exist yet."""
    from platformdirs import user_state_path

    return user_state_path("zcf", appauthor=False)


@contextmanager
def locked(directory: Path, patience: float = LOCK_PATIENCE_IN_SECONDS) -> Iterator[None]:
    """Keep a second zcf from changing files at the same time. Raises Refusal when one does for too long."""
    from filelock import FileLock, Timeout

    lock_file = directory / "lock"
    lock = FileLock(lock_file, mode=PRIVATE_FILE_MODE)
    with ExitStack() as leaving:
        try:
            made = make_directories(directory)
            leaving.callback(_remove_unused, directory, lock_file, made)
            lock.acquire(timeout=patience)
        except Timeout:
            # Whoever holds the lock needs its file.
            leaving.pop_all()
            raise refused("lock.busy", path=lock_file) from None
        except OSError as error:
            raise refused("apply.failed", path=directory, reason=error.strerror or error) from error
        leaving.callback(lock.release)
        yield


def _remove_unused(directory: Path, lock_file: Path, made: tuple[Path, ...]) -> None:
    """A directory that was made for the lock and holds nothing else goes with it."""
    if made and not (directory / "receipts").exists():
        lock_file.unlink(missing_ok=True)
        remove_empty(made)
