"""Where requests are sent: one "provider,model" or several, and how to choose among them.

    "provider,model"                                              one target
    ["a,m", "b,n"]                                                in this order: the next one when the first fails
    {"targets": ["a,m", "b,n"], "strategy": "fastest"}            chosen by what was observed
    [{"use": "a,m", "weight": 3}, {"use": "b,n", "weight": 1}]    three of four sessions to the first

Names are texts here; whether a provider has that model is for `checks` and the routing to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from ccr_proxy.config import values
from ccr_proxy.config.json_path import JsonPath
from ccr_proxy.config.problems import Findings

Strategy = Literal["ordered", "weighted", "least_busy", "fastest", "cheapest"]
STRATEGIES: tuple[str, ...] = get_args(Strategy)


@dataclass(frozen=True, slots=True)
class TargetSet:
    """Names of targets as written, at least one, with a weight each; `strategy` says how one is chosen.

    `paths` are their places below the set's own place, for messages.
    """

    names: tuple[str, ...]
    weights: tuple[float, ...]
    strategy: Strategy
    paths: tuple[JsonPath, ...]

    def __str__(self) -> str:
        if len(self.names) == 1:
            return self.names[0]
        if self.strategy == "ordered":
            return " → ".join(self.names)
        if self.strategy == "weighted":
            shares = (f"{name} ×{weight:g}" for name, weight in zip(self.names, self.weights, strict=True))
            return f"weighted: {' | '.join(shares)}"
        return f"{self.strategy.replace('_', ' ')}: {' | '.join(self.names)}"


def single(name: str) -> TargetSet:
    """The set of one target."""
    return TargetSet((name,), (1.0,), "ordered", ((),))


def parse_target_set(value: Any, path: JsonPath, findings: Findings) -> TargetSet | None:
    """Read one of the four forms at `path`; None when anything in it is wrong, after telling `findings` all of it."""
    if isinstance(value, str):
        name = values.text(value, path, findings)
        return None if name is None else single(name)
    if isinstance(value, dict) and "use" in value:
        return _set([((), value)], None, path, findings)
    if isinstance(value, dict):
        return _from_object(value, path, findings)
    if isinstance(value, list | tuple):
        return _set([((index,), entry) for index, entry in enumerate(value)], None, path, findings)
    findings.error(path, 'must be "provider,model", a list of these, or {"targets": [...], "strategy": "..."}')
    return None


def _from_object(data: dict[str, Any], path: JsonPath, findings: Findings) -> TargetSet | None:
    before = len(findings.found)
    values.known_only(data, ("targets", "strategy"), path, findings)
    strategy = None
    if data.get("strategy") is not None:
        strategy = values.one_of(data["strategy"], STRATEGIES, (*path, "strategy"), findings)
    entries = data.get("targets")
    if isinstance(entries, str):
        found = _set([(("targets",), entries)], strategy, path, findings)
    elif isinstance(entries, list | tuple):
        found = _set([(("targets", index), entry) for index, entry in enumerate(entries)], strategy, path, findings)
    else:
        findings.error((*path, "targets"), 'must be a list of "provider,model"')
        found = None
    return found if len(findings.found) == before else None


def _set(
    entries: list[tuple[JsonPath, Any]], strategy: str | None, path: JsonPath, findings: Findings
) -> TargetSet | None:
    """Read entries, each with its place below `path`."""
    before = len(findings.found)
    if not entries:
        findings.error(path, "names no target")
    read = [(place, *_entry(entry, (*path, *place), findings)) for place, entry in entries]
    weights = [weight for _, _, weight, _ in read]
    chosen = strategy or ("weighted" if any(weight is not None for weight in weights) else "ordered")
    given = tuple(1.0 if weight is None else weight for weight in weights)
    if entries and chosen == "weighted" and not any(given):
        findings.error(path, "needs a weight above 0")
    if len(findings.found) > before:
        return None
    names = tuple(name for _, name, _, _ in read)
    paths = tuple((*place, *inner) for place, _, _, inner in read)
    return TargetSet(names, given, cast("Strategy", chosen), paths)


def _entry(entry: Any, path: JsonPath, findings: Findings) -> tuple[str, float | None, JsonPath]:
    """Name, weight if one is given, and where below `path` the name stands."""
    if not isinstance(entry, dict):
        return values.text(entry, path, findings) or "", None, ()
    values.known_only(entry, ("use", "weight"), path, findings)
    name = values.text(entry.get("use"), (*path, "use"), findings) or ""
    weight = None
    if entry.get("weight") is not None:
        weight = values.number(entry["weight"], (*path, "weight"), findings)
        if weight is not None and weight < 0:
            findings.error((*path, "weight"), "must not be below 0")
    return name, weight, ("use",)


_NAME: dict[str, Any] = {"type": "string", "minLength": 1, "description": "provider,model"}
_WEIGHTED: dict[str, Any] = {
    "type": "object",
    "properties": {"use": _NAME, "weight": {"type": ["number", "string"], "minimum": 0}},
    "required": ["use"],
    "additionalProperties": False,
}
_LIST: dict[str, Any] = {"type": "array", "minItems": 1, "items": {"anyOf": [_NAME, _WEIGHTED]}}

# The same forms as JSON Schema, for editors.
TARGET_SET_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"type": "string", "description": "provider,model"},
        _LIST,
        {
            "type": "object",
            "properties": {
                "targets": {"anyOf": [_NAME, _LIST]},
                "strategy": {"type": "string", "enum": list(STRATEGIES)},
            },
            "required": ["targets"],
            "additionalProperties": False,
        },
    ]
}
FALLBACK_SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": {"anyOf": [*TARGET_SET_SCHEMA["anyOf"], {"type": "array", "maxItems": 0}]},
}
