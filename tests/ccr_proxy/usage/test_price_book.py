"""Prices: those that are shipped, and those of the configuration over them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ccr_proxy.config.schema import Config
from ccr_proxy.protocols.usage import Usage
from ccr_proxy.routing.targets import Target
from ccr_proxy.usage.price import Price
from ccr_proxy.usage.price_book import PriceBook
from ccr_proxy.usage.price_table import price_table, shipped_prices
from ccr_proxy.usage.quarters import PROMPT_STEPS

PRESETS = Path(__file__).parents[3] / "presets"
# ModelScope gives away a number of requests a day; nothing is sold by the token.
WITHOUT_PRICE = {"modelscope"}
RELAY = {"name": "relay", "api_base_url": "https://relay.example/v1", "api_key": "k", "models": ["gpt-5-mini"]}
OPENAI = {**RELAY, "name": "Mine", "api_base_url": "https://api.openai.com/v1/chat/completions"}


def book(*providers: dict[str, Any], **prices: Any) -> PriceBook:
    return PriceBook(Config.model_validate({"Providers": list(providers), "usage": {"prices": prices}}))


def preset_models() -> Iterator[Any]:
    for path in sorted(PRESETS.glob("*.json")):
        preset = json.loads(path.read_text(encoding="utf-8"))
        if path.stem != "schema" and preset["id"] not in WITHOUT_PRICE:
            for model in preset["models"]:
                name = model if isinstance(model, str) else model["id"]
                yield pytest.param(preset, name, id=f"{preset['id']},{name}")


@pytest.mark.parametrize(("preset", "model"), list(preset_models()))
def test_every_model_of_the_presets_has_a_price(preset: dict[str, Any], model: str) -> None:
    address = preset["api_base_url"].replace("demo://", "http://")
    provider = {"name": "any", "api_base_url": address, "api_key": "k", "protocol": preset["protocol"]}
    price = book(provider).find("any", model)
    assert price is not None
    assert (price.input > 0 and price.output > 0) == (preset["id"] != "demo")


def test_the_table_has_a_date_and_sources() -> None:
    table = price_table()
    assert date.fromisoformat(table["retrieved"]) >= date(2026, 11, 25)
    assert {name for source in table["sources"] for name in source["of"].split(", ")} == set(table["prices"]) - {"demo"}


def test_every_price_of_the_table_can_be_computed_with() -> None:
    prices = [price for models in shipped_prices().values() for price in models.values()]
    levels = [*prices, *(level for price in prices for _, level in price.above)]
    assert len(prices) > 1000
    # The ledger sums up by these steps: another one would be priced as the next lower.
    assert {step for price in prices for step, _ in price.above} <= set(PROMPT_STEPS)
    for each in levels:
        numbers = (each.input, each.output, each.cache_read, each.cache_write, each.cache_write_1h)
        assert all(number is None or 0 <= number < 2000 for number in numbers)


def test_the_longest_known_prices_come_with_their_steps() -> None:
    prices = shipped_prices()
    assert prices["gemini"]["gemini-2.5-pro"] == Price(1.25, 10, 0.125, above=((200_000, Price(2.5, 15, 0.25)),))
    assert prices["anthropic"]["claude-haiku-4-5"] == Price(1, 5, 0.1, 1.25, 2)


@pytest.mark.parametrize(
    ("provider", "model", "known"),
    [
        ("mine", "gpt-5-mini", True),
        ("Mine", "GPT-5-mini-2025-08-07", True),
        ("Mine", "a-model-of-tomorrow", False),
        ("relay", "gpt-5-mini", False),
        ("openai", "gpt-5-mini", True),
        ("never-heard-of", "gpt-5-mini", False),
    ],
)
def test_what_is_known(provider: str, model: str, known: bool) -> None:
    prices = book(OPENAI, RELAY)
    assert (prices.find(provider, model) is not None) == known
    assert (prices.cost_of(Target(provider, model), Usage(10, 10)) is not None) == known


def test_the_configuration_wins_by_name_then_for_any_model_then_the_table() -> None:
    own = {"gpt-5-mini": {"input": 1, "output": 2}, "*": {"input": 0, "output": 0}}
    prices = book(OPENAI, RELAY, mine=own, relay={"GPT-5-mini": {"input": 7, "output": 8, "cache_read": 0.7}})
    assert prices.find("Mine", "gpt-5-mini-2025-08-07") == Price(1, 2)
    assert prices.find("Mine", "gpt-5") == Price(0, 0)
    assert prices.find("relay", "gpt-5-mini") == Price(7, 8, 0.7)
    assert prices.find("relay", "gpt-5") is None


def test_a_changed_configuration_counts_from_then_on() -> None:
    prices = book(RELAY)
    assert prices.cost_of(Target("relay", "gpt-5-mini"), Usage(1_000_000)) is None
    with_price = {"Providers": [RELAY], "usage": {"prices": {"relay": {"*": {"input": 3, "output": 0}}}}}
    prices.configure(Config.model_validate(with_price))
    assert prices.cost_of(Target("relay", "gpt-5-mini"), Usage(1_000_000)) == 3
