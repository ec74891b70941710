"""Reads JSON5 text into plain Python data and says precisely what is wrong where.

Grammar: https://spec.json5.org. Its regular expressions are shared with `spans`, which finds places in text that was
read here without fault.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

NEWLINES = "\n\r\u2028\u2029"
WHITE_SPACE = "\t\v\f \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff" + NEWLINES
WHITE_SPACE_CHARACTERS = (
    "\t\v\f \u00a0\u1680\u202f\u205f\u3000\ufeff" + NEWLINES + "".join(map(chr, range(0x2000, 0x200B)))
)
TRIVIA = re.compile(rf"(?:[{WHITE_SPACE}]+|//[^{NEWLINES}]*|/\*.*?\*/)*", re.DOTALL)
STRING = re.compile(
    r'"[^"\\\n\r]*(?:\\(?:\r\n|.)[^"\\\n\r]*)*"' + "|" + r"'[^'\\\n\r]*(?:\\(?:\r\n|.)[^'\\\n\r]*)*'", re.DOTALL
)
WORD = re.compile(rf"""[^{WHITE_SPACE},:/"'{{}}\[\]]+""")
_PLAIN_STRING = re.compile(r'"([^"\\\n\r]*)"')
_ESCAPE = re.compile(
    rf"\\(?:u([0-9a-fA-F]{{4}})|x([0-9a-fA-F]{{2}})|\r\n|[{NEWLINES}]|(0(?![0-9])|[^0-9ux]))", re.DOTALL
)
_IDENTIFIER_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_INTEGER = re.compile(r"[+-]?(?:0|[1-9][0-9]*)")
_HEXADECIMAL = re.compile(r"([+-]?)0[xX]([0-9a-fA-F]+)")
_FRACTION = re.compile(r"[+-]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_NAMED_NUMBER = re.compile(r"([+-]?)(Infinity|NaN)")
_SINGLE_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "0": "\0"}
_LITERALS = {"true": True, "false": False, "null": None}
_FOREIGN_LITERALS = {"True": "true", "False": "false", "None": "null", "undefined": "null", "nil": "null"}

# Deep enough for any file people write, and far from Python's own limit on nested calls.
MAX_DEPTH = 200


@dataclass
class Json5Error(Exception):
    """The text is not JSON5: at character `offset` (from 0) because of `reason`."""

    offset: int
    reason: str


def decode(text: str) -> Any:
    """Read JSON5 `text` (a byte order mark is white space). Of equal names the last counts. Raises Json5Error."""
    start = _after_trivia(text, 0)
    if start == len(text):
        raise Json5Error(start, "there is no value in it, only white space or comments" if text else "it is empty")
    value, end = _read_value(text, start, "at the top level", 0)
    end = _after_trivia(text, end)
    if end < len(text):
        raise Json5Error(end, f"expected the end of the file after the value, found {_found(text, end)}")
    return value


def string_value(literal: str, offset: int = 0) -> str:
    """The text that a quoted literal (with its quotes) stands for; `offset` is where it begins, for Json5Error."""
    inner = literal[1:-1]
    if "\\" not in inner:
        return inner
    parts: list[str] = []
    position = 0
    while (slash := inner.find("\\", position)) >= 0:
        escape = _ESCAPE.match(inner, slash)
        if escape is None:
            raise Json5Error(offset + 1 + slash, f"unknown escape {inner[slash : slash + 2]} in a string")
        code = escape[1] or escape[2]
        single = escape[3] or ""
        parts += (inner[position:slash], chr(int(code, 16)) if code else _SINGLE_ESCAPES.get(single, single))
        position = escape.end()
    # Two escapes of one emoji are halves of one character.
    return "".join([*parts, inner[position:]]).encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def identifier_value(word: str) -> str | None:
    """The name an unquoted key stands for, or None when it is not one (https://262.ecma-international.org/5.1/#sec-7.6)."""
    name = _IDENTIFIER_ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), word)
    plain = name.replace("$", "_")
    return name if (plain[:1] + plain[1:].translate({0x200C: None, 0x200D: None})).isidentifier() else None


def _after_trivia(text: str, offset: int) -> int:
    """Where the next token begins, behind white space and comments."""
    match = TRIVIA.match(text, offset)
    end = match.end() if match else offset
    if text.startswith("/*", end):
        raise Json5Error(end, "the comment that begins here is never closed with */")
    return end


def _read_value(text: str, offset: int, place: str, depth: int) -> tuple[Any, int]:
    first = text[offset : offset + 1]
    if first == '"' or first == "'":
        return _read_string(text, offset)
    if first == "{":
        return _read_object(text, offset, depth + 1)
    if first == "[":
        return _read_array(text, offset, depth + 1)
    word = WORD.match(text, offset)
    if word is None:
        raise Json5Error(offset, f"expected a value {place}, found {_found(text, offset)}")
    return _word_value(word[0], offset, place), word.end()


def _read_string(text: str, offset: int) -> tuple[str, int]:
    plain = _PLAIN_STRING.match(text, offset)
    if plain:
        return plain[1], plain.end()
    literal = STRING.match(text, offset)
    if literal is None:
        raise Json5Error(offset, "the string that begins here is not closed on its line")
    return string_value(literal[0], offset), literal.end()


def _read_object(text: str, opening: int, depth: int) -> tuple[dict[str, Any], int]:
    _check_depth(opening, depth)
    result: dict[str, Any] = {}
    offset = _after_trivia(text, opening + 1)
    while text[offset : offset + 1] != "}":
        name, offset = _read_name(text, offset)
        offset = _after_trivia(text, offset)
        if text[offset : offset + 1] != ":":
            raise Json5Error(offset, f"expected ':' after the name \"{name}\", found {_found(text, offset)}")
        result[name], offset = _read_value(text, _after_trivia(text, offset + 1), f'for "{name}"', depth)
        offset = _after_trivia(text, offset)
        if text[offset : offset + 1] == ",":
            offset = _after_trivia(text, offset + 1)
        elif text[offset : offset + 1] != "}":
            reason = f"expected ',' or '}}' after the value of \"{name}\", found {_found(text, offset)}"
            raise Json5Error(offset, reason)
    return result, offset + 1


def _read_array(text: str, opening: int, depth: int) -> tuple[list[Any], int]:
    _check_depth(opening, depth)
    result: list[Any] = []
    offset = _after_trivia(text, opening + 1)
    while text[offset : offset + 1] != "]":
        value, offset = _read_value(text, offset, "or ']'", depth)
        result.append(value)
        offset = _after_trivia(text, offset)
        if text[offset : offset + 1] == ",":
            offset = _after_trivia(text, offset + 1)
        elif text[offset : offset + 1] != "]":
            reason = f"expected ',' or ']' after element {len(result)} of the list, found {_found(text, offset)}"
            raise Json5Error(offset, reason)
    return result, offset + 1


def _read_name(text: str, offset: int) -> tuple[str, int]:
    if text[offset : offset + 1] in ('"', "'"):
        return _read_string(text, offset)
    word = WORD.match(text, offset)
    name = identifier_value(word[0]) if word else None
    if word is None or name is None:
        raise Json5Error(offset, f"expected a name in quotes or '}}', found {_found(text, offset)}")
    return name, word.end()


def _word_value(word: str, offset: int, place: str) -> Any:
    if word in _LITERALS:
        return _LITERALS[word]
    try:
        return _number_value(word)
    except ValueError:
        hint = f" (write {_FOREIGN_LITERALS[word]})" if word in _FOREIGN_LITERALS else " (text needs quotes)"
        raise Json5Error(offset, f"expected a value {place}, found {_shorten(word)}{hint}") from None


def _number_value(word: str) -> int | float:
    if _INTEGER.fullmatch(word):
        return int(word)
    if match := _HEXADECIMAL.fullmatch(word):
        return int(match[1] + match[2], 16)
    if _FRACTION.fullmatch(word):
        return float(word)
    if match := _NAMED_NUMBER.fullmatch(word):
        return float(match[1] + match[2])
    raise ValueError(word)


def _check_depth(offset: int, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Json5Error(offset, f"lists and objects are nested more than {MAX_DEPTH} deep")


def _found(text: str, offset: int) -> str:
    """What stands there, in words short enough for one line; a text that may be a secret is not shown."""
    if offset >= len(text):
        return "the end of the file"
    literal = STRING.match(text, offset)
    if literal:
        is_name = text.startswith(":", _after_trivia(text, literal.end()))
        return _shorten(literal[0]) if is_name else "a text"
    word = WORD.match(text, offset)
    return _shorten(word[0] if word else f"'{text[offset]}'")


def _shorten(token: str) -> str:
    printable = "".join(character if character.isprintable() else "?" for character in token)
    return printable if len(printable) <= 16 else printable[:6] + "…"
