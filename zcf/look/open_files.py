"""Files with keys in them that other users of this machine may read."""

from __future__ import annotations

import glob
import stat
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from ccr_proxy.config.document import parse_or_empty
from ccr_proxy.errors import ConfigFault
from zcf.diagnosis.facts import OpenFile
from zcf.plan.secrets import holds_secret

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
# Windows has no such modes: there, what stands in a user's profile is that user's.
HAS_MODES = sys.platform != "win32"


def open_files(files: Iterable[Path], state: Path) -> tuple[OpenFile, ...]:
    """Those of `files`, of the copies beside them, and of zcf's own files, that are open and hold a key."""
    if not HAS_MODES:
        return ()
    return tuple(found for path in dict.fromkeys(_candidates(files, state)) if (found := _open(path)) is not None)


def _candidates(files: Iterable[Path], state: Path) -> Iterator[Path]:
    for path in files:
        yield path
        # Claude Code Router's own copies have this form, too.
        yield from sorted(path.resolve().parent.glob(f"{glob.escape(path.resolve().name)}.*.bak"))
    yield state / "profiles.json"
    yield from sorted((state / "receipts").glob("[0-9]*.json"))


def _open(path: Path) -> OpenFile | None:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        return OpenFile(path, mode) if mode & _OTHERS and _holds_key(path.read_bytes()) else None
    except OSError:
        # Not there, or not ours to look into; a file that must be read says so elsewhere.
        return None


def _holds_key(content: bytes) -> bool:
    """Whether a key is in it; what is no JSON may be half of a file that has one."""
    try:
        value = parse_or_empty(content.decode("utf-8"), "").value
    except (UnicodeDecodeError, ConfigFault):
        return True
    return holds_secret((), value)
