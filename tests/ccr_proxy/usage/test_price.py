"""What tokens cost at a price."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.protocols.usage import Usage
from ccr_proxy.usage.price import Price, cost, cost_of_sum
from ccr_proxy.usage.quarters import PROMPT_STEPS, prompt_above

MILLION = 1_000_000
# 2026-11: Claude Sonnet's and, with its two steps, a model of Qwen's.
SONNET = Price(3, 15, cache_read=0.3, cache_write=3.75, cache_write_1h=6)
STEPPED = Price(1, 5, above=((32_000, Price(2, 9)), (128_000, Price(3, 15))))


@pytest.mark.parametrize(
    ("usage", "dollars"),
    [
        (Usage(MILLION), 3),
        (Usage(output_tokens=MILLION), 15),
        (Usage(output_tokens=MILLION, reasoning_tokens=MILLION), 15),
        (Usage(cache_read_tokens=MILLION), 0.3),
        (Usage(cache_write_tokens=MILLION), 3.75),
        (Usage(cache_write_tokens=MILLION, cache_write_1h_tokens=MILLION), 6),
        (Usage(cache_write_tokens=MILLION, cache_write_1h_tokens=MILLION // 2), (3.75 + 6) / 2),
        (Usage(1000, 200, 50_000, 2000), 0.003 + 0.003 + 0.015 + 0.0075),
        (Usage(), 0),
    ],
)
def test_every_kind_of_token_has_its_price_and_is_counted_once(usage: Usage, dollars: float) -> None:
    assert cost(usage, SONNET) == pytest.approx(dollars)


def test_without_a_price_of_its_own_the_cache_costs_as_input() -> None:
    assert cost(Usage(1, 0, 10, 100, cache_write_1h_tokens=50), Price(MILLION, 0)) == 111
    assert cost(Usage(0, 0, 0, 100, cache_write_1h_tokens=50), Price(1, 0, cache_write=MILLION)) == 100


@pytest.mark.parametrize(
    ("usage", "dollars"),
    [
        (Usage(32_000, 1000), 0.032 + 0.005),
        (Usage(32_001, 1000), 0.064002 + 0.009),
        (Usage(1, 1000, cache_read_tokens=128_000), 0.384003 + 0.015),
        (Usage(1000, 10**6), 0.001 + 5),
    ],
)
def test_all_tokens_of_a_long_prompt_have_the_price_of_long_ones(usage: Usage, dollars: float) -> None:
    assert cost(usage, STEPPED) == pytest.approx(dollars)


@given(st.lists(st.integers(0, 300_000), min_size=1), st.sampled_from((0, *PROMPT_STEPS)))
def test_a_sum_costs_what_its_requests_cost(prompts: list[int], above: int) -> None:
    usages = [Usage(prompt, 7) for prompt in prompts if prompt_above(Usage(prompt)) == above]
    together = sum(usages, Usage())
    assert cost_of_sum(together, STEPPED, above) == pytest.approx(sum(cost(usage, STEPPED) for usage in usages))
