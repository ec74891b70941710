"""Small files that only their owner may read, replaced whole or not at all."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

# Windows refuses to replace a file that somebody is reading at that moment; readers here are done in milliseconds.
_ATTEMPTS = 6
_PAUSE_SECONDS = 0.05


def make_private_directory(directory: Path) -> None:
    """Create `directory` (0700) and its parents unless they exist. Raises OSError."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)


def write_private(path: Path, text: str) -> None:
    """Replace `path` with `text`, mode 0600; a reader sees the old or the new content. Raises OSError."""
    make_private_directory(path.parent)
    replace_content(path, text.encode("utf-8"), 0o600)


def replace_content(path: Path, content: bytes, mode: int) -> None:
    """Replace what `path` leads to; a symlink stays one, and a file that root edits keeps its owner. Raises OSError."""
    target = path.resolve()
    descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, mode)
        _keep_owner(temporary, target)
        _replace(temporary, target, time.sleep)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _keep_owner(temporary: str, target: Path) -> None:
    if sys.platform != "win32" and os.geteuid() == 0 and target.exists():
        present = target.stat()
        os.chown(temporary, present.st_uid, present.st_gid)


def _replace(source: str, target: Path, sleep: Callable[[float], None]) -> None:
    for _ in range(_ATTEMPTS - 1):
        try:
            os.replace(source, target)
        except PermissionError:
            sleep(_PAUSE_SECONDS)
        else:
            return
    os.replace(source, target)
