"""Questions drawn on a terminal. The only module that imports questionary, and only when a question is put."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from zcf.i18n import Texts
from zcf.prompts import Back, Check, Option

if TYPE_CHECKING:
    from questionary import Question

Value = TypeVar("Value")
# A key that is no escape sequence's beginning is Esc itself after so many seconds.
_ESCAPE_SECONDS = 0.05
# Longer lists that can be searched scroll, so that what was answered before stays in sight.
_LINES_SHOWN = 12
_MARK = "·"
_POINTER = "›"


class TerminalAsker:
    """Draws questions in one language."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def select(self, question: str, options: Sequence[Option[Value]], *, first: Value | None = None) -> Value:
        """See `Asker`."""
        drawn = self._list(question, options, first)
        asked = drawn(instruction=self._texts("prompt.select"), use_shortcuts=True)
        return self._picked(question, asked, options)

    def search(self, question: str, options: Sequence[Option[Value]], *, first: Value | None = None) -> Value:
        """See `Asker`."""
        drawn = self._list(question, options, first)
        asked = drawn(instruction=self._texts("prompt.search"), use_search_filter=True)
        _keep_short(asked)
        return self._picked(question, asked, options)

    def text(self, question: str, *, proposal: str = "", check: Check | None = None) -> str:
        """See `Asker`."""
        import questionary

        asked = questionary.text(question, default=proposal, validate=_validator(check), qmark=_MARK)
        return str(self._answer(asked)).strip()

    def secret(self, question: str, *, check: Check | None = None) -> str:
        """See `Asker`."""
        import questionary

        return str(self._answer(questionary.password(question, validate=_validator(check), qmark=_MARK))).strip()

    def confirm(self, question: str, *, proposal: bool = True) -> bool:
        """See `Asker`."""
        import questionary

        instruction = self._texts("prompt.yes" if proposal else "prompt.no")
        asked = questionary.confirm(question, default=proposal, qmark=_MARK, instruction=instruction)
        asked.application.erase_when_done = True
        answer = bool(self._answer(asked))
        _show_answer(question, self._texts("prompt.answer_yes" if answer else "prompt.answer_no"))
        return answer

    @staticmethod
    def _list(question: str, options: Sequence[Option[Value]], first: Value | None) -> partial[Question]:
        import questionary

        width = max(_width(option.title) for option in options)
        choices = [
            questionary.Choice(_line(option, width), value=number, shortcut_key=option.key or None)
            for number, option in enumerate(options)
        ]
        values = [option.value for option in options]
        start = choices[values.index(first)] if first in values else None
        return partial(
            questionary.select,
            question,
            choices,
            default=start,
            qmark=_MARK,
            pointer=_POINTER,
            use_jk_keys=False,
            use_emacs_keys=False,
        )

    def _picked(self, question: str, asked: Question, options: Sequence[Option[Value]]) -> Value:
        # questionary would leave the whole line, with hint and blanks.
        asked.application.erase_when_done = True
        option = options[int(self._answer(asked))]
        _show_answer(question, option.title)
        return option.value

    def _answer(self, question: Question) -> Any:
        _let_escape_go_back(question)
        answer = question.unsafe_ask()
        if answer is Back:
            raise Back
        return answer


def _keep_short(question: Question) -> None:
    from prompt_toolkit.filters import Always
    from prompt_toolkit.layout.dimension import Dimension
    from questionary.prompts.common import InquirerControl

    for window in question.application.layout.find_all_windows():
        if isinstance(window.content, InquirerControl):
            window.height = Dimension(max=_LINES_SHOWN)
            window.dont_extend_height = Always()


def _show_answer(question: str, answer: str) -> None:
    from prompt_toolkit import print_formatted_text
    from prompt_toolkit.formatted_text import FormattedText
    from questionary.constants import DEFAULT_STYLE

    words = [("class:qmark", _MARK), ("class:question", f" {question} "), ("class:answer", answer)]
    print_formatted_text(FormattedText(words), style=DEFAULT_STYLE)


def _let_escape_go_back(question: Question) -> None:
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent, merge_key_bindings
    from prompt_toolkit.keys import Keys

    bindings = KeyBindings()

    @bindings.add(Keys.Escape, eager=True)
    def _(event: KeyPressEvent) -> None:
        event.app.erase_when_done = True
        event.app.exit(result=Back)

    application = question.application
    application.key_bindings = merge_key_bindings([application.key_bindings or KeyBindings(), bindings])
    application.ttimeoutlen = _ESCAPE_SECONDS


def _validator(check: Check | None) -> Any:
    """questionary wants True, or the text of what is wrong."""
    return None if check is None else lambda text: check(text) or True


def _line(option: Option[Any], width: int) -> str:
    if not option.hint:
        return option.title
    return f"{option.title}{' ' * (width - _width(option.title))}  {option.hint}"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
