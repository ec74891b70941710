"""What a transcript's tokens cost. It names the model, but not the provider.

The price counts that the configuration gives to a model, at whatever provider; else that of the model's own vendor, of
any other vendor, of OpenRouter, which still has models that vendors have withdrawn. OpenRouter writes `claude-opus-4.1`
where Anthropic writes `claude-opus-4-1`, and alone has prices for fast mode, of which the answers' model is called
`NAME-fast` here (https://platform.claude.com/docs/en/build-with-claude/fast-mode).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from enum import StrEnum
from functools import cache

from ccr_proxy.usage.price import Price, cost_of_sum
from ccr_proxy.usage.price_names import spellings
from ccr_proxy.usage.price_table import shipped_prices
from ccr_proxy.usage.transcripts.sums import Sums
from ccr_proxy.usage.transcripts.totals import CostOf

# The price of a model by its name, None when there is none.
PriceOf = Callable[[str], Price | None]

_RESELLER = "openrouter"
_FAST = "-fast"
_CLAUDE = "claude-"
# How a vendor's models begin: others resell them at prices of their own.
_VENDORS = {
    _CLAUDE: "anthropic",
    "gpt-": "openai",
    "gemini-": "gemini",
    "glm-": "zai",
    "kimi-": "moonshot",
    "deepseek-": "deepseek",
    "minimax-": "minimax",
    "qwen": "dashscope",
    "grok-": "xai",
}


class Mode(StrEnum):
    """Where costs come from: what Claude Code wrote down and else the price, the price alone, or the former alone."""

    AUTO = "auto"
    CALCULATE = "calculate"
    DISPLAY = "display"


def shipped_price(model: str) -> Price | None:
    """The price of a model in the table that is shipped."""
    table, names = shipped_prices(), list(_names(model))
    own = [vendor for prefix, vendor in _VENDORS.items() if names[0].startswith(prefix)]
    vendors = (*own, *sorted(set(table) - {*own, _RESELLER}))
    known = next((table[vendor][name] for vendor in vendors for name in names if name in table[vendor]), None)
    resold = next((_resold(name) for name in names if name in _resellers()), None)
    if known is not None and names[0].startswith(_CLAUDE) and resold is not None:
        # Anthropic's table has forgotten that long prompts of a model cost more while it took them (Sonnet 4.5).
        return known if known.above else replace(known, above=resold.above)
    return known or resold


@cache
def _resellers() -> Mapping[str, Price]:
    """OpenRouter's prices by the model's name without its maker's."""
    return {name.partition("/")[2]: price for name, price in shipped_prices()[_RESELLER].items()}


def _resold(name: str) -> Price:
    price = _resellers()[name]
    return _with_cache(price) if name.startswith(_CLAUDE) else price


def _with_cache(price: Price) -> Price:
    """What is not said of a Claude model's cache follows from the price of input, see
    https://platform.claude.com/docs/en/build-with-claude/prompt-caching."""
    return replace(
        price,
        cache_read=0.1 * price.input if price.cache_read is None else price.cache_read,
        cache_write=1.25 * price.input if price.cache_write is None else price.cache_write,
        cache_write_1h=2 * price.input,
        above=tuple((step, _with_cache(above)) for step, above in price.above),
    )


def _names(model: str) -> Iterator[str]:
    """The names under which its price may stand, the most exact first."""
    fast = _FAST if model.endswith(_FAST) else ""
    names = list(spellings(model.removesuffix(fast)))
    yield from (f"{name}{fast}" for name in names)
    with_dots = re.sub(r"(\d)-(\d+)(?=-|$)", r"\1.\2", names[-1])
    yield f"{with_dots}{fast}"


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
