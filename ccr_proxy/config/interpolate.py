"""Puts environment variables into configuration texts: `$NAME` and `${NAME}`, as Claude Code Router does.

`${...}` takes any name; a bare `$NAME` only capitals, digits and `_`, so that "$5" and "$price" stay texts. A variable
that is unset or empty leaves the text as it is. One pass: a variable's own content is never looked at again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ccr_proxy.config.json_path import JsonPath

VARIABLE = re.compile(r"\$\{([^}]+)\}|\$([A-Z_][A-Z0-9_]*)")


@dataclass(frozen=True, slots=True)
class Reference:
    """A mention of the variable `name` in the text at `path`; `found` when the environment had something for it."""

    path: JsonPath
    name: str
    found: bool


@dataclass(frozen=True, slots=True)
class Interpolated:
    """Data with the variables put in, and every mention of one: those texts must never be written back in clear."""

    value: Any
    references: tuple[Reference, ...]


def interpolate(value: Any, environ: Mapping[str, str]) -> Interpolated:
    """Replace the variables in every text of `value` (plain JSON data), at any depth; names of members stay."""
    references = tuple(
        Reference(path, name, bool(environ.get(name)))
        for path, text in _texts(value, ())
        for name in variable_names(text)
    )
    return Interpolated(_replaced(value, environ), references)


def variable_names(text: str) -> tuple[str, ...]:
    """The variables that a text mentions, in order."""
    return tuple(match[1] or match[2] for match in VARIABLE.finditer(text))


def _texts(value: Any, path: JsonPath) -> Iterator[tuple[JsonPath, str]]:
    if isinstance(value, str):
        if "$" in value:
            yield path, value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _texts(item, (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, (*path, index))


def _replaced(value: Any, environ: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return (
            VARIABLE.sub(lambda match: environ.get(match[1] or match[2]) or match[0], value) if "$" in value else value
        )
    if isinstance(value, dict):
        return {name: _replaced(item, environ) for name, item in value.items()}
    if isinstance(value, list):
        return [_replaced(item, environ) for item in value]
    return value
