"""Rows of text in columns, for people. Nothing is cut off: the last column may be as long as it is."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

_GAP = "  "


def table_lines(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """The heads and the rows, each column as wide as its widest cell; a row may not have more cells than heads."""
    lines = [list(heads), *([_printable(cell) for cell in row] for row in rows)]
    widths = [max(_width(line[column]) for line in lines if column < len(line)) for column in range(len(heads))]
    return tuple(_line(line, widths) for line in lines)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell + " " * (width - _width(cell)) for cell, width in zip(cells, widths, strict=False))
    return _GAP.join(padded).rstrip()


def _printable(text: str) -> str:
    """Names come out of files and messages from providers: no line breaks, no terminal controls."""
    return "".join(character if character.isprintable() else " " for character in text)


def _width(text: str) -> int:
    """Columns on a terminal: Chinese and Japanese characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
