"""What a preset asks: in which order, on which condition, and which answers are good."""

from __future__ import annotations

from typing import Any

import pytest

from ccr_proxy.errors import ConfigFault
from ccr_proxy.presets.inputs import Input, answers, holds, missing, read_inputs

MODELS = {"type": "models", "providerField": "#{provider}"}
CONFIG = {"Providers": [{"name": "a", "models": ["m1", "m2"]}, {"name": "b", "models": ["m3"]}]}


def one(**entry: Any) -> Input:
    return read_inputs([{"id": "x", **entry}], "manifest.json")[0]


@pytest.mark.parametrize(
    ("entry", "text", "value"),
    [
        ({}, "sk-1", "sk-1"),
        ({"type": "number", "min": 1, "max": 9}, "5", 5),
        ({"type": "number"}, "0.5", 0.5),
        ({"type": "confirm"}, "Yes", True),
        ({"type": "confirm"}, "n", False),
        ({"type": "select", "options": [{"label": "One", "value": 1}, {"label": "Two", "value": 2}]}, "2", 2),
        ({"type": "select", "options": {"type": "static", "options": [{"value": "s"}]}}, "s", "s"),
        ({"type": "select", "options": {"type": "providers"}}, "b", "b"),
        ({"type": "select", "options": {"type": "custom"}}, "anything", "anything"),
        ({"type": "multiselect", "options": [{"value": "a"}, {"value": "b"}, {"value": "c"}]}, "c, a", ["c", "a"]),
        ({"type": "input", "required": False}, "", ""),
        ({"type": "input", "validator": "^sk-"}, "sk-2", "sk-2"),
    ],
)
def test_good_answers(entry: dict[str, Any], text: str, value: Any) -> None:
    asked = one(**entry)
    assert asked.read(text, asked.choices(CONFIG, {})) == value


@pytest.mark.parametrize(
    ("entry", "text", "reason"),
    [
        ({"type": "input"}, "", "is required"),
        ({"type": "number"}, "five", "must be a number"),
        ({"type": "number", "min": 0}, "-1", "must be at least 0"),
        ({"type": "number", "max": 9}, "10", "must be at most 9"),
        ({"type": "confirm"}, "maybe", "must be yes or no"),
        ({"type": "select", "options": {"type": "providers"}}, "c", "must be one of a, b"),
        ({"type": "select", "options": [{"value": "x", "disabled": True}, {"value": "y"}]}, "x", "must be one of y"),
        ({"type": "input", "validator": "^sk-"}, "key", "does not match \\^sk-"),
    ],
)
def test_bad_answers(entry: dict[str, Any], text: str, reason: str) -> None:
    asked = one(**entry)
    with pytest.raises(ValueError, match=reason):
        asked.read(text, asked.choices(CONFIG, {}))


@pytest.mark.parametrize(
    ("condition", "result"),
    [
        ({"field": "a", "value": 1}, True),
        ({"field": "a", "operator": "ne", "value": 1}, False),
        ({"field": "a", "operator": "in", "value": [1, 2]}, True),
        ({"field": "a", "operator": "nin", "value": [1, 2]}, False),
        ({"field": "a", "operator": "gt", "value": 0}, True),
        ({"field": "a", "operator": "lte", "value": 0}, False),
        ({"field": "a", "operator": "exists"}, True),
        ({"field": "b", "operator": "exists"}, False),
        ({"field": "b", "operator": "gt", "value": 0}, False),
        ({"field": "b", "operator": "nin", "value": [1]}, True),
        ({"field": "a", "operator": "like", "value": 1}, False),
    ],
)
def test_conditions(condition: dict[str, Any], result: bool) -> None:
    assert holds(condition, {"a": 1}) is result


def test_questions_come_after_those_they_depend_on_and_only_where_their_conditions_hold() -> None:
    schema = [
        {"id": "model", "type": "select", "options": MODELS, "dependsOn": ["provider"]},
        {"id": "limit", "when": [{"field": "limited", "value": True}, {"field": "provider", "value": "a"}]},
        {"id": "limited", "type": "confirm", "defaultValue": False},
        {"id": "provider", "type": "select", "options": {"type": "providers"}},
        {"id": "key"},
    ]  # fmt: skip
    asked: list[tuple[str, tuple[Any, ...], Any]] = []

    def ask(each: Input, choices: tuple[Any, ...], default: Any) -> Any:
        asked.append((each.id, choices, default))
        return {"limited": True, "provider": "a", "model": "m2"}.get(each.id, "5")

    inputs = read_inputs(schema, "manifest.json")
    assert answers(inputs, CONFIG, {"key": "given"}, ask) == {
        "key": "given", "limited": True, "provider": "a", "model": "m2", "limit": "5",
    }  # fmt: skip
    assert asked == [
        ("limited", (), False),
        ("provider", ("a", "b"), None),
        ("model", ("m1", "m2"), None),
        ("limit", (), None),
    ]
    assert missing(inputs, {"limited": False, "provider": "a"}) == ("key", "model")


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ([{"type": "input"}], r"schema\[0\] must be an object with an id"),
        ([{"id": "a", "type": "colour"}], r"schema\[0\].type must be one of password, "),
        ([{"id": "a", "validator": "["}], r"schema\[0\].validator is no regular expression"),
        ([{"id": "a", "dependsOn": ["b"]}, {"id": "b", "when": {"field": "a"}}], "a, b depend on each other"),
    ],
)
def test_a_schema_that_cannot_be_asked(schema: Any, reason: str) -> None:
    with pytest.raises(ConfigFault, match=f"manifest.json: .*{reason}|manifest.json: {reason}"):
        read_inputs(schema, "manifest.json")


def test_a_manifest_without_a_schema_asks_nothing() -> None:
    assert read_inputs(None, "manifest.json") == ()
