"""Reads single values of JSON data of any shape: numbers, texts, lists of texts, objects with known names.

Each function gives None for what does not fit, after telling `Findings` why.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from ccr_proxy.config.json_path import JsonPath
from ccr_proxy.config.problems import Findings, did_you_mean, nearest


def number(value: Any, path: JsonPath, findings: Findings) -> float | None:
    """A finite number; as text too, because a variable ($LIMIT) is text."""
    plain = value
    if isinstance(value, str):
        try:
            plain = float(value)
        except ValueError:
            plain = None
    if isinstance(plain, int | float) and not isinstance(plain, bool) and math.isfinite(plain):
        return plain
    findings.error(path, "must be a number")
    return None


def whole_number(value: Any, path: JsonPath, findings: Findings) -> int | None:
    """A whole number above 0."""
    found = number(value, path, Findings())
    if found is not None and found > 0 and found == int(found):
        return int(found)
    findings.error(path, "must be a whole number above 0")
    return None


def text(value: Any, path: JsonPath, findings: Findings) -> str | None:
    """A text that is not blank, without blanks around it."""
    if isinstance(value, str) and value.strip():
        return value.strip()
    findings.error(path, "must be a text" if not isinstance(value, str) else "is empty")
    return None


def texts(value: Any, path: JsonPath, findings: Findings) -> tuple[str, ...] | None:
    """One text, or a list of at least one."""
    if not isinstance(value, list | tuple):
        one = text(value, path, findings)
        return None if one is None else (one,)
    if not value:
        findings.error(path, "is an empty list")
    found = [text(item, (*path, index), findings) for index, item in enumerate(value)]
    kept = tuple(item for item in found if item is not None)
    return kept if kept and len(kept) == len(found) else None


def truth(value: Any, path: JsonPath, findings: Findings) -> bool | None:
    """true or false."""
    if isinstance(value, bool):
        return value
    findings.error(path, "must be true or false")
    return None


def known_only(data: dict[str, Any], known: Iterable[str], path: JsonPath, findings: Findings) -> None:
    """Tell every name of `data` that is not among `known`."""
    names = tuple(known)
    for name in data:
        if name not in names:
            findings.error((*path, name), "is not known here", did_you_mean(name, names))


def one_of(value: Any, known: Iterable[str], path: JsonPath, findings: Findings) -> str | None:
    """One of the texts `known`, letter case aside."""
    names = tuple(known)
    if isinstance(value, str) and value.strip().lower() in names:
        return value.strip().lower()
    findings.error(path, f"must be one of {', '.join(names)}", _meant(value, names))
    return None


def _meant(value: Any, names: tuple[str, ...]) -> str:
    match = nearest(value, names) if isinstance(value, str) else None
    return f'did you mean "{match}"?' if match else ""
