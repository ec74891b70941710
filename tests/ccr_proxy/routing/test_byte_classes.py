"""The counts are those that a plain loop over the characters finds."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.routing.byte_classes import ByteClasses, byte_classes, text_bytes

PATTERNS = {
    "letters": r"[A-Za-z]",
    "letter_runs": r"[A-Za-z]+",
    "capitals": r"[A-Z]",
    "capitals_inside": r"(?<=[a-z])[A-Z]",
    "digits": r"[0-9]",
    "digit_runs": r"[0-9]+",
    "punctuation": r"[!-/:-@\[-`{-~]",
    "punctuation_runs": r"[!-/:-@\[-`{-~]+",
    "newlines": r"\n",
    "spaces": r"[ \t]",
    "east_asian": r"[\u3000-\udfff]",
    "alphabetic": r"[\u0080-\u07ff\u0800-\u1fff]",
    "symbols": r"[\u2000-\u2fff\ue000-\uffff\U00010000-\U0010ffff]",
}


def expected(text: str) -> ByteClasses:
    return ByteClasses(**{name: len(re.findall(pattern, text)) for name, pattern in PATTERNS.items()})


@pytest.mark.parametrize(
    "text",
    ["", "a", "A", "camelCase and HTTPServer", "x = foo(1234, 5)\n\n\t# end", "日本語 naïve — ✓ 👍 привет", "\x00\x7f"],
)
def test_counts_of_each_kind(text: str) -> None:
    assert byte_classes(text_bytes(text)) == expected(text)


@given(st.text() | st.text("aB1. \n\té中😀"))
def test_counts_of_any_text(text: str) -> None:
    assert byte_classes(text_bytes(text)) == expected(text)
