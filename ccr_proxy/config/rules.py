"""`Router.rules`: an ordered list of `{"name": …, "when": {…}, "use": targets, "set": {…}}`.

A rule with a fault stays in the list, so that its number stays what people count, but is inactive.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ccr_proxy.config import values
from ccr_proxy.config.condition_parser import parse_condition
from ccr_proxy.config.conditions import All, Condition
from ccr_proxy.config.json_path import JsonPath
from ccr_proxy.config.problems import Finding, Findings
from ccr_proxy.config.rewrites import NO_REWRITES, REWRITES_SCHEMA, Rewrites, parse_rewrites
from ccr_proxy.config.target_set import TargetSet, parse_target_set

RULES_PATH: JsonPath = ("Router", "rules")


@dataclass(frozen=True, slots=True)
class Rule:
    """When `when` holds, requests go to `use` with the changes of `rewrites`.

    `use` is None in a rule that cannot be read; `faults` says why, with places in the file.
    """

    name: str
    path: JsonPath
    when: Condition
    use: TargetSet | None
    rewrites: Rewrites = NO_REWRITES
    faults: tuple[Finding, ...] = ()


def parse_rules(value: Any) -> tuple[Rule, ...]:
    """Read the list `Router.rules`. Raises ValueError when it is none; faults within are kept with their rule."""
    if not isinstance(value, list | tuple):
        raise ValueError("must be a list of rules")
    return tuple(
        entry if isinstance(entry, Rule) else _parse_rule(entry, index) for index, entry in enumerate(value)
    )  # fmt: skip


def _parse_rule(value: Any, index: int) -> Rule:
    path: JsonPath = (*RULES_PATH, index)
    findings = Findings()
    if not isinstance(value, dict):
        findings.error(path, 'must be an object: {"when": {…}, "use": "provider,model"}')
        return Rule(f"rule {index + 1}", path, All(()), None, faults=tuple(findings.found))
    values.known_only(value, ("name", "when", "use", "set"), path, findings)
    name = f"rule {index + 1}"
    if value.get("name") is not None:
        name = values.text(value["name"], (*path, "name"), findings) or name
    when = _condition(value, path, findings)
    if value.get("use") is None:
        findings.error((*path, "use"), "is missing: it names the target")
        use = None
    else:
        use = parse_target_set(value["use"], (*path, "use"), findings)
    rewrites = NO_REWRITES
    if value.get("set") is not None:
        rewrites = parse_rewrites(value["set"], (*path, "set"), findings)
    faults = tuple(findings.found)
    return Rule(name, path, when, None if faults else use, rewrites, faults)


def _condition(rule: dict[str, Any], path: JsonPath, findings: Findings) -> Condition:
    if rule.get("when") is None:
        findings.error((*path, "when"), "is missing; write {} for a rule that always applies")
        return All(())
    return parse_condition(rule["when"], (*path, "when"), findings) or All(())


RULES_SCHEMA: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "name": {"type": "string", "minLength": 1},
            "when": {"$ref": "#/$defs/RuleCondition"},
            "use": {"$ref": "#/$defs/Targets"},
            "set": REWRITES_SCHEMA,
        },
        "required": ["when", "use"],
        "additionalProperties": False,
    },
}
