"""Prices of the configuration before those that are shipped."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from ccr_proxy.usage.price import Price
from ccr_proxy.usage.price_names import spellings
from ccr_proxy.usage.transcripts.prices import PriceOf, shipped_price


def price_finder(path: Path, environ: Mapping[str, str] = os.environ) -> PriceOf:
    """How to find a model's price. Raises ConfigFault for a configuration that cannot be read.

    The configuration's schema takes longer to import than a report takes, so it is left alone where no price stands in
    the file.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return shipped_price
    return _configured(path, environ) if b"prices" in content else shipped_price


def _configured(path: Path, environ: Mapping[str, str]) -> PriceOf:
    from ccr_proxy.config.load import load
    from ccr_proxy.usage.price_book import ANY_MODEL, PriceBook

    config = load(path, environ).config
    book = PriceBook(config)
    # The name under which a price is given, to its provider; of several providers the first counts.
    given: dict[str, str] = {}
    for provider, models in config.usage.prices.items():
        for model in models:
            if model != ANY_MODEL:
                given.setdefault(model.lower(), provider)

    def price_of(model: str) -> Price | None:
        name = next((name for name in spellings(model) if name in given), None)
        return shipped_price(model) if name is None else book.find(given[name], model)

    return price_of
