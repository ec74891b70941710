"""Reads a rule's `when`: an object whose members must all hold; `all`, `any` and `not` combine such objects.

`CONDITIONS` is the list of what may be asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ccr_proxy.config import values
from ccr_proxy.config.clock_time import CLOCK_TIME_SCHEMA, parse_clock_time
from ccr_proxy.config.conditions import (
    EFFORTS,
    PERIODS,
    THINKING,
    All,
    AnyOf,
    Condition,
    EffortIs,
    Fact,
    FactIs,
    HeaderIs,
    Not,
    Spending,
    Subject,
    TextIs,
    ThinkingIs,
    TimeIs,
    Tokens,
    ToolOffered,
)
from ccr_proxy.config.json_path import JsonPath
from ccr_proxy.config.patterns import PATTERNS_SCHEMA, Pattern, glob, parse_patterns
from ccr_proxy.config.problems import Findings
from ccr_proxy.config.ranges import RANGE_SCHEMA, parse_range

_Reader = Callable[[Any, JsonPath, Findings], Condition | None]


def parse_condition(value: Any, path: JsonPath, findings: Findings) -> Condition | None:
    """Read the object at `path`; None when anything in it is wrong, after telling `findings` all of it."""
    if not isinstance(value, dict):
        findings.error(path, 'must be an object, such as {"tokens": {"gt": 60000}}')
        return None
    before = len(findings.found)
    values.known_only(value, CONDITIONS, path, findings)
    parts = [CONDITIONS[name][0](entry, (*path, name), findings) for name, entry in value.items() if name in CONDITIONS]
    kept = tuple(part for part in parts if part is not None)
    if len(findings.found) > before or len(kept) < len(parts):
        return None
    return kept[0] if len(kept) == 1 else All(kept)


def _tokens(value: Any, path: JsonPath, findings: Findings) -> Condition | None:
    found = parse_range(value, path, findings)
    return Tokens(found) if found else None


def _spending(value: Any, path: JsonPath, findings: Findings) -> Condition | None:
    period: str | None = "day"
    if isinstance(value, dict) and "per" in value:
        period = values.one_of(value["per"], PERIODS, (*path, "per"), findings)
        value = {name: entry for name, entry in value.items() if name != "per"}
    found = parse_range(value, path, findings)
    return Spending(period, found) if found and period else None


def _text(subject: Subject) -> _Reader:
    def read(value: Any, path: JsonPath, findings: Findings) -> Condition | None:
        patterns = parse_patterns(value, path, findings)
        return TextIs(subject, patterns) if patterns else None

    return read


def _project(value: Any, path: JsonPath, findings: Findings) -> Condition | None:
    patterns = parse_patterns(value, path, findings)
    return TextIs("project", tuple(map(_folder_pattern, patterns))) if patterns else None


def _folder_pattern(pattern: Pattern) -> Pattern:
    """Projects are known by the folder that Claude Code keeps for them, whose name is the project's path with `-` for
    whatever is neither letter nor digit. A path is written here as one thinks of it."""
    if not pattern.is_glob or not re.search(r"[/\\]", pattern.written):
        return pattern
    folder = re.sub(r"[^A-Za-z0-9*?]", "-", pattern.written.replace("~", "*").rstrip("/\\"))
    return replace(glob(folder), written=pattern.written)


def _header(value: Any, path: JsonPath, findings: Findings) -> Condition | None:
    if not isinstance(value, dict) or not value:
        findings.error(path, 'must be an object of names and patterns, such as {"x-team": "red*"}')
        return None
    parts: list[Condition] = []
    for name, entry in value.items():
        if isinstance(entry, bool):
            parts.append(HeaderIs(name.lower(), (), entry))
        elif patterns := parse_patterns(entry, (*path, name), findings):
            parts.append(HeaderIs(name.lower(), patterns))
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def _tools(value: Any, path: JsonPath, findings: Findings) -> Condition | None:
    if isinstance(value, bool):
        return FactIs("any_tools", value)
    patterns = parse_patterns(value, path, findings)
    return ToolOffered(patterns) if patterns else None


def _images(value: Any, path: JsonPath, findings: Findings) -> Condition | None:
    if value == "last":
        return FactIs("image_in_last_turn", True)
    if isinstance(value, bool):
        return FactIs("images", value)
    findings.error(path, 'must be true, false or "last" (an image in the last turn)')
    return None


def _fact(fact: Fact) -> _Reader:
    def read(value: Any, path: JsonPath, findings: Findings) -> Condition | None:
        wanted = values.truth(value, path, findings)
        return None if wanted is None else FactIs(fact, wanted)

    return read


def _thinking(value: Any, path: JsonPath, findings: Findings) -> Condition | None:
    if isinstance(value, bool):
        return ThinkingIs(("asked",) if value else ("none", "offered"))
    levels = _levels(value, THINKING, path, findings)
    return ThinkingIs(levels) if levels else None


def _effort(value: Any, path: JsonPath, findings: Findings) -> Condition | None:
    levels = _levels(value, EFFORTS, path, findings)
    return EffortIs(levels) if levels else None


def _levels(value: Any, known: tuple[str, ...], path: JsonPath, findings: Findings) -> tuple[str, ...]:
    names = values.texts(value, path, findings) or ()
    found = [values.one_of(name, known, path, findings) for name in names]
    return tuple(level for level in found if level)


def _time(value: Any, path: JsonPath, findings: Findings) -> Condition | None:
    if not isinstance(value, list):
        span = parse_clock_time(value, path, findings)
        return TimeIs((span,)) if span else None
    spans = [parse_clock_time(entry, (*path, index), findings) for index, entry in enumerate(value)]
    if not spans:
        findings.error(path, "is an empty list")
    return TimeIs(tuple(span for span in spans if span))


def _listed(build: Callable[[tuple[Condition, ...]], Condition]) -> _Reader:
    def read(value: Any, path: JsonPath, findings: Findings) -> Condition | None:
        if not isinstance(value, list) or not value:
            findings.error(path, "must be a list of conditions, at least one")
            return None
        parts = [parse_condition(entry, (*path, index), findings) for index, entry in enumerate(value)]
        return build(tuple(part for part in parts if part is not None))

    return read


def _not(value: Any, path: JsonPath, findings: Findings) -> Condition | None:
    part = parse_condition(value, path, findings)
    return None if part is None else Not(part)


_TRUTH: dict[str, Any] = {"type": "boolean"}
_SELF: dict[str, Any] = {"$ref": "#/$defs/RuleCondition"}
_SELVES: dict[str, Any] = {"type": "array", "minItems": 1, "items": _SELF}


def _one_or_more(known: tuple[str, ...], *others: dict[str, Any]) -> dict[str, Any]:
    level = {"type": "string", "enum": list(known)}
    return {"anyOf": [*others, level, {"type": "array", "minItems": 1, "items": level}]}


# Every condition: how it is read, and its JSON Schema for editors.
CONDITIONS: dict[str, tuple[_Reader, dict[str, Any]]] = {
    "tokens": (_tokens, RANGE_SCHEMA),
    "model": (_text("model"), PATTERNS_SCHEMA),
    "tools": (_tools, {"anyOf": [_TRUTH, *PATTERNS_SCHEMA["anyOf"]]}),
    "images": (_images, {"enum": [True, False, "last"]}),
    "thinking": (_thinking, _one_or_more(THINKING, _TRUTH)),
    "effort": (_effort, _one_or_more(EFFORTS)),
    "plan_mode": (_fact("plan_mode"), _TRUTH),
    "subagent": (_fact("subagent"), _TRUTH),
    "background": (_fact("background"), _TRUTH),
    "web_search": (_fact("web_search"), _TRUTH),
    "stream": (_fact("stream"), _TRUTH),
    "session": (_text("session"), PATTERNS_SCHEMA),
    "project": (_project, PATTERNS_SCHEMA),
    "client_key": (_text("client_key"), PATTERNS_SCHEMA),
    "header": (
        _header,
        {"type": "object", "minProperties": 1, "additionalProperties": {"anyOf": [_TRUTH, *PATTERNS_SCHEMA["anyOf"]]}},
    ),
    "time": (_time, {"anyOf": [*CLOCK_TIME_SCHEMA["anyOf"], {"type": "array", "items": CLOCK_TIME_SCHEMA}]}),
    "spend": (
        _spending,
        {**RANGE_SCHEMA, "properties": {**RANGE_SCHEMA["properties"], "per": {"enum": list(PERIODS)}}},
    ),
    "all": (_listed(All), _SELVES),
    "any": (_listed(AnyOf), _SELVES),
    "not": (_not, _SELF),
}
CONDITION_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {name: schema for name, (_, schema) in CONDITIONS.items()},
    "additionalProperties": False,
}
