"""Finds where the parts of a JSON5 text stand, looking only along the asked path.

Only for text that `json5.decode` (or strict `json`) has accepted: nothing is checked here, so that a value off the path
is skipped at the speed of one regular expression.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ccr_proxy.config.json5 import NEWLINES, STRING, TRIVIA, WORD, identifier_value, string_value
from ccr_proxy.config.json_path import JsonPath

COMMENT = re.compile(rf"//[^{NEWLINES}]*|/\*.*?\*/", re.DOTALL)
# The controls that JSON strings may hold in JSON5 but not in JSON need no care here: a string ends at its quote.
_BRACKET_OR_OPAQUE = re.compile(rf"{STRING.pattern}|{COMMENT.pattern}|[\[\]{{}}]", re.DOTALL)
_LINE_BREAK = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Item:
    """A member of an object or an element of a list; offsets are characters from 0, ends exclusive.

    `start` is where the name begins (for elements: the value), `comma` where its comma stands, if it has one.
    """

    key: str | int
    start: int
    name_end: int
    value_start: int
    value_end: int
    comma: int | None


@dataclass(frozen=True, slots=True)
class Container:
    """An object or list: offsets of its brackets and its items in order."""

    opening: int
    closing: int
    items: tuple[Item, ...]
    is_object: bool

    def last(self, key: str | int) -> Item | None:
        """The item that counts for `key`: of equal names the last."""
        return next((item for item in reversed(self.items) if item.key == key), None)


@dataclass(frozen=True, slots=True)
class Trail:
    """How far a path exists: the items met, and where the value of the last one (or the root) begins and ends."""

    items: tuple[Item, ...]
    containers: tuple[Container, ...]
    value_start: int
    value_end: int


def follow(text: str, path: JsonPath) -> Trail:
    """Walk down `path` as far as it exists. `containers` holds one for each level that was looked into."""
    start = after_trivia(text, 0)
    end = end_of_value(text, start)
    items: list[Item] = []
    containers: list[Container] = []
    for part in path:
        if text[start] not in "{[":
            break
        containers.append(container_at(text, start))
        item = containers[-1].last(part)
        if item is None:
            break
        items.append(item)
        start, end = item.value_start, item.value_end
    return Trail(tuple(items), tuple(containers), start, end)


def container_at(text: str, opening: int) -> Container:
    """The object or list whose bracket stands at `opening`."""
    is_object = text[opening] == "{"
    items: list[Item] = []
    offset = after_trivia(text, opening + 1)
    while text[offset] not in "}]":
        item = _member_at(text, offset) if is_object else _element_at(text, offset, len(items))
        items.append(item)
        offset = after_trivia(text, item.value_end if item.comma is None else item.comma + 1)
    return Container(opening, offset, tuple(items), is_object)


def after_trivia(text: str, offset: int) -> int:
    """Where the next token begins, behind white space and comments."""
    match = TRIVIA.match(text, offset)
    return match.end() if match else offset


def end_of_value(text: str, start: int) -> int:
    """Where the value that begins at `start` ends."""
    if text[start] not in "{[":
        token = STRING.match(text, start) or WORD.match(text, start)
        return token.end() if token else start
    depth = 0
    for token in _BRACKET_OR_OPAQUE.finditer(text, start):
        mark = token[0]
        if mark in ("{", "["):
            depth += 1
        elif mark in ("}", "]"):
            depth -= 1
            if depth == 0:
                return token.end()
    return len(text)


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Line and column of a character offset, both from 1; a byte order mark takes no column."""
    line, line_start = 1, 1 if text.startswith("\ufeff") else 0
    for line_break in _LINE_BREAK.finditer(text, 0, offset):
        line, line_start = line + 1, line_break.end()
    return line, max(offset - line_start, 0) + 1


def _member_at(text: str, start: int) -> Item:
    literal = STRING.match(text, start)
    token = literal or WORD.match(text, start)
    name_end = token.end() if token else start
    name = string_value(text[start:name_end]) if literal else identifier_value(text[start:name_end])
    value_start = after_trivia(text, after_trivia(text, name_end) + 1)
    value_end, comma = _value_and_comma(text, value_start)
    return Item(name or "", start, name_end, value_start, value_end, comma)


def _element_at(text: str, start: int, index: int) -> Item:
    value_end, comma = _value_and_comma(text, start)
    return Item(index, start, start, start, value_end, comma)


def _value_and_comma(text: str, value_start: int) -> tuple[int, int | None]:
    value_end = end_of_value(text, value_start)
    following = after_trivia(text, value_end)
    return value_end, following if text[following] == "," else None
