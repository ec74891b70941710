"""Small files that only their owner may read, replaced whole or not at all."""

from __future__ import annotations

import os
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
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        _replace(temporary, path, time.sleep)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _replace(source: str, target: Path, sleep: Callable[[float], None]) -> None:
    for _ in range(_ATTEMPTS - 1):
        try:
            os.replace(source, target)
        except PermissionError:
            sleep(_PAUSE_SECONDS)
        else:
            return
    os.replace(source, target)
