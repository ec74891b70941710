"""`Router.rules`: what is read, and what makes a rule inactive."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from ccr_proxy.config.rules import parse_rules
from tests.ccr_proxy.config.json5_texts import values

GOOD = {"name": "big", "when": {"tokens": {"gt": 5}}, "use": "a,m", "set": {"max_tokens": 5}}


def faults(rule: Any) -> list[str]:
    (parsed,) = parse_rules([rule])
    assert (parsed.use is None) == bool(parsed.faults)
    return [finding.message for finding in parsed.faults]


def test_a_rule() -> None:
    (rule,) = parse_rules([GOOD])
    assert (rule.name, rule.path, str(rule.use), rule.rewrites.max_tokens, rule.faults) == (
        "big",
        ("Router", "rules", 0),
        "a,m",
        5,
        (),
    )


def test_a_rule_without_a_name_is_called_by_its_number_and_broken_ones_keep_theirs() -> None:
    rules = parse_rules([{"when": {}}, 5, {"when": {}, "use": "a,m"}])
    assert [(rule.name, rule.use is None) for rule in rules] == [("rule 1", True), ("rule 2", True), ("rule 3", False)]


def test_rules_that_were_read_before_stay_as_they_are() -> None:
    rules = parse_rules([GOOD])
    assert parse_rules(rules) == rules


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"use": None}, ["Router.rules[0].use is missing: it names the target"]),
        ({"when": None}, ["Router.rules[0].when is missing; write {} for a rule that always applies"]),
        ({"when": "always"}, ['Router.rules[0].when must be an object, such as {"tokens": {"gt": 60000}}']),
        ({"when": {"token": {"gt": 5}}}, ["Router.rules[0].when.token is not known here"]),
        ({"use": ["a,m", 5]}, ["Router.rules[0].use[1] must be a text"]),
        ({"set": {"max_tokens": -1}}, ["Router.rules[0].set.max_tokens must be a whole number above 0"]),
        ({"name": 5}, ["Router.rules[0].name must be a text"]),
        ({"then": "a,m"}, ["Router.rules[0].then is not known here"]),
        (
            {"when": {"any": [{"images": "yes"}, {"not": {"stream": 1}}]}, "use": 3},
            [
                'Router.rules[0].when.any[0].images must be true, false or "last" (an image in the last turn)',
                "Router.rules[0].when.any[1].not.stream must be true or false",
                'Router.rules[0].use must be "provider,model", a list of these,'
                ' or {"targets": [...], "strategy": "..."}',
            ],
        ),
    ],
)
def test_every_fault_is_told_and_makes_the_rule_inactive(changes: dict[str, Any], told: list[str]) -> None:
    assert faults(GOOD | changes) == told


def test_what_was_meant_is_suggested() -> None:
    (rule,) = parse_rules([GOOD | {"when": {"planMode": True}}])
    assert [finding.hint for finding in rule.faults] == ['did you mean "plan_mode"?']


@pytest.mark.parametrize("value", ["a,m", {}, 5])
def test_something_else_than_a_list_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="must be a list of rules"):
        parse_rules(value)


@given(values, values, values)
def test_whatever_stands_there_it_is_read(when: Any, use: Any, changes: Any) -> None:
    (rule,) = parse_rules([{"when": when, "use": use, "set": changes}])
    assert (rule.use is None) == bool(rule.faults)
