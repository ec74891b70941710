"""The first question of the first run. The answer is kept for later runs once the set-up is done."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from zcf.apply.preferences import prefer_language, preferred_language
from zcf.errors import EXIT_CANCELLED
from zcf.i18n import LANGUAGES, Texts
from zcf.prompts import Asker, Option
from zcf.prompts.terminal import TerminalAsker

NAMES = {"en": "English", "zh-CN": "简体中文"}


def in_chosen_language(texts: Texts, state: Path, run: Callable[[Asker, Texts], int]) -> int:
    """Ask for the language unless one was chosen before, and run in it; returns the exit code of `run`."""
    if preferred_language(state) is not None:
        return run(TerminalAsker(texts), texts)
    options = [Option(language, NAMES[language], str(number)) for number, language in enumerate(LANGUAGES, 1)]
    chosen = TerminalAsker(texts).select("Language / 语言", options, first=texts.language)
    code = run(TerminalAsker(Texts(chosen)), Texts(chosen))
    if code != EXIT_CANCELLED:
        prefer_language(state, chosen)
    return code
