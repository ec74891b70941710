"""A plan as lines to read: one line per value, an object new in a list field by field, secrets masked.

Values are shown, not lines of text: these files hold other people's secrets and are sometimes one long line, and a
textual diff would print its surroundings.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ccr_proxy.config.json_path import JsonPath, path_text
from zcf.plan.changes import FileChange
from zcf.plan.secrets import without_secrets
from zcf.plan.values import MISSING, ValueChange

_EMPTY: tuple[Any, ...] = ({}, [])


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of a diff: `sign` is `+` (came), `-` (went) or `~` (changed); before and after are shown as JSON."""

    sign: str
    path: str
    before: str
    after: str

    def __str__(self) -> str:
        """The line as printed."""
        if self.sign == "~":
            return f"~ {self.path}: {self.before} -> {self.after}"
        return f"{self.sign} {self.path}: {self.after if self.sign == '+' else self.before}"


def diff_of(change: FileChange) -> tuple[DiffLine, ...]:
    """The lines for one file."""
    return tuple(line for value in change.values if not _is_empty_container(value) for line in _lines(value))


def _lines(change: ValueChange) -> Iterator[DiffLine]:
    """One line, or one for each field of an object that came into a list or went."""
    element = change.before if change.after is MISSING else change.after
    if not (change.member and isinstance(element, dict)):
        yield _line(change)
        return
    sign = "-" if change.after is MISSING else "+"
    place = f"{path_text(change.path)}[{element.get('name', '')}]"
    for path, value in _fields((), element):
        shown = _shown(path, value)
        yield DiffLine(sign, place + _after(path), *(("", shown) if sign == "+" else (shown, "")))


def _fields(path: JsonPath, value: Any) -> Iterator[tuple[JsonPath, Any]]:
    """The values below an object, down to objects that hold no others."""
    if path and not (isinstance(value, dict) and any(isinstance(inner, dict) for inner in value.values())):
        yield path, value
        return
    for name, inner in value.items():
        yield from _fields((*path, name), inner)


def _after(path: JsonPath) -> str:
    text = path_text(path)
    return text if text.startswith("[") else f".{text}"


def _is_empty_container(change: ValueChange) -> bool:
    """An object or list that came or went empty: its contents have lines of their own."""
    return (
        not change.member
        and MISSING in (change.before, change.after)
        and (change.before in _EMPTY or change.after in _EMPTY)
    )


def _line(change: ValueChange) -> DiffLine:
    path = path_text(change.path) + ("[]" if change.member else "")
    if change.before is MISSING:
        return DiffLine("+", path, "", _shown(change.path, change.after))
    if change.after is MISSING:
        return DiffLine("-", path, _shown(change.path, change.before), "")
    return DiffLine("~", path, _shown(change.path, change.before), _shown(change.path, change.after))


def _shown(path: JsonPath, value: Any) -> str:
    return json.dumps(without_secrets(path, value), ensure_ascii=False)
