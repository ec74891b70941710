"""Every sentence a user can read, one JSON catalog per language, and which language that is.

Sentences are keys like `file.not_json` with `{named}` placeholders. Both catalogs have the same keys and placeholders;
a test sees to it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "zh-CN")
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


@dataclass(frozen=True, slots=True)
class Texts:
    """A catalog; call it with a key and the values of its placeholders."""

    language: str

    def __call__(self, key: str, /, **values: object) -> str:
        """The sentence. Raises KeyError for a key that no catalog has."""
        return catalog(self.language)[key].format(**values)


@cache
def catalog(language: str) -> Mapping[str, str]:
    """All sentences of one language."""
    text = Path(__file__).with_name(f"{language}.json").read_text(encoding="utf-8")
    sentences: dict[str, str] = json.loads(text)
    return sentences


def language_of(asked: str | None, environ: Mapping[str, str], preferred: str | None = None) -> str:
    """The language asked for, else the preferred one, else that of the locale, else English. Raises ValueError for an
    unknown one that was asked for."""
    if asked is not None:
        known = _known(asked)
        if known is None:
            raise ValueError(asked)
        return known
    if preferred in LANGUAGES:
        return preferred
    locale = next((environ[name] for name in _VARIABLES if environ.get(name)), "")
    return _known(locale.partition(".")[0]) or "en"


def _known(name: str) -> str | None:
    plain = name.replace("_", "-").casefold()
    if plain == "zh" or plain.startswith("zh-"):
        return "zh-CN"
    return "en" if plain == "en" or plain.startswith("en-") else None


def asked_language(arguments: Sequence[str]) -> str | None:
    """The value of `--lang`/`-l` in a command line that is not parsed yet: help texts need it first."""
    for index, argument in enumerate(arguments):
        following = arguments[index + 1 : index + 2]
        # `zcf cs -l` is ZCF's short form of `--list`, and takes no value.
        if argument in ("--lang", "-l") and following and not following[0].startswith("-"):
            return following[0]
        if argument.startswith("--lang="):
            return argument.partition("=")[2]
    return None
