"""Where tables go: the terminal in its width, anything else in a width that holds all columns."""

from __future__ import annotations

import os
import sys

from rich.console import Console

_WIDTH_OF_A_PIPE = 120


def output_console() -> Console:
    """A console on stdout; COLUMNS says how wide a pipe or a file is."""
    if sys.stdout.isatty():
        return Console(highlight=False)
    columns = os.environ.get("COLUMNS", "")
    return Console(highlight=False, width=int(columns) if columns.isdecimal() and int(columns) else _WIDTH_OF_A_PIPE)
