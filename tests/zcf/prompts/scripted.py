"""A person who answers as written down beforehand, in the place of a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from zcf.prompts import Back, Check, Option

Value = TypeVar("Value")
ESC, CTRL_C = object(), object()


class ScriptedAsker:
    """`answers`, one for each question: part of an option's title, a text, True or False, ESC or CTRL_C.

    `asked` are the questions that were put, `presses` the keys that they cost beside what is typed.
    """

    def __init__(self, *answers: object) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []
        self.refused: list[str] = []
        self.presses = 0

    @property
    def is_done(self) -> bool:
        return not self._answers

    def select(self, question: str, options: Sequence[Option[Value]], *, first: Value | None = None) -> Value:
        picked = self._picked(question, options)
        self.presses += 1 if picked is options[0] else 2
        return picked.value

    def search(self, question: str, options: Sequence[Option[Value]], *, first: Value | None = None) -> Value:
        self.presses += 1
        return self._picked(question, options).value

    def text(self, question: str, *, proposal: str = "", check: Check | None = None) -> str:
        return self._typed(question, check)

    def secret(self, question: str, *, check: Check | None = None) -> str:
        return self._typed(question, check)

    def confirm(self, question: str, *, proposal: bool = True) -> bool:
        self.presses += 1
        answer = self._next(question)
        assert isinstance(answer, bool), question
        return answer

    def _picked(self, question: str, options: Sequence[Option[Value]]) -> Option[Value]:
        answer = self._next(question)
        found = [option for option in options if str(answer) in option.title]
        assert found, f"{question}: {answer} is not in {[option.title for option in options]}"
        return found[0]

    def _typed(self, question: str, check: Check | None) -> str:
        """What was typed; what the check refuses has to be typed again."""
        while True:
            typed = str(self._next(question))
            fault = check(typed) if check else None
            if fault is None:
                self.presses += 1
                return typed
            self.refused.append(fault)

    def _next(self, question: str) -> object:
        self.asked.append(question)
        answer = self._answers.pop(0)
        if answer is ESC:
            raise Back
        if answer is CTRL_C:
            raise KeyboardInterrupt
        return answer
