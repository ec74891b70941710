"""Reads a configuration file's text, or says in one line why it cannot be read."""

from __future__ import annotations

import codecs
import os
from pathlib import Path

from ccr_proxy.errors import ConfigFault


def read_text(path: Path) -> str:
    """The file's text with its line endings and byte order mark as they are. Raises ConfigFault."""
    try:
        return decoded(path.read_bytes(), str(path))
    except OSError as error:
        raise ConfigFault(f"{path}: {_reason(path, error)}") from None


def decoded(content: bytes, source: str) -> str:
    """UTF-8 bytes as text. Raises ConfigFault that names the line of the first byte that is not UTF-8."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in content[:64]:
        raise ConfigFault(f"{source}: the file is not UTF-8 but UTF-16 or binary; save it as UTF-8")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigFault(
            f"{source}:{line}: byte 0x{content[error.start]:02x} is not UTF-8; save the file as UTF-8"
        ) from None


def _reason(path: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"the link leads to {path.readlink()}, which does not exist" if path.is_symlink() else "no such file"
    # Windows reports a folder as "permission denied".
    if isinstance(error, IsADirectoryError) or os.path.isdir(path):
        return "this is a folder, not a file"
    if isinstance(error, PermissionError):
        return "may not be read by this user; check its permissions"
    return f"cannot be read: {error.strerror or error}"
