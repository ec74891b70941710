"""Both catalogs say the same things, and everything the code says is in them."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

import zcf
from zcf.i18n import Texts, asked_language, catalog, language_of

CODE = sorted(Path(zcf.__file__).parent.rglob("*.py"))
SENTENCE = re.compile(r"""(?:wrong_use|refused|Refusal|notice|texts)\(\s*"([a-z_]+(?:\.[a-z_]+)?)\"""")


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def test_the_catalogs_have_the_same_sentences_with_the_same_placeholders() -> None:
    english, chinese = catalog("en"), catalog("zh-CN")
    assert english.keys() == chinese.keys()
    assert {key for key in english if placeholders(english[key]) != placeholders(chinese[key])} == set()


def test_every_sentence_in_the_code_is_in_the_catalog() -> None:
    said = {match for path in CODE for match in SENTENCE.findall(path.read_text(encoding="utf-8"))}
    assert len(said) > 40
    assert said - catalog("en").keys() == set()


def test_every_translation_is_one() -> None:
    without_words = {"ccr.config_fault", "ccr.problem", "gateway.fault", "system.refused"}
    without_words |= {"doctor.group_claude", "doctor.config_error", "doctor.config_warning"}
    for key, sentence in catalog("zh-CN").items():
        assert key in without_words or re.search(r"[\u4e00-\u9fff]", sentence), key


@pytest.mark.parametrize(
    ("asked", "environ", "language"),
    [
        (None, {}, "en"),
        (None, {"LANG": "zh_CN.UTF-8"}, "zh-CN"),
        (None, {"LANG": "de_DE.UTF-8"}, "en"),
        (None, {"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ("zh-CN", {}, "zh-CN"),
        ("ZH", {}, "zh-CN"),
        ("en", {"LANG": "zh_CN"}, "en"),
    ],
)
def test_the_language(asked: str | None, environ: dict[str, str], language: str) -> None:
    assert language_of(asked, environ) == language


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="tlh"):
        language_of("tlh", {})


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        (["i", "-s"], None),
        (["i", "--lang", "zh"], "zh"),
        (["--lang=en", "i"], "en"),
        (["i", "-l", "en"], "en"),
        (["-l"], None),
    ],
)
def test_the_language_is_read_before_anything_else(arguments: list[str], asked: str | None) -> None:
    assert asked_language(arguments) == asked


def test_sentences_are_filled() -> None:
    assert Texts("en")("flags.empty", flag="--host") == "--host is empty"
