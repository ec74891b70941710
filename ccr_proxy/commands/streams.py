"""What the terminal cannot show is written as escapes: an old code page must not end a command half-way."""

from __future__ import annotations

import io
import sys


def write_what_cannot_be_shown_as_escapes() -> None:
    """Make stdout and stderr take every character, `\\u4e2d` where their encoding has none for it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
