"""What a transcript's tokens cost. It names the model, but not the provider.

The price that the configuration gives to a model counts first, at whatever provider, then the one of the model's own
vendor, then OpenRouter's. A model that answered in fast mode is called `NAME-fast` here; only OpenRouter's table has
prices of that, under names with dots (https://platform.claude.com/docs/en/build-with-claude/fast-mode).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import StrEnum

from ccr_proxy.usage.price import Price, cost_of_sum
from ccr_proxy.usage.price_names import spellings
from ccr_proxy.usage.price_table import shipped_prices
from ccr_proxy.usage.transcripts.sums import Sums
from ccr_proxy.usage.transcripts.totals import CostOf

# The price of a model by its name, None when there is none.
PriceOf = Callable[[str], Price | None]

_RESELLER = "openrouter"
_FAST = "-fast"


class Mode(StrEnum):
    """Where costs come from: what Claude Code wrote down and else the price, the price alone, or the former alone."""

    AUTO = "auto"
    CALCULATE = "calculate"
    DISPLAY = "display"


def shipped_price(model: str) -> Price | None:
    """The price of a model in the table that is shipped."""
    table = shipped_prices()
    vendors = ("anthropic", *sorted(set(table) - {"anthropic", _RESELLER}), _RESELLER)
    return next((table[vendor][name] for vendor in vendors for name in _names(model) if name in table[vendor]), None)


def cost_by(mode: Mode, price_of: PriceOf) -> CostOf:
    """How costs are found in this mode."""
    known: dict[str, Price | None] = {}

    def by_price(sums: Sums) -> float | None:
        model = sums.kind.model
        if model is None:
            return 0.0
        if model not in known:
            known[model] = price_of(model)
        price = known[model]
        return None if price is None else cost_of_sum(sums.usage, price, sums.kind.above)

    def written_down(sums: Sums) -> float | None:
        return sums.cost

    def auto(sums: Sums) -> float | None:
        return sums.cost if sums.kind.has_cost else by_price(sums)

    return {Mode.AUTO: auto, Mode.CALCULATE: by_price, Mode.DISPLAY: written_down}[mode]


def _names(model: str) -> Iterator[str]:
    yield from spellings(model)
    if model.endswith(_FAST):
        *_, plain = spellings(model.removesuffix(_FAST))
        with_dots = re.sub(r"-(\d+)-(\d+)$", r"-\1.\2", plain)
        yield f"anthropic/{with_dots}{_FAST}"
