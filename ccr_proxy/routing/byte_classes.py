"""How many bytes and runs of each kind a text has: the measure from which token counts are estimated.

A tokenizer cuts text at the borders between letters, digits, punctuation, line ends and scripts, so the number of
tokens follows the numbers of those pieces closely. Counting them needs no vocabulary and no loop in Python: each byte
is replaced by bits that tell its kind, and the whole text is taken as one large integer, in which a shift by eight bits
sets every byte beside its predecessor, and `bit_count` counts.
"""

from __future__ import annotations

from typing import NamedTuple


class ByteClasses(NamedTuple):
    """Counts of one text.

    Letters include capitals; `capitals_inside` are those after a small letter, as in camelCase; a run is a stretch of
    one kind. Characters beyond ASCII count once each, by their UTF-8 lead byte.
    """

    letters: int
    letter_runs: int
    capitals: int
    capitals_inside: int
    digits: int
    digit_runs: int
    punctuation: int
    punctuation_runs: int
    newlines: int
    spaces: int
    east_asian: int
    alphabetic: int
    symbols: int


_SMALL = bytes(range(0x61, 0x7B))
_CAPITALS = bytes(range(0x41, 0x5B))
_DIGITS = bytes(range(0x30, 0x3A))
_PUNCTUATION = bytes(byte for byte in range(0x21, 0x7F) if byte not in _SMALL + _CAPITALS + _DIGITS)

# UTF-8 lead bytes (RFC 3629). E3-ED: CJK, kana and Hangul. C2-DF, E0, E1: alphabets (accented Latin, Greek, Cyrillic,
# Hebrew, Arabic, Indic, Thai). The rest, E2, EE, EF and F0-F4: typographic signs, arrows, box drawing, emoji.
_EAST_ASIAN = bytes(range(0xE3, 0xEE))
_ALPHABETIC = bytes(range(0xC2, 0xE2))
_SYMBOLS = bytes([0xE2, 0xEE, 0xEF, *range(0xF0, 0xF5)])

# Which bit stands for which kind. A small letter has bit 0 and 1, a capital bit 0 and 2.
_LETTER, _SMALL_LETTER, _CAPITAL, _DIGIT, _MARK, _SPACE = range(6)
_BITS = {_LETTER: _SMALL + _CAPITALS, _SMALL_LETTER: _SMALL, _CAPITAL: _CAPITALS, _DIGIT: _DIGITS, _MARK: _PUNCTUATION}
_BITS[_SPACE] = b" \t"
_KINDS = bytes(sum(1 << bit for bit, members in _BITS.items() if byte in members) for byte in range(256))


def text_bytes(text: str | bytes) -> bytes:
    """UTF-8 of a text; bytes pass as they are. Lone surrogates, which JavaScript clients send, pass as three bytes."""
    return text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text


def byte_classes(data: bytes) -> ByteClasses:
    """Count the kinds of bytes of a text in UTF-8. About 10 ms per megabyte."""
    kinds = int.from_bytes(data.translate(_KINDS), "little")
    ones = int.from_bytes(b"\x01" * len(data), "little")
    after = kinds << 8  # at each byte, the kind of the byte before it
    begins = kinds & ~after
    is_ascii = data.isascii()
    return ByteClasses(
        letters=_count(kinds, _LETTER, ones),
        letter_runs=_count(begins, _LETTER, ones),
        capitals=_count(kinds, _CAPITAL, ones),
        capitals_inside=(kinds >> _CAPITAL & after >> _SMALL_LETTER & ones).bit_count(),
        digits=_count(kinds, _DIGIT, ones),
        digit_runs=_count(begins, _DIGIT, ones),
        punctuation=_count(kinds, _MARK, ones),
        punctuation_runs=_count(begins, _MARK, ones),
        newlines=data.count(b"\n"),
        spaces=_count(kinds, _SPACE, ones),
        east_asian=0 if is_ascii else _members(data, _EAST_ASIAN),
        alphabetic=0 if is_ascii else _members(data, _ALPHABETIC),
        symbols=0 if is_ascii else _members(data, _SYMBOLS),
    )


def _count(marks: int, bit: int, ones: int) -> int:
    """In how many bytes of `marks` that bit is set."""
    return (marks >> bit & ones).bit_count()


def _members(data: bytes, members: bytes) -> int:
    return len(data) - len(data.translate(None, members))
