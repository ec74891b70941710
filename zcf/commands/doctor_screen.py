"""The doctor's lines on a terminal: wrapped with their indent, marks coloured. Elsewhere they stay as they are."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator

import click

# What a mark says without colour, too.
_COLOURS = {"✓": "green", "-": "cyan", "!": "yellow", "✗": "red"}


def show(lines: Iterable[str]) -> None:
    """Print the lines, on a terminal fitted to its width."""
    if not sys.stdout.isatty():
        for line in lines:
            click.echo(line)
        return
    width = shutil.get_terminal_size().columns
    for line in lines:
        for part in wrapped(line, width):
            click.echo(part if os.environ.get("NO_COLOR") else _coloured(part))


def wrapped(line: str, width: int) -> Iterator[str]:
    """The line in parts of at most `width` columns, broken between words; what follows is indented like the text.

    A Chinese character takes two columns, and may be followed by a break.
    """
    from rich.console import Console
    from rich.text import Text

    text = line.lstrip(" ")
    indent = len(line) - len(text)
    if text[:2].rstrip() in _COLOURS:
        indent += 2
    parts = Text(line[indent:]).wrap(Console(width=width), max(width - indent, 20))
    for number, part in enumerate(parts):
        yield (line[:indent] if number == 0 else " " * indent) + part.plain.rstrip()


def _coloured(part: str) -> str:
    colour = _COLOURS.get(part[:1]) if part[1:2] == " " else None
    return part if colour is None else click.style(part[0], fg=colour) + part[1:]
