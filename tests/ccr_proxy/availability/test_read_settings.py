"""From configuration to settings, what is said about mistakes, and the examples of docs/availability.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ccr_proxy.availability.breaker import CoolDowns
from ccr_proxy.availability.classify import ErrorRule
from ccr_proxy.availability.failures import Failure, Patience
from ccr_proxy.availability.keys import KeyOrder
from ccr_proxy.availability.limits import Limits
from ccr_proxy.availability.read_settings import read_settings
from ccr_proxy.availability.settings import Settings
from ccr_proxy.config.load import LoadedConfig, evaluate
from tests.ccr_proxy.availability.page_examples import ENVIRON, EXAMPLES, PAGE, document_of
from tests.ccr_proxy.availability.simulated import config, provider, settings_of

P, Q = provider("p", "big", "small"), provider("q", "big")


def test_without_our_keys_everything_has_its_default() -> None:
    settings = settings_of(P, Q)
    assert (settings.cool_downs, settings.patience, settings.session_seconds) == (CoolDowns(), Patience(), 3600.0)
    assert settings.error_rules == ()
    assert [key.label for key in settings.provider("p").keys] == ["#1 …efgh"]
    assert settings.provider("p").limits == Limits()
    assert settings.provider("unknown").keys == ()


def test_everything_that_can_be_set() -> None:
    availability = {
        "failures_to_open": 5,
        "cooldown_ms": 1000,
        "longest_cooldown_ms": 2000,
        "longest_retry_after_ms": 3000,
        "no_credit_cooldown_ms": 4000,
        "retries": 2,
        "longest_pause_ms": 500,
        "session_ms": 300_000,
        "errors": [{"provider": "P", "status": 400, "contains": "upstream", "treat_as": "server_error"}],
    }
    limits = {"concurrency": 2, "requests_per_minute": 3, "tokens_per_minute": 4, "queue": 5, "wait_ms": 6000}
    more = provider("r", "m", key_order="weighted", limits=limits, model_settings={"m": {"context_window": 9}})
    settings = settings_of(P, Q, more, availability=availability)
    assert settings == Settings(
        CoolDowns(5, 1.0, 2.0, 3.0, 4.0),
        Patience(2, 0.5),
        300.0,
        (ErrorRule(Failure.SERVER_ERROR, "P", frozenset({400}), "upstream"),),
        settings.providers,
    )
    assert settings.provider("r").limits == Limits(2, 3, 4, 5, 6.0)
    assert (settings.provider("r").key_order, settings.provider("r").windows) == (KeyOrder.WEIGHTED, {"m": 9})


def test_several_keys_each_once_under_labels_of_their_own() -> None:
    main = P["api_key"]
    entries = [
        "sk-another-0123456789-AAAA",
        main,
        {"key": "sk-team-0123456789-BBBB", "label": "team", "weight": 2, "priority": 1},
        {"key": "sk-else-0123456789-CCCC", "label": "team"},
        "$UNSET_VARIABLE",
    ]
    keys = settings_of({**P, "api_keys": entries}).provider("p").keys
    assert [(key.label, key.weight, key.priority) for key in keys] == [
        ("#1 …efgh", 1, 0),
        ("#2 …AAAA", 1, 0),
        ("team", 2, 1),
        ("team (4)", 1, 0),
    ]


def test_a_variable_that_is_not_set_stays_when_it_is_all_there_is() -> None:
    keys = settings_of({**P, "api_key": "$UNSET"}).provider("p").keys
    assert [key.secret for key in keys] == ["$UNSET"]


@pytest.mark.parametrize(
    ("more", "path", "words"),
    [
        ({"availability": []}, ("availability",), "must be an object"),
        ({"availability": {"retries": -1}}, ("availability", "retries"), "whole number"),
        ({"availability": {"retries": True}}, ("availability", "retries"), "whole number"),
        ({"availability": {"retrys": 1}}, ("availability", "retrys"), "name is unknown"),
        ({"availability": {"errors": {}}}, ("availability", "errors"), "list"),
        (
            {"availability": {"errors": [{"treat_as": "x", "status": 1}]}},
            ("availability", "errors", 0, "status"),
            "HTTP",
        ),
        (
            {"availability": {"errors": [{"treat_as": "server_err", "status": 400}]}},
            ("availability", "errors", 0, "treat_as"),
            "kind of failure",
        ),
        (
            {"availability": {"errors": [{"treat_as": "busy", "contains": "x", "provider": "nobody"}]}},
            ("availability", "errors", 0, "provider"),
            "no provider",
        ),
        ({"availability": {"errors": [{"treat_as": "busy"}]}}, ("availability", "errors", 0), "every error"),
    ],
)
def test_mistakes_are_told_with_their_place(more: dict[str, Any], path: tuple[str | int, ...], words: str) -> None:
    _, findings = read_settings(config(P, Q, **more))
    assert [(finding.path, words in finding.message) for finding in findings if finding.path == path] == [(path, True)]


@pytest.mark.parametrize(
    ("more", "path", "words"),
    [
        ({"api_keys": "sk-x"}, ("Providers", 3, "api_keys"), "list"),
        ({"api_keys": [{"weight": 1}]}, ("Providers", 3, "api_keys", 0, "key"), "no key"),
        (
            {"api_keys": [{"key": "sk-abcdefgh-12345678", "label": "abcdefgh"}]},
            ("Providers", 3, "api_keys", 0, "label"),
            "part of the key",
        ),
        ({"limits": {"concurrency": 0}}, ("Providers", 3, "limits", "concurrency"), "1 or more"),
        ({"key_order": "random"}, ("Providers", 3, "key_order"), "one of fill_first"),
    ],
)
def test_mistakes_of_a_provider_are_told_where_it_stands_in_the_file(
    more: dict[str, Any], path: tuple[str | int, ...], words: str
) -> None:
    _, findings = read_settings(config({**P, **more}), "Providers", [3])
    assert [(finding.path, words in finding.message) for finding in findings] == [(path, True)]
    assert "sk-" not in repr(findings)


def loaded(title: str) -> tuple[LoadedConfig, Settings]:
    evaluated = evaluate(document_of(EXAMPLES[title]), Path("example"), ENVIRON)
    settings, findings = read_settings(evaluated.config)
    assert findings == ()
    return evaluated, settings


def test_every_example_is_seen() -> None:
    assert sum(1 for line in PAGE.splitlines() if line.startswith("```")) == 2 * len(EXAMPLES)


@pytest.mark.parametrize("title", EXAMPLES)
def test_every_example_is_without_a_problem(title: str) -> None:
    evaluated, _ = loaded(title)
    assert [problem.text(title) for problem in evaluated.problems] == []


def test_several_targets_are_those_of_the_routes() -> None:
    config = loaded("Several targets")[0].config
    sets = config.router.target_sets()
    assert (sets["default"].strategy, sets["default"].weights) == ("weighted", (3, 1))
    assert sets["think"].strategy == "fastest"
    assert config.fallback["default"] == ("openrouter,z-ai/glm-4.6",)


def test_the_keys_limits_and_budgets_are_read() -> None:
    keys = loaded("Several keys")[1].provider("openai").keys
    assert [(key.secret, key.priority) for key in keys] == [("sk-a", 0), ("sk-b", 0), ("sk-c", 1)]
    assert loaded("Limits of a provider")[1].provider("zai").limits.tokens_per_minute == 400_000
    budgets = [(str(each), str(each.instead)) for each in loaded("Budgets")[1].budgets]
    assert budgets == [
        ('budget of 50,000,000 tokens per month for provider "openrouter"', "None"),
        ('budget of 2,000,000 tokens per day for key "openai,team"', "None"),
        ('budget of 5,000,000 tokens per day for route "default"', "zai,glm-4.6"),
    ]
