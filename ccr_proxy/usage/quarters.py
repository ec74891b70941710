"""What sums are kept apart by, so that any report can be made from them. Pure."""

from __future__ import annotations

from bisect import bisect_left

from ccr_proxy.protocols.usage import Usage

# What time zones differ by.
QUARTER_SECONDS = 15 * 60
# Prices change where one prompt exceeds one of these lengths, in tokens.
PROMPT_STEPS = (32_000, 100_000, 128_000, 200_000, 256_000, 272_000, 512_000)


def prompt_above(usage: Usage) -> int:
    """The largest step that the prompt exceeds, 0 when it exceeds none."""
    return step_below(usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens)


def step_below(prompt: int) -> int:
    """The same for a prompt of so many tokens."""
    exceeded = bisect_left(PROMPT_STEPS, prompt)
    return PROMPT_STEPS[exceeded - 1] if exceeded else 0
