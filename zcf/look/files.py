"""Reading other programs' JSON files, comments and byte order mark included, or refusing with the place."""

from __future__ import annotations

import stat
from pathlib import Path

from zcf.errors import refused
from zcf.facts import SeenFile
from zcf.plan.documents import document_of
from zcf.plan.receipt import Receipt, digest


def see(path: Path) -> SeenFile:
    """Read a JSON file that we may have to change.

    Raises Refusal when it cannot be read, is write-protected, is not UTF-8 or JSON, or holds something other than an
    object; a refused file is never touched.
    """
    content = content_of(path)
    if content is not None:
        require_writable(path)
    return SeenFile(path, content, document_of(path, content))


def content_of(path: Path) -> bytes | None:
    """The bytes of a file, None if there is none. Raises Refusal when it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise refused("file.unreadable", path=path, reason=error.strerror or error) from error


def require_writable(path: Path) -> None:
    """Raise Refusal for a write-protected file."""
    # By the mode and not by trying: a rename would succeed, and root may write everything, but who took the write
    # permission away meant something by it.
    if not path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
        raise refused("file.read_only", path=path)


def mode_of(path: Path) -> int | None:
    """The permission bits of a file, None if there is none."""
    return stat.S_IMODE(path.stat().st_mode) if path.exists() else None


def require_written(receipt: Receipt) -> None:
    """Read back what a run wrote. Raises Refusal when a file holds something else."""
    for entry in receipt.files:
        content = content_of(entry.path)
        if (None if content is None else digest(content)) != entry.after_digest:
            raise refused("apply.not_read_back", path=entry.path)
