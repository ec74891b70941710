"""Reads the Markdown of the documentation, as far as tests hold it to the code: tables, headings, code spans."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"

_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_CELL_BREAK = re.compile(r"(?<!\\)\|")
_SPAN = re.compile(r"`([^`\n]+)`")


def documents() -> list[Path]:
    """README, CHANGELOG and everything in docs/."""
    return [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]


def tables(text: str) -> list[list[dict[str, str]]]:
    """Every table as a list of rows, each a mapping from column title to cell."""
    found: list[list[dict[str, str]]] = []
    lines = _FENCE.sub("", text).splitlines()
    for number, line in enumerate(lines):
        if not (line.startswith("|") and number + 1 < len(lines) and set(lines[number + 1]) <= set("|-: ")):
            continue
        titles = cells(line)
        rows = []
        for row in lines[number + 2 :]:
            if not row.startswith("|"):
                break
            rows.append(dict(zip(titles, cells(row), strict=True)))
        if rows:
            found.append(rows)
    return found


def cells(line: str) -> list[str]:
    """The cells of one table line."""
    return [cell.strip() for cell in _CELL_BREAK.split(line.strip().removeprefix("|").removesuffix("|"))]


def section(text: str, heading: str) -> str:
    """What stands under `heading` (without its `#`s) up to the next heading of the same or a higher level."""
    match = re.search(rf"^(#+) {re.escape(heading)}$", text, re.MULTILINE)
    assert match, f"no heading {heading!r}"
    rest = text[match.end() :]
    end = re.search(rf"^#{{1,{len(match[1])}}} ", rest, re.MULTILINE)
    return rest[: end.start()] if end else rest


def code_spans(text: str) -> list[str]:
    """What stands between single backticks, fenced blocks left out."""
    return _SPAN.findall(_FENCE.sub("", text))
