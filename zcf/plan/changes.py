"""A planned change of one file, and the plan as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from zcf.plan.values import ValueChange


@dataclass(frozen=True, slots=True)
class FileChange:
    """`path` shall hold `after` instead of `before`; None stands for "no such file".

    `values` are the same change as single JSON values, for the diff and for undo. `private` files are kept from other
    users of the machine (mode 0600) whatever their mode was; `mode` is the one to give a file, None to keep its own.
    `backup` asks for a copy of `before` first.
    """

    path: Path
    before: bytes | None
    after: bytes | None
    values: tuple[ValueChange, ...]
    private: bool = False
    backup: bool = True
    mode: int | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the user should know before or after the change; `sentence` is a key of the catalogs."""

    sentence: str
    values: tuple[tuple[str, str], ...] = ()


def notice(sentence: str, **values: object) -> Notice:
    """A notice with its placeholders filled."""
    return Notice(sentence, tuple((name, str(value)) for name, value in values.items()))
