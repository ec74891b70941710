"""The prices that count at present: the table that is shipped, and over it those of the configuration.

What is in neither has no price: None, never zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ccr_proxy.config.schema import Config, ModelPrice
from ccr_proxy.protocols.usage import Usage
from ccr_proxy.routing.targets import Target
from ccr_proxy.usage.price import Price, cost, cost_of_sum
from ccr_proxy.usage.price_names import spellings, vendor_of
from ccr_proxy.usage.price_table import Prices, shipped_prices

# In the configuration: every model of a provider that has no price of its own there.
ANY_MODEL = "*"


class PriceBook:
    """Prices by provider, as configured, and model. Neither names nor models need to be configured any more: then the
    provider's name has to be that of the table."""

    def __init__(self, config: Config) -> None:
        self.configure(config)

    def configure(self, config: Config) -> None:
        """Use another configuration from now on."""
        self._vendors = {provider.name.casefold(): vendor_of(provider) for provider in config.providers}
        self._own: Prices = {
            provider.casefold(): {model.lower(): _price(price) for model, price in models.items()}
            for provider, models in config.usage.prices.items()
        }

    def find(self, provider: str, model: str) -> Price | None:
        """The price of a model at a provider; None when it is not known."""
        names = tuple(spellings(model))
        own = self._own.get(provider.casefold(), {})
        table = shipped_prices().get(self._vendors.get(provider.casefold(), provider.casefold()), {})
        return _first(own, names) or own.get(ANY_MODEL) or _first(table, names)

    def cost_of(self, target: Target, usage: Usage) -> float | None:
        """US dollars for one request; None when its price is not known."""
        price = self.find(target.provider_name, target.model)
        return None if price is None else cost(usage, price)

    def cost_of_sum(self, provider: str, model: str, usage: Usage, above: int) -> float | None:
        """US dollars for the tokens of several requests; see `price.cost_of_sum`."""
        price = self.find(provider, model)
        return None if price is None else cost_of_sum(usage, price, above)


def _first(prices: Mapping[str, Price], names: Iterable[str]) -> Price | None:
    return next((prices[name] for name in names if name in prices), None)


def _price(given: ModelPrice) -> Price:
    return Price(given.input, given.output, given.cache_read, given.cache_write, given.cache_write_1h)
