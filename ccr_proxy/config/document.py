"""A JSON5 file as text and as data at once: where a value stands, and edits that leave every other byte as it was.

document = parse(text, "config.json")
document.value["PORT"]                              plain Python data
document.position(("Router", "default"))            line 12, column 16
document.with_value(("Router", "default"), "a,b")   a new document; comments, order and indentation stay
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ccr_proxy.config import json5, spans
from ccr_proxy.config.edits import EditError, remove, set_value
from ccr_proxy.config.json_path import JsonPath, path_text
from ccr_proxy.config.spans import follow, line_and_column
from ccr_proxy.errors import ConfigFault

__all__ = ["Document", "DocumentError", "JsonPath", "Position", "parse", "parse_or_empty", "path_text"]

_ABSENT = object()


@dataclass
class DocumentError(ConfigFault):
    """The text is not JSON5; `line` and `column` count from 1, `reason` is the message without the place."""

    line: int = 1
    column: int = 1
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a text file: line and column in characters, both from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Document:
    """JSON5 text, where it came from (a file name for messages), and the data it holds. Treat `value` as read-only."""

    text: str
    source: str
    value: Any

    def get(self, path: JsonPath, default: Any = None) -> Any:
        """The value at `path`, or `default` when there is none."""
        value = _at(self.value, path)
        return default if value is _ABSENT else value

    def has(self, path: JsonPath) -> bool:
        """Whether anything, null included, stands at `path`."""
        return _at(self.value, path) is not _ABSENT

    def position(self, path: JsonPath) -> Position:
        """Where the item at `path` begins, with its name; for an absent path its nearest existing ancestor."""
        trail = follow(self.text, path)
        offset = trail.items[-1].start if trail.items else trail.value_start
        return Position(*line_and_column(self.text, offset))

    def with_value(self, path: JsonPath, value: Any) -> Document:
        """The document with `value` (JSON data) at `path`; missing objects on the way are created.

        A value that is equal already changes nothing. Raises ConfigFault when something on the way is neither object
        nor list, ValueError for NaN and infinities, which JSON cannot hold.
        """
        if _same(_at(self.value, path), value):
            return self
        try:
            return parse(set_value(self.text, path, value), self.source)
        except EditError as fault:
            place = self.position(path)
            raise ConfigFault(f"{self.source}:{place.line}:{place.column}: {fault}") from None

    def without(self, path: JsonPath) -> Document:
        """The document without the item at `path`; an absent path changes nothing."""
        text = remove(self.text, path)
        return self if text == self.text else parse(text, self.source)


def parse(text: str, source: str) -> Document:
    """Read JSON5 text. `source` names the file in messages. Raises DocumentError, also when the text holds no value."""
    return Document(text, source, _decoded(text, source))


def parse_or_empty(text: str, source: str) -> Document:
    """As `parse`, but where there is no value yet the document is an empty object, below the comments if any."""
    if spans.after_trivia(text, 0) < len(text):
        return parse(text, source)
    comments = text.rstrip(json5.WHITE_SPACE_CHARACTERS)
    return parse(f"{comments}\n{{}}\n" if comments else "{}\n", source)


def _decoded(text: str, source: str) -> Any:
    # Strict JSON, the usual case, is read by the interpreter's C code: 5 MB in some 50 ms instead of a second.
    try:
        return json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        pass
    try:
        return json5.decode(text)
    except json5.Json5Error as fault:
        line, column = line_and_column(text, fault.offset)
        message = f"{source}:{line}:{column}: not valid JSON: {fault.reason}"
        raise DocumentError(message, line, column, fault.reason) from None


def _at(value: Any, path: JsonPath) -> Any:
    for part in path:
        in_object = isinstance(value, dict) and isinstance(part, str) and part in value
        in_list = isinstance(value, list) and isinstance(part, int) and 0 <= part < len(value)
        if not (in_object or in_list):
            return _ABSENT
        value = value[part]
    return value


def _same(old: Any, new: Any) -> bool:
    """Equal as JSON: true is not 1, a tuple is a list, the order of names does not matter."""
    if isinstance(old, bool) or isinstance(new, bool):
        return old is new
    if isinstance(old, dict) and isinstance(new, dict):
        return old.keys() == new.keys() and all(_same(old[name], new[name]) for name in old)
    if isinstance(old, list) and isinstance(new, list | tuple):
        return len(old) == len(new) and all(map(_same, old, new))
    return bool(old == new)
