"""The difference between two JSON values as a list of small changes, and those changes taken back.

A receipt stores these changes. Undo takes back each one whose present value is still the one we wrote; what the user or
another program changed since stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from ccr_proxy.config.json_path import JsonPath


class Missing(Enum):
    """The one value that says "there was nothing here", which JSON's null does not."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING


@dataclass(frozen=True, slots=True)
class ValueChange:
    """At `path`, `before` became `after`; either may be MISSING.

    With `member` the path is that of a list, and the change is one element that came (`before` is MISSING) or went
    (`after` is MISSING): elements of a list have no name, and their number shifts when others come and go.
    """

    path: JsonPath
    before: Any
    after: Any
    member: bool = False


def changes_between(before: Any, after: Any) -> tuple[ValueChange, ...]:
    """All changes that lead from `before` to `after`, containers first, in the order of `after`."""
    return tuple(_compare((), before, after))


def _compare(path: JsonPath, before: Any, after: Any) -> Iterator[ValueChange]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in before:
            if key not in after:
                yield ValueChange((*path, key), before[key], MISSING)
        for key, value in after.items():
            yield from _compare((*path, key), before.get(key, MISSING), value)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _compare_lists(path, before, after)
    elif before is MISSING and isinstance(after, dict | list):
        # The empty container first, so that undo can tell whether it was ours when it is empty again.
        empty: Any = type(after)()
        yield ValueChange(path, MISSING, empty)
        yield from _compare(path, empty, after)
    elif not same(before, after):
        yield ValueChange(path, before, after)


def _compare_lists(path: JsonPath, before: list[Any], after: list[Any]) -> Iterator[ValueChange]:
    came = [(index, element) for index, element in enumerate(after) if not contains(before, element)]
    went = [element for element in before if not contains(after, element)]
    for index, element in came:
        partner = next((old for old in went if _have_one_name(old, element)), MISSING)
        if partner is MISSING:
            yield ValueChange(path, MISSING, element, member=True)
        else:
            went.remove(partner)
            yield from _compare((*path, index), partner, element)
    for element in went:
        yield ValueChange(path, element, MISSING, member=True)


def _have_one_name(first: Any, second: Any) -> bool:
    return (
        isinstance(first, dict) and isinstance(second, dict) and "name" in first and first["name"] == second.get("name")
    )


def same(first: Any, second: Any) -> bool:
    """Equal as JSON: Python's `True == 1` is not."""
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(same(value, second[key]) for key, value in first.items())
    if isinstance(first, list) and isinstance(second, list):
        return len(first) == len(second) and all(map(same, first, second))
    return isinstance(first, bool) == isinstance(second, bool) and bool(first == second)


def contains(elements: list[Any], wanted: Any) -> bool:
    """Whether a list holds an element that is the same as JSON."""
    return any(same(element, wanted) for element in elements)


def value_at(root: Any, path: JsonPath) -> Any:
    """The value at a path, or MISSING."""
    for step in path:
        inside = (isinstance(root, dict) and step in root) or _is_index(root, step)
        if not inside:
            return MISSING
        root = root[step]
    return root


def _is_index(root: Any, step: str | int) -> bool:
    return isinstance(root, list) and isinstance(step, int) and 0 <= step < len(root)
