"""Replacing a file so that it is wholly old or wholly new, whatever happens in between.

The new bytes are written beside the target under another name, flushed to the disk, and then take the target's name in
one step. Three things a plain `os.replace` loses are kept: a symlink stays one (its target is replaced), the file's
mode, and its owner when root edits somebody else's file.

Windows answers ERROR_ACCESS_DENIED, SHARING_VIOLATION or LOCK_VIOLATION while a virus scanner or an editor looks at the
file; a few tries over half a second get past that (https://github.com/python/mypy/issues/3215 and many like it).
"""

from __future__ import annotations

import glob
import os
import stat
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PRIVATE_FILE_MODE = 0o600
PRIVATE_DIRECTORY_MODE = 0o700
_SUFFIX = ".zcf-new"
_BUSY_ON_WINDOWS = frozenset({5, 32, 33})
_PAUSES_IN_SECONDS = (0.02, 0.05, 0.1, 0.15, 0.2)


@dataclass(frozen=True, slots=True)
class Staged:
    """New bytes on the disk under a temporary name, ready to take the target's place."""

    temporary: Path
    target: Path

    def commit(self) -> None:
        """Give the new bytes the target's name. Raises OSError; the target is then unchanged."""
        replace(self.temporary, self.target)
        sync_directory(self.target.parent)

    def discard(self) -> None:
        """Remove the temporary file if it is still there."""
        self.temporary.unlink(missing_ok=True)


def stage(path: Path, content: bytes, *, private: bool = False, mode: int | None = None) -> Staged:
    """Write `content` beside `path` (beside its target, if `path` is a symlink). Raises OSError, leaving nothing.

    The mode is `mode` if given, else that of the present file, else 0600; `private` takes it from group and others.
    """
    try:
        return _staged(path, content, private=private, mode=mode)
    except OSError as error:
        # The system names the temporary file, which nobody knows.
        error.filename = str(path)
        raise


def _staged(path: Path, content: bytes, *, private: bool, mode: int | None) -> Staged:
    target = path.resolve()
    present = target.stat() if target.exists() else None
    if mode is None:
        mode = stat.S_IMODE(present.st_mode) if present else PRIVATE_FILE_MODE
    if private:
        mode &= 0o700
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=_SUFFIX, dir=target.parent)
    staged = Staged(Path(name), target)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        staged.temporary.chmod(mode)
        _keep_owner(staged.temporary, present)
    except BaseException:
        staged.discard()
        raise
    return staged


def remove_abandoned(path: Path) -> None:
    """Remove what a zcf that was killed left beside `path`; the caller holds the lock. Raises OSError."""
    for file in abandoned(path):
        file.unlink()


def abandoned(path: Path) -> tuple[Path, ...]:
    """What a zcf that was killed left beside `path`, or what one that is at work has there now."""
    target = path.resolve()
    return tuple(sorted(target.parent.glob(f".{glob.escape(target.name)}.*{_SUFFIX}")))


def write(path: Path, content: bytes, *, private: bool = False, mode: int | None = None) -> None:
    """Replace one file. Raises OSError, leaving the old content."""
    staged = stage(path, content, private=private, mode=mode)
    try:
        staged.commit()
    except BaseException:
        staged.discard()
        raise


def replace(source: Path, target: Path, *, sleep: Callable[[float], None] = time.sleep) -> None:
    """`os.replace` that is patient with Windows."""
    for pause in _PAUSES_IN_SECONDS:
        try:
            os.replace(source, target)
        except PermissionError as error:
            if getattr(error, "winerror", None) not in _BUSY_ON_WINDOWS:
                raise
            sleep(pause)
        else:
            return
    os.replace(source, target)


def sync_directory(directory: Path) -> None:
    """Make a rename durable. Windows has no such call and needs none."""
    if sys.platform == "win32":
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _keep_owner(temporary: Path, present: os.stat_result | None) -> None:
    if sys.platform == "win32" or present is None or os.geteuid() != 0:
        return
    os.chown(temporary, present.st_uid, present.st_gid)
