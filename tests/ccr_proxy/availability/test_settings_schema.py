"""The JSON Schema of availability says what `read_settings` says: the same names, the same mistakes, every example."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ccr_proxy.availability.read_settings import read_settings
from ccr_proxy.availability.settings_schema import AVAILABILITY_SCHEMA, PROVIDER_SCHEMAS
from ccr_proxy.config.json_schema import config_schema
from tests.ccr_proxy.availability.page_examples import EXAMPLES, document_of
from tests.ccr_proxy.availability.simulated import config, provider

VALIDATOR = Draft202012Validator(config_schema())
P = {**provider("p"), "models": ["big"]}
BUDGET = {"per": "provider", "name": "p", "period": "day", "tokens": 5}
ERROR = {"status": 400, "treat_as": "busy"}

EVERYTHING: dict[str, Any] = {
    "failures_to_open": 1,
    "cooldown_ms": 0,
    "longest_cooldown_ms": 0,
    "longest_retry_after_ms": 0,
    "no_credit_cooldown_ms": 0,
    "retries": 0,
    "longest_pause_ms": 0,
    "session_ms": 0,
    "errors": [{**ERROR, "status": [400, 599], "provider": "p", "contains": "x"}],
    "health_checks": {"when": "periodic", "interval_ms": 1000, "jitter": 0.5, "timeout_ms": 1},
    "budgets": [{**BUDGET, "then": {"use": "p,big"}}],
}
KEY = {"key": "$K", "label": "team", "weight": 0.5, "priority": 1}
LIMITS = {
    "concurrency": 1,
    "requests_per_minute": 1,
    "tokens_per_minute": 1,
    "queue": 0,
    "wait_ms": 0,
    "wait_before_moving_ms": 0,
}
PROVIDER = {"api_keys": ["$K", KEY], "key_order": "weighted", "limits": LIMITS}


def problems(availability: object, **of_provider: Any) -> tuple[bool, bool]:
    """Whether the schema marks something, and whether the reader finds something."""
    entry = {**P, **of_provider}
    marked = list(VALIDATOR.iter_errors({"Providers": [entry], "availability": availability}))
    _, findings = read_settings(config(entry, availability=availability))
    return bool(marked), bool(findings)


@pytest.mark.parametrize("title", EXAMPLES)
def test_every_example_of_the_page_is_valid(title: str) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(document_of(EXAMPLES[title]).value)] == []


def test_whatever_can_be_set_is_valid() -> None:
    assert problems(EVERYTHING, **PROVIDER) == (False, False)
    assert set(AVAILABILITY_SCHEMA["properties"]) == set(EVERYTHING)
    assert set(PROVIDER_SCHEMAS) == set(PROVIDER)
    assert set(PROVIDER_SCHEMAS["limits"]["properties"]) == set(LIMITS)


@pytest.mark.parametrize("checks", ["off", "on_start", "periodic", {}, {"when": "off"}])
def test_health_checks_are_one_word_or_more(checks: object) -> None:
    assert problems({"health_checks": checks}) == (False, False)


@pytest.mark.parametrize(
    "availability",
    [
        [],
        {"retrys": 1},
        {"retries": -1},
        {"retries": "3"},
        {"retries": 1.5},
        {"failures_to_open": 0},
        {"cooldown_ms": "10s"},
        {"errors": {}},
        {"errors": [{"treat_as": "busy"}]},
        {"errors": [{"status": 400}]},
        {"errors": [{**ERROR, "treat_as": "server_err"}]},
        {"errors": [{**ERROR, "status": 200}]},
        {"errors": [{**ERROR, "status": ["400"]}]},
        {"errors": [{**ERROR, "message": "x"}]},
        {"health_checks": "always"},
        {"health_checks": {"interval_ms": 10}},
        {"health_checks": {"jitter": 2}},
        {"health_checks": {"timeout_ms": 0}},
        {"health_checks": {"every": 5}},
        {"budgets": BUDGET},
        *({"budgets": [{name: value for name, value in BUDGET.items() if name != gone}]} for gone in BUDGET),
        {"budgets": [{**BUDGET, "usd": 5}]},
        {"budgets": [{**BUDGET, "per": "model"}]},
        {"budgets": [{**BUDGET, "period": "week"}]},
        {"budgets": [{**BUDGET, "tokens": 0}]},
        {"budgets": [{**BUDGET, "then": "stop"}]},
        {"budgets": [{**BUDGET, "then": {}}]},
        {"budgets": [{**BUDGET, "model": "big"}]},
    ],
    ids=json.dumps,
)
def test_what_the_reader_finds_wrong_is_marked(availability: object) -> None:
    assert problems(availability) == (True, True)


@pytest.mark.parametrize(
    "entry",
    [
        {"api_keys": "$K"},
        {"api_keys": [5]},
        {"api_keys": [""]},
        {"api_keys": [{"label": "team"}]},
        {"api_keys": [{**KEY, "weight": 0}]},
        {"api_keys": [{**KEY, "priority": -1}]},
        {"api_keys": [{**KEY, "name": "x"}]},
        {"key_order": "random"},
        {"limits": 5},
        {"limits": {"concurrency": 0}},
        {"limits": {"requests_per_minute": "60"}},
        {"limits": {"rpm": 60}},
    ],
    ids=json.dumps,
)
def test_the_same_for_a_provider(entry: dict[str, Any]) -> None:
    assert problems({}, **entry) == (True, True)


def test_everything_says_what_it_is_for() -> None:
    parts = {**AVAILABILITY_SCHEMA["properties"], **PROVIDER_SCHEMAS, **PROVIDER_SCHEMAS["limits"]["properties"]}
    told_below = {"health_checks", "budgets"}
    assert [name for name, part in parts.items() if not part.get("description") and name not in told_below] == []
