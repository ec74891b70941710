"""Patterns for names: `*` and `?`, or a regular expression. Letter case does not matter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ccr_proxy.config import values
from ccr_proxy.config.json_path import JsonPath
from ccr_proxy.config.problems import Findings


@dataclass(frozen=True, slots=True)
class Pattern:
    """`written` is the pattern as it stands in the file. A glob must fit the whole text, an expression any part."""

    written: str
    expression: re.Pattern[str]
    is_glob: bool

    def fits(self, text: str) -> bool:
        """Whether the pattern fits `text`."""
        return self.expression.search(text) is not None

    def __str__(self) -> str:
        return self.written


def glob(text: str) -> Pattern:
    """`*` stands for any characters, `?` for one. Brackets are letters: model names such as `opus[1m]` hold them."""
    pieces = ("(?s:.*)" if part == "*" else "(?s:.)" if part == "?" else re.escape(part) for part in text)
    return Pattern(text, re.compile(rf"\A{''.join(pieces)}\Z", re.IGNORECASE), is_glob=True)


def parse_patterns(value: Any, path: JsonPath, findings: Findings) -> tuple[Pattern, ...] | None:
    """A text with `*` and `?`, `{"regex": "..."}`, or a list of these, any of which may fit."""
    listed = value if isinstance(value, list | tuple) else None
    if listed is not None and not listed:
        findings.error(path, "is an empty list")
    entries = [((*path, index), entry) for index, entry in enumerate(listed)] if listed is not None else [(path, value)]
    found = [_parse_pattern(entry, place, findings) for place, entry in entries]
    kept = tuple(pattern for pattern in found if pattern is not None)
    return kept if kept and len(kept) == len(found) else None


def _parse_pattern(value: Any, path: JsonPath, findings: Findings) -> Pattern | None:
    if not isinstance(value, dict):
        text = values.text(value, path, findings)
        return None if text is None else glob(text)
    values.known_only(value, ("regex",), path, findings)
    source = values.text(value.get("regex"), (*path, "regex"), findings)
    if source is None or len(value) > 1:
        return None
    try:
        return Pattern(source, re.compile(source, re.IGNORECASE), is_glob=False)
    except re.error as fault:
        findings.error((*path, "regex"), f"is not a regular expression: {fault}")
        return None


_PATTERN: dict[str, Any] = {
    "anyOf": [
        {"type": "string", "minLength": 1},
        {
            "type": "object",
            "properties": {"regex": {"type": "string", "format": "regex"}},
            "required": ["regex"],
            "additionalProperties": False,
        },
    ]
}
PATTERNS_SCHEMA: dict[str, Any] = {"anyOf": [*_PATTERN["anyOf"], {"type": "array", "minItems": 1, "items": _PATTERN}]}
