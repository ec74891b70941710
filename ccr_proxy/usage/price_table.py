"""The prices that are shipped, prices.json, which `scripts/update-prices` makes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from ccr_proxy.usage.price import Price

# By vendor, and by the model's name in lower case.
Prices = Mapping[str, Mapping[str, Price]]


@cache
def price_table() -> dict[str, Any]:
    """The file with its date and sources."""
    table: dict[str, Any] = json.loads(resources.files(__package__).joinpath("prices.json").read_text(encoding="utf-8"))
    return table


@cache
def shipped_prices() -> Prices:
    """The prices of the file, by vendor and by the model's name in lower case."""
    return {
        vendor: {model.lower(): _shipped(price) for model, price in models.items()}
        for vendor, models in price_table()["prices"].items()
    }


def _shipped(entry: Mapping[str, Any]) -> Price:
    above = sorted((int(step), _shipped(price)) for step, price in entry.get("above", {}).items())
    return Price(**{name: value for name, value in entry.items() if name != "above"}, above=tuple(above))
