"""Tool arguments that are almost JSON.

Models forget a bracket, write Python, leave a comma too many, or send the object twice. What comes out here is only a
guess: the caller uses it if it fits the tool's schema, and otherwise leaves the text as it came.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ccr_proxy.json_codec import JsonObject, loads

MAXIMUM_DEPTH = 64
_WORDS = {"true": True, "True": True, "false": False, "False": False, "null": None, "None": None}
_WORD = re.compile(r"[^\s,:\[\]{}\"']+")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
_SPACE = re.compile(r"[\s\ufeff]*")
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "/": "/", "\\": "\\", '"': '"', "'": "'", "\n": ""}
_ENDINGS = "}] \t\r\n,;"
_FENCE = re.compile(r"^\s*```\w*\s*|\s*```\s*$")


def candidates(text: str) -> Iterator[JsonObject]:
    """The objects that `text` may have meant, the least changed first; none when it is beyond repair."""
    text = _FENCE.sub("", text)
    for read in (_plain, _closed, _tolerant):
        try:
            value = read(text)
        except ValueError:
            continue
        if isinstance(value, str):  # the object as the text of a JSON string
            yield from candidates(value) if value != text and value.lstrip().startswith("{") else ()
        elif isinstance(value, dict):
            yield value


def _plain(text: str) -> Any:
    return loads(text)


def _closed(text: str) -> Any:
    """Append what would close the open string and the open brackets."""
    return loads(text + missing_end(text))


def missing_end(text: str) -> str:
    """The characters that close what `text` leaves open."""
    open_brackets: list[str] = []
    in_string = escaped = False
    for character in text:
        if in_string:
            if escaped or character == "\\":
                escaped = not escaped
            elif character == '"':
                in_string = False
        elif character == '"':
            in_string = True
        elif character in "{[":
            open_brackets.append("}" if character == "{" else "]")
        elif character in "}]" and open_brackets:
            open_brackets.pop()
    return ('"' if in_string else "") + "".join(reversed(open_brackets))


def _tolerant(text: str) -> Any:
    reader = _Reader(text)
    value = reader.value(0)
    rest, first = (part.strip(_ENDINGS) for part in (text[reader.position :], text[: reader.position]))
    # The same object again, or brackets too many.
    if rest and rest != first:
        raise ValueError("text after the object")
    return value


class _Reader:
    """Reads a value in JSON, JavaScript or Python spelling; everything that is open at the end is closed there."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.position = 0

    def value(self, depth: int) -> Any:
        self._skip_space()
        character = self._peek()
        if depth > MAXIMUM_DEPTH:
            raise ValueError("nested too deeply")
        if character == "{":
            return self._object(depth)
        if character == "[":
            return self._array(depth)
        if character and character in "\"'":
            return self._string()
        return _meaning(self._word())

    def _object(self, depth: int) -> JsonObject:
        result: JsonObject = {}
        self.position += 1
        while self._more("}"):
            key = self._string() if self._peek() in "\"'" else self._word()
            self._skip_space()
            if self._peek() == ":":
                self.position += 1
                self._skip_space()
                if self._peek():
                    result[key] = self.value(depth + 1)
            elif self._peek():
                raise ValueError(f"no colon after {key!r}")
        return result

    def _array(self, depth: int) -> list[Any]:
        result: list[Any] = []
        self.position += 1
        while self._more("]"):
            result.append(self.value(depth + 1))
        return result

    def _more(self, closing: str) -> bool:
        """Whether another element follows; passes over commas and over the closing bracket."""
        self._skip_space()
        while self._peek() == ",":
            self.position += 1
            self._skip_space()
        if self._peek() == closing:
            self.position += 1
            return False
        return bool(self._peek())

    def _string(self) -> str:
        quote, pieces = self._peek(), []
        self.position += 1
        while (character := self._peek()) and character != quote:
            self.position += 1
            pieces.append(self._escape() if character == "\\" else character)
        self.position += 1
        self._skip_space()
        # A quote in the middle of a text cannot be told from its end; what follows gives it away.
        if self._peek() and self._peek() not in ",:]}":
            raise ValueError("text after a string")
        return "".join(pieces)

    def _escape(self) -> str:
        letter = self._peek()
        self.position += 1
        if letter == "u":
            digits = self._text[self.position : self.position + 4]
            if not re.fullmatch(r"[0-9a-fA-F]{4}", digits):
                raise ValueError("a broken \\u escape")
            self.position += 4
            return chr(int(digits, 16))
        # Not an escape in JSON, so a backslash that was not doubled: a path, a regular expression.
        return _ESCAPES.get(letter, "\\" + letter)

    def _word(self) -> str:
        match = _WORD.match(self._text, self.position)
        if match is None:
            raise ValueError("a value is missing")
        self.position = match.end()
        return match.group()

    def _peek(self) -> str:
        return self._text[self.position : self.position + 1]

    def _skip_space(self) -> None:
        match = _SPACE.match(self._text, self.position)
        self.position = match.end() if match else self.position


def _meaning(word: str) -> Any:
    if word in _WORDS:
        return _WORDS[word]
    if _NUMBER.fullmatch(word):
        return loads(word.removeprefix("+"))
    raise ValueError(f"{word!r} is not a value")
