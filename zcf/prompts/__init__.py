"""Questions to a person, as the wizard and the menus put them; `terminal` draws them.

Every question raises Back when the person wants the one before (Esc), and KeyboardInterrupt to leave everything
(Ctrl-C).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

Value = TypeVar("Value")
# What is wrong with what was typed, in one line; None when nothing is.
Check = Callable[[str], str | None]


class Back(Exception):
    """The person wants to go back to the question before."""


@dataclass(frozen=True, slots=True)
class Option(Generic[Value]):
    """One line of a list. `key` is its shortcut, a digit or a letter; `hint` is shown behind the title."""

    value: Value
    title: str
    key: str = ""
    hint: str = ""


class Asker(Protocol):
    """Puts questions. Options are never empty."""

    def select(self, question: str, options: Sequence[Option[Value]], *, first: Value | None = None) -> Value:
        """One of a short list, by arrows or shortcuts; the pointer starts at `first`."""

    def search(self, question: str, options: Sequence[Option[Value]], *, first: Value | None = None) -> Value:
        """One of a long list, which shrinks to what is typed."""

    def text(self, question: str, *, proposal: str = "", check: Check | None = None) -> str:
        """A line of text; the proposal can be changed."""

    def secret(self, question: str, *, check: Check | None = None) -> str:
        """A line of text that is not shown."""

    def confirm(self, question: str, *, proposal: bool = True) -> bool:
        """Yes or no."""
