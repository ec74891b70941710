"""What a rule changes in a request besides its target."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ccr_proxy.config import values
from ccr_proxy.config.conditions import EFFORTS
from ccr_proxy.config.json_path import JsonPath
from ccr_proxy.config.patterns import PATTERNS_SCHEMA, Pattern, parse_patterns
from ccr_proxy.config.problems import Findings

# Anthropic's smallest thinking budget: https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking
SMALLEST_THINKING_BUDGET = 1024


@dataclass(frozen=True, slots=True)
class Rewrites:
    """New values for parts of a request; None (or nothing) leaves a part as the client sent it.

    `thinking` is "disabled", "adaptive", or a budget in tokens. `without_tools` are names of tools to leave out.
    """

    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    effort: str | None = None
    thinking: str | int | None = None
    system_append: str | None = None
    without_tools: tuple[Pattern, ...] = ()

    def __bool__(self) -> bool:
        return self != NO_REWRITES


NO_REWRITES = Rewrites()


def parse_rewrites(value: Any, path: JsonPath, findings: Findings) -> Rewrites:
    """Read the object at `path`; what is wrong is told to `findings` and left out."""
    if not isinstance(value, dict):
        findings.error(path, 'must be an object, such as {"max_tokens": 8000}')
        return NO_REWRITES
    values.known_only(value, _READERS, path, findings)
    read = {
        name: reader(value[name], (*path, name), findings)
        for name, reader in _READERS.items()
        if value.get(name) is not None
    }
    return Rewrites(**{name: found for name, found in read.items() if found is not None})


def _between(least: float, most: float) -> Callable[[Any, JsonPath, Findings], float | None]:
    def read(value: Any, path: JsonPath, findings: Findings) -> float | None:
        found = values.number(value, path, findings)
        if found is not None and not least <= found <= most:
            findings.error(path, f"must be from {least:g} to {most:g}")
            return None
        return found

    return read


def _effort(value: Any, path: JsonPath, findings: Findings) -> str | None:
    return values.one_of(value, EFFORTS, path, findings)


def _thinking(value: Any, path: JsonPath, findings: Findings) -> str | int | None:
    if isinstance(value, str) and value.strip().lower() in ("disabled", "adaptive"):
        return value.strip().lower()
    if value is False:
        return "disabled"
    budget = values.number(value, path, Findings())
    if budget is not None and budget >= SMALLEST_THINKING_BUDGET and budget == int(budget):
        return int(budget)
    findings.error(path, f'must be "disabled", "adaptive" or a budget of at least {SMALLEST_THINKING_BUDGET} tokens')
    return None


_READERS: dict[str, Callable[[Any, JsonPath, Findings], Any]] = {
    "max_tokens": values.whole_number,
    "temperature": _between(0, 2),
    "top_p": _between(0, 1),
    "effort": _effort,
    "thinking": _thinking,
    "system_append": values.text,
    "without_tools": parse_patterns,
}
_PROPERTIES: dict[str, Any] = {
    "max_tokens": {"type": ["integer", "string"], "description": "the most tokens of the answer"},
    "temperature": {"type": ["number", "string"]},
    "top_p": {"type": ["number", "string"]},
    "effort": {"type": "string", "enum": list(EFFORTS)},
    "thinking": {
        "anyOf": [
            {"enum": ["disabled", "adaptive", False]},
            {"type": "integer", "minimum": SMALLEST_THINKING_BUDGET},
        ]
    },
    "system_append": {"type": "string", "description": "a further text of the system prompt"},
    "without_tools": {**PATTERNS_SCHEMA, "description": "tools that are not offered to the model"},
}
REWRITES_SCHEMA: dict[str, Any] = {"type": "object", "properties": _PROPERTIES, "additionalProperties": False}
