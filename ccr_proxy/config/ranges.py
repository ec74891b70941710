"""Ranges of numbers: `{"gt": 60000}`, `{"gte": 1, "lt": 5}`, `{"between": [20000, 60000]}` (both ends included)."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ccr_proxy.config import values
from ccr_proxy.config.json_path import JsonPath
from ccr_proxy.config.problems import Findings

_COMPARISONS: dict[str, tuple[str, Callable[[float, float], bool]]] = {
    "gt": (">", operator.gt),
    "gte": ("≥", operator.ge),
    "lt": ("<", operator.lt),
    "lte": ("≤", operator.le),
}


@dataclass(frozen=True, slots=True)
class Range:
    """Limits that must all hold, each a name of `_COMPARISONS` and a number."""

    limits: tuple[tuple[str, float], ...]

    def holds(self, number: float) -> bool:
        """Whether `number` is within every limit."""
        return all(_COMPARISONS[name][1](number, limit) for name, limit in self.limits)

    def __str__(self) -> str:
        return " and ".join(f"{_COMPARISONS[name][0]} {limit:,.15g}" for name, limit in self.limits)


def parse_range(value: Any, path: JsonPath, findings: Findings) -> Range | None:
    """Read a range at `path`; None when it is not one, after telling `findings` why."""
    if not isinstance(value, dict) or not value:
        findings.error(path, 'must be a range, such as {"gt": 60000} or {"between": [20000, 60000]}')
        return None
    before = len(findings.found)
    values.known_only(value, (*_COMPARISONS, "between"), path, findings)
    limits = [
        (name, limit)
        for name in _COMPARISONS
        if name in value and (limit := values.number(value[name], (*path, name), findings)) is not None
    ]
    if "between" in value:
        limits += _between(value["between"], (*path, "between"), findings)
    return Range(tuple(limits)) if len(findings.found) == before else None


def _between(value: Any, path: JsonPath, findings: Findings) -> list[tuple[str, float]]:
    if not isinstance(value, list) or len(value) != 2:
        findings.error(path, "must be two numbers, [least, most]")
        return []
    least = values.number(value[0], (*path, 0), findings)
    most = values.number(value[1], (*path, 1), findings)
    if least is None or most is None:
        return []
    if least > most:
        findings.error(path, "must name the smaller number first")
    return [("gte", least), ("lte", most)]


_NUMBER: dict[str, Any] = {"type": ["number", "string"]}
RANGE_SCHEMA: dict[str, Any] = {
    "type": "object",
    "minProperties": 1,
    "properties": {
        **dict.fromkeys(_COMPARISONS, _NUMBER),
        "between": {"type": "array", "minItems": 2, "maxItems": 2, "items": _NUMBER},
    },
    "additionalProperties": False,
}
