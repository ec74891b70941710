"""From `availability.budgets` to budgets, and what is said about mistakes."""

from __future__ import annotations

from typing import Any

import pytest

from ccr_proxy.availability.budgets import Budget, Per, Period, Unit
from ccr_proxy.availability.read_settings import read_settings
from ccr_proxy.config.schema import Config
from ccr_proxy.protocols.usage import Usage
from ccr_proxy.routing.targets import Target
from tests.ccr_proxy.availability.simulated import config, provider, settings_of

P = provider("p", "big", "small", api_keys=[{"key": "sk-team-0123456789-BBBB", "label": "team"}])
Q = provider("q", "big")
ROUTER = {
    "default": ["p,big", "q,big"],
    "rules": [{"name": "reviews", "when": {}, "use": "p,small"}],
}
BUDGET: dict[str, Any] = {"per": "provider", "name": "p", "period": "day", "tokens": 9}
WITHOUT_LIMIT = {name: value for name, value in BUDGET.items() if name != "tokens"}


def with_budgets(*budgets: Any) -> Config:
    return config(P, Q, Router=ROUTER, availability={"budgets": list(budgets)})


def first_key_of(name: str) -> str:
    return settings_of(P, Q).provider(name).keys[0].identity


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (BUDGET, Budget(Per.PROVIDER, "p", "p", Period.DAY, Unit.TOKENS, 9)),
        ({**BUDGET, "name": "P", "then": "refuse"}, Budget(Per.PROVIDER, "p", "p", Period.DAY, Unit.TOKENS, 9)),
        (
            {**BUDGET, "per": "key", "name": "q,#1", "period": "month"},
            Budget(Per.KEY, "q,#1", first_key_of("q"), Period.MONTH, Unit.TOKENS, 9),
        ),
        (
            {**BUDGET, "per": "key", "name": "p,#1 …efgh"},
            Budget(Per.KEY, "p,#1 …efgh", first_key_of("p"), Period.DAY, Unit.TOKENS, 9),
        ),
        (
            {**BUDGET, "per": "route", "name": "longContext", "then": {"use": "q,big"}},
            Budget(Per.ROUTE, "longContext", "longContext", Period.DAY, Unit.TOKENS, 9, Target("q", "big")),
        ),
        (
            {**WITHOUT_LIMIT, "per": "route", "name": "reviews", "usd": 0.5, "then": {"use": "Q,BIG"}},
            Budget(Per.ROUTE, "reviews", "reviews", Period.DAY, Unit.USD, 0.5, Target("q", "big")),
        ),
    ],
)
def test_what_is_read(written: dict[str, Any], read: Budget) -> None:
    settings, findings = read_settings(with_budgets(written), cost_of=lambda where, usage: 0.0)
    assert (settings.budgets, findings) == ((read,), ())


@pytest.mark.parametrize(
    ("written", "below", "words"),
    [
        ("p", (), "must be an object"),
        ({**BUDGET, "per": "model"}, ("per",), "one of provider, key, route"),
        ({"name": "p", "tokens": 9, "period": "day"}, ("per",), "is missing"),
        ({"name": "p", "tokens": 9, "per": "provider"}, ("period",), "is missing"),
        ({**BUDGET, "period": "week"}, ("period",), "one of day, month"),
        ({**BUDGET, "name": "pp"}, ("name",), 'names no provider that is configured: "pp"'),
        ({**BUDGET, "per": "key", "name": "p,#3"}, ("name",), "names no key"),
        ({**BUDGET, "per": "key", "name": "team"}, ("name",), "names no key"),
        ({**BUDGET, "per": "route", "name": "rule"}, ("name",), "names no route"),
        (WITHOUT_LIMIT, (), "either tokens or usd"),
        ({**BUDGET, "usd": 1}, (), "either tokens or usd"),
        ({**BUDGET, "tokens": 0}, ("tokens",), "1 or more"),
        ({**WITHOUT_LIMIT, "usd": -1}, ("usd",), "above 0"),
        ({**BUDGET, "then": "stop"}, ("then",), '"refuse" or'),
        ({**BUDGET, "then": {"use": "nobody,big"}}, ("then", "use"), "no configured model"),
    ],
)
def test_a_budget_with_a_mistake_is_told_and_left_out(written: Any, below: tuple[str, ...], words: str) -> None:
    settings, findings = read_settings(with_budgets(BUDGET, written), cost_of=lambda where, usage: 0.0)
    assert len(settings.budgets) == 1
    assert [each.severity for each in findings if words in each.message] == ["error"]
    assert [each.path for each in findings if words in each.message] == [("availability", "budgets", 1, *below)]


def test_a_name_that_nobody_knows_is_told() -> None:
    settings, (finding,) = read_settings(with_budgets({**BUDGET, "token": 9}))
    assert (finding.severity, finding.path) == ("warning", ("availability", "budgets", 0, "token"))
    assert len(settings.budgets) == 1


def only_big(where: Target, usage: Usage) -> float | None:
    return 0.0 if where == Target("p", "big") else None


@pytest.mark.parametrize(
    ("per", "name", "then", "unpriced"),
    [
        ("provider", "p", "refuse", "p,small"),
        ("provider", "q", "refuse", "q,big"),
        ("key", "p,team", "refuse", "p,small"),
        ("key", "p,team", {"use": "p,small"}, None),
        ("route", "default", "refuse", "q,big"),
        ("route", "default", {"use": "q,big"}, None),
        ("route", "reviews", "refuse", "p,small"),
        ("route", "explicit", "refuse", "p,small, q,big"),
    ],
)
def test_models_without_a_price_are_a_problem_of_a_budget_in_money(
    per: str, name: str, then: Any, unpriced: str | None
) -> None:
    written = {"per": per, "name": name, "period": "day", "usd": 5, "then": then}
    settings, findings = read_settings(with_budgets(written), cost_of=only_big)
    assert len(settings.budgets) == 1
    path = ("availability", "budgets", 0, "usd")
    assert [(each.severity, each.path) for each in findings] == ([("error", path)] if unpriced else [])
    assert all(f"cannot be kept for {unpriced}, so" in each.message for each in findings)


def test_without_prices_no_budget_in_money_goes_unnoticed() -> None:
    _, findings = read_settings(with_budgets({**WITHOUT_LIMIT, "usd": 5}))
    assert [each.hint for each in findings] == ['give its price under "usage.prices", or the budget in "tokens"']
