"""What tokens cost at a price. Pure.

A price is for a million tokens, in US dollars. Where prompts above some length cost more, all tokens of such a request
do (https://ai.google.dev/gemini-api/docs/pricing).
"""

from __future__ import annotations

from dataclasses import dataclass

from ccr_proxy.protocols.usage import Usage
from ccr_proxy.usage.quarters import prompt_above

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens. None means that there is no price of its own: what is read from the cache or
    written to it costs as input then, what is written for an hour as what is written for five minutes.

    `above` are the prices of requests whose prompt exceeds a number of tokens, the smallest number first.
    """

    input: float
    output: float
    cache_read: float | None = None
    cache_write: float | None = None
    cache_write_1h: float | None = None
    above: tuple[tuple[int, Price], ...] = ()

    def for_prompt(self, above: int) -> Price:
        """The price of a request whose prompt exceeds so many tokens."""
        return next((price for step, price in reversed(self.above) if above >= step), self)


def cost(usage: Usage, price: Price) -> float:
    """US dollars for one request."""
    return cost_of_sum(usage, price, prompt_above(usage))


def cost_of_sum(usage: Usage, price: Price, above: int) -> float:
    """US dollars for the tokens of several requests, each with a prompt that exceeds `above`, one of
    quarters.PROMPT_STEPS, but not the next of them."""
    valid = price.for_prompt(above)
    read = valid.input if valid.cache_read is None else valid.cache_read
    written = valid.input if valid.cache_write is None else valid.cache_write
    written_1h = written if valid.cache_write_1h is None else valid.cache_write_1h
    total = (
        usage.input_tokens * valid.input
        + usage.output_tokens * valid.output
        + usage.cache_read_tokens * read
        + (usage.cache_write_tokens - usage.cache_write_1h_tokens) * written
        + usage.cache_write_1h_tokens * written_1h
    )
    return total / _MILLION
