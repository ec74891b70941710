"""Token counts of one answer, in Anthropic's terms.

Anthropic counts additively: `input_tokens` excludes what was read from or written to the cache, and `output_tokens`
includes reasoning (https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching). Other formats report the
prompt inclusively; their decoders subtract.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ccr_proxy.json_codec import JsonObject


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one answer; `reported` is False while they are our estimate.

    `cache_write_1h_tokens` are those of `cache_write_tokens` that were written to stay for an hour, which costs more.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0
    reported: bool = True
    cache_write_1h_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        """Both together; reported only when both are."""
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cache_read_tokens + other.cache_read_tokens,
            self.cache_write_tokens + other.cache_write_tokens,
            self.reasoning_tokens + other.reasoning_tokens,
            self.reported and other.reported,
            self.cache_write_1h_tokens + other.cache_write_1h_tokens,
        )

    def as_anthropic(self) -> JsonObject:
        return {
            "input_tokens": self.input_tokens,
            "cache_creation_input_tokens": self.cache_write_tokens,
            "cache_read_input_tokens": self.cache_read_tokens,
            "output_tokens": self.output_tokens,
        }


def whole(value: object) -> int:
    """A token count from foreign JSON: never negative, 0 where it is missing or not a number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return 0
    return max(0, int(value))
