"""Changes one place of a JSON5 text and leaves every other character alone.

New text follows the style around it: indentation, line ending, one line or many, trailing comma. What `set_value`
added as a new member, `remove` takes away again without a trace.
"""

from __future__ import annotations

import json
import re
from typing import Any

from ccr_proxy.config.json5 import NEWLINES, WHITE_SPACE_CHARACTERS
from ccr_proxy.config.json_path import JsonPath, path_text
from ccr_proxy.config.spans import COMMENT, Container, Item, Trail, after_trivia, container_at, follow

# What may stand between a value and the end of its line: blanks, comments that end on it.
_REST_OF_LINE = re.compile(rf"[ \t]*(?:/\*(?:(?!\*/)[^{NEWLINES}])*\*/[ \t]*)*(?://[^{NEWLINES}]*)?(?=[{NEWLINES}])")
_BLANKS = re.compile(r"[ \t]*")
_LINE_ENDING = re.compile(r"\r\n|\n|\r")
_PLAIN_COLON = re.compile(r"[ \t]*:[ \t]*")
_PLAIN_COMMA = re.compile(r",[ \t]*")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_DEFAULT_UNIT = "  "

_Cut = tuple[int, int, str]


class EditError(Exception):
    """The place cannot be set; the text says why."""


def set_value(text: str, path: JsonPath, value: Any) -> str:
    """Put `value` at `path`, creating objects on the way. Raises EditError when something else stands there."""
    trail = follow(text, path)
    if len(trail.items) == len(path):
        return _replace(text, trail, value)
    container = _container_for_new_item(text, trail, path)
    missing = path[len(trail.items) :]
    for part in reversed(missing[1:]):
        value = _wrapped(part, value, path)
    return _insert(text, container, missing[0], value, _is_spread(text, trail))


def remove(text: str, path: JsonPath) -> str:
    """Take the item at `path` away with its comma and its line; a path that does not exist changes nothing.

    Equal names go together, else an earlier one would come to count. The top level itself stays.
    """
    while path:
        trail = follow(text, path)
        if len(trail.items) < len(path):
            break
        text = _remove(text, trail.containers[-1], trail.items[-1])
        if isinstance(path[-1], int):
            break
    return text


# --- setting ---------------------------------------------------------------------------------------------------------


def _replace(text: str, trail: Trail, value: Any) -> str:
    start, end = trail.value_start, trail.value_end
    old = text[start:end]
    spread = _is_spread(text, trail) and ("\n" in old or "\r" in old or old[0] not in "{[" or len(old) == 2)
    if spread:
        new = _written(text, value, _indentation(text, start))
    else:
        new = _one_line(value, _comma_gap(text, trail.containers[-1]) if trail.containers else " ")
    return text[:start] + new + text[end:]


def _container_for_new_item(text: str, trail: Trail, path: JsonPath) -> Container:
    depth = len(trail.items)
    where = path_text(path[:depth])
    if text[trail.value_start] not in "{[":
        raise EditError(f"cannot set {path_text(path)}: {where} is neither an object nor a list")
    container = container_at(text, trail.value_start)
    part = path[depth]
    if container.is_object and isinstance(part, int):
        raise EditError(f"cannot set {path_text(path)}: {where} is an object and has no element {part}")
    if not container.is_object and part != len(container.items):
        raise EditError(f"cannot set {path_text(path)}: {where} is a list of {len(container.items)}")
    return container


def _wrapped(part: str | int, value: Any, path: JsonPath) -> Any:
    if isinstance(part, str):
        return {part: value}
    if part == 0:
        return [value]
    raise EditError(f"cannot set {path_text(path)}: the list for element {part} does not exist")


def _insert(text: str, container: Container, part: str | int, value: Any, spread: bool) -> str:
    if not container.items:
        return _insert_first(text, container, part, value, spread)
    last = container.items[-1]
    comma = "" if last.comma is None else ","
    end = last.value_end if last.comma is None else last.comma + 1
    own_line = _begins_its_line(text, last.start)
    if own_line:
        indentation = _indentation(text, last.start)
        at = _end_of_line(text, end) or end
        member = _name(text, part, last) + _written(text, value, indentation)
        addition = _line_ending(text) + indentation + member + comma
    else:
        at = end
        gap = _comma_gap(text, container)
        addition = ("" if comma else ",") + gap + _name(text, part, last) + _one_line(value, gap) + comma
    cuts = [(at, at, addition)]
    if own_line and not comma:
        cuts.insert(0, (end, end, ","))
    return _applied(text, cuts)


def _insert_first(text: str, container: Container, part: str | int, value: Any, spread: bool) -> str:
    interior = text[container.opening + 1 : container.closing]
    content_end = container.opening + 1 + len(interior.rstrip(WHITE_SPACE_CHARACTERS))
    outer = _indentation(text, container.opening)
    inner = outer + _unit(text)
    if not (spread or any(mark in interior for mark in NEWLINES)):
        gap = " " if content_end > container.opening + 1 else ""
        return _applied(text, [(content_end, content_end, gap + _name(text, part, None) + _one_line(value))])
    addition = _line_ending(text) + inner + _name(text, part, None) + _written(text, value, inner)
    if content_end == container.opening + 1:
        return _applied(text, [(content_end, container.closing, addition + _line_ending(text) + outer)])
    after_comment = _after_blanks(text, content_end)
    return _applied(text, [(after_comment, after_comment, addition)])


# --- removing --------------------------------------------------------------------------------------------------------


def _remove(text: str, container: Container, item: Item) -> str:
    index = container.items.index(item)
    end = item.value_end if item.comma is None else item.comma + 1
    if not (text[container.opening + 1 : item.start] + text[end : container.closing]).strip(WHITE_SPACE_CHARACTERS):
        return text[: container.opening + 1] + text[container.closing :]
    is_last = index == len(container.items) - 1
    previous = container.items[index - 1] if index else None
    cuts: list[_Cut] = []
    if is_last and item.comma is None and previous is not None and previous.comma is not None:
        cuts.append((previous.comma, previous.comma + 1, ""))
    after_previous = container.opening + 1 if previous is None else (previous.comma or previous.value_end)
    cuts.append((*_range_to_remove(text, after_previous, item.start, end, is_last), ""))
    return _applied(text, cuts)


def _range_to_remove(text: str, after_previous: int, start: int, end: int, is_last: bool) -> tuple[int, int]:
    end_of_line = _end_of_line(text, end)
    gap_start = len(text[:start].rstrip(WHITE_SPACE_CHARACTERS))
    if _begins_its_line(text, start):
        if end_of_line is not None:
            return _line_break_before(text, start), end_of_line
        # A line comment above must keep its line break, or it would swallow the closing bracket.
        if is_last and not _ends_in_line_comment(text[after_previous:start]):
            return _line_break_before(text, start), end
        return start, _after_blanks(text, end)
    following = _after_blanks(text, end)
    if is_last or text[following] in NEWLINES:
        return gap_start, end
    return start, following


def _ends_in_line_comment(trivia: str) -> bool:
    comments = COMMENT.findall(trivia)
    return bool(comments) and comments[-1].startswith("//")


# --- style -----------------------------------------------------------------------------------------------------------


def _is_spread(text: str, trail: Trail) -> bool:
    """Whether the value at the end of the trail belongs on several lines: its item begins a line, or it is the root."""
    return not trail.items or _begins_its_line(text, trail.items[-1].start)


def _written(text: str, value: Any, indentation: str) -> str:
    """`value` as JSON over several lines, the first of which begins in a line indented by `indentation`."""
    lines = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=_unit(text))
    return _escaped(lines).replace("\n", _line_ending(text) + indentation)


def _one_line(value: Any, gap: str = " ") -> str:
    separators = (", ", ": ") if gap else (",", ":")
    return _escaped(json.dumps(value, ensure_ascii=False, allow_nan=False, separators=separators))


def _escaped(json_text: str) -> str:
    """Halves of a character cannot be saved as UTF-8; as escapes they can."""
    return _LONE_SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", json_text)


def _name(text: str, part: str | int, sibling: Item | None) -> str:
    """`"name": ` with the sibling's way of writing the colon; nothing for elements of a list."""
    if isinstance(part, int):
        return ""
    between = text[sibling.name_end : sibling.value_start] if sibling else ": "
    return _one_line(part) + (between if _PLAIN_COLON.fullmatch(between) else ": ")


def _comma_gap(text: str, container: Container) -> str:
    """What a one-line container puts behind its commas: `{"a":1}` nothing, `{"a": 1}` a blank."""
    if len(container.items) > 1:
        before = container.items[-2]
        gap = text[(before.comma or before.value_end) + 1 : container.items[-1].start]
        return gap if _BLANKS.fullmatch(gap) else " "
    only = container.items[0]
    return "" if container.is_object and text[only.name_end : only.value_start] == ":" else " "


def _unit(text: str) -> str:
    """One step of indentation: that of the first item of the top level, if it stands on its own line."""
    start = after_trivia(text, 0)
    if text[start] in "{[":
        first = after_trivia(text, start + 1)
        if _begins_its_line(text, first) and text[first] not in "}]":
            return _indentation(text, first)
    return _DEFAULT_UNIT


def _line_ending(text: str) -> str:
    match = _LINE_ENDING.search(text)
    return match[0] if match else "\n"


def _line_start(text: str, offset: int) -> int:
    return max(text.rfind(mark, 0, offset) for mark in NEWLINES) + 1


def _indentation(text: str, offset: int) -> str:
    """The blanks at the beginning of the line in which `offset` stands."""
    match = _BLANKS.match(text, _line_start(text, offset))
    return match[0] if match else ""


def _begins_its_line(text: str, offset: int) -> bool:
    line_start = _line_start(text, offset)
    return line_start > 0 and not text[line_start:offset].strip(WHITE_SPACE_CHARACTERS)


def _line_break_before(text: str, offset: int) -> int:
    line_start = _line_start(text, offset)
    return line_start - (2 if text[line_start - 2 : line_start] == "\r\n" else 1)


def _end_of_line(text: str, offset: int) -> int | None:
    """Where the line ends, if nothing but blanks and comments stands between; else None."""
    match = _REST_OF_LINE.match(text, offset)
    return match.end() if match else None


def _after_blanks(text: str, offset: int) -> int:
    match = _BLANKS.match(text, offset)
    return match.end() if match else offset


def _applied(text: str, cuts: list[_Cut]) -> str:
    """Replace each (start, end, new) of the text; the cuts are in order and do not overlap."""
    for start, end, new in reversed(cuts):
        text = text[:start] + new + text[end:]
    return text
