"""A plan as lines to read: one line per value, secrets masked.

Values are shown, not lines of text: these files hold other people's secrets and are sometimes one long line, and a
textual diff would print its surroundings.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ccr_proxy.config.json_path import path_text
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
    return tuple(_line(value) for value in change.values if not _is_empty_container(value))


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
        return DiffLine("+", path, "", _shown(change, change.after))
    if change.after is MISSING:
        return DiffLine("-", path, _shown(change, change.before), "")
    return DiffLine("~", path, _shown(change, change.before), _shown(change, change.after))


def _shown(change: ValueChange, value: Any) -> str:
    return json.dumps(without_secrets(change.path, value), ensure_ascii=False)
