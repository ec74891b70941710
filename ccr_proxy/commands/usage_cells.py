"""How a report's numbers and names look in a table. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ccr_proxy.commands.usage_words import Words
from ccr_proxy.usage.transcripts.totals import Tokens

_WHOLE_UNTIL = 10_000_000
_BAR_WIDTH = 8
_EIGHTHS = "▏▎▍▌▋▊▉█"


class Scale:
    """Bars beside lines: the longest is the line that cost most, or took most tokens where no cost is known."""

    def __init__(self, lines: Iterable[Tokens], encoding: str) -> None:
        tokens = list(lines)
        self._shows = encoding.lower().startswith("utf")
        self._by_cost = any(line.cost for line in tokens)
        self._most = max(map(self._value, tokens), default=0)

    def _value(self, tokens: Tokens) -> float:
        return tokens.cost if self._by_cost else tokens.total

    def bar(self, tokens: Tokens) -> str:
        """Up to eight characters; none for nothing, and where the output cannot show them."""
        value = self._value(tokens)
        if not self._shows or not value:
            return ""
        eighths = max(1, round(value / self._most * _BAR_WIDTH * 8))
        whole, rest = divmod(eighths, 8)
        return "█" * whole + (_EIGHTHS[rest - 1] if rest else "")


def count_text(tokens: int) -> str:
    """`9,876,543`, and above ten million `12.3M`."""
    return f"{tokens:,}" if tokens < _WHOLE_UNTIL else f"{tokens / 1_000_000:,.1f}M"


def counts_of(tokens: Tokens, full: bool) -> tuple[str, ...]:
    """All tokens, and before them each kind where `full`."""
    kinds = (tokens.input, tokens.output, tokens.cache_write, tokens.cache_read) if full else ()
    return tuple(map(count_text, (*kinds, tokens.total)))


def cost_text(tokens: Tokens, words: Words) -> str:
    """`$1.20`, `<$0.01`, `$1.20+` where a part has no known price, or the word for unknown where nothing has."""
    cost = tokens.known_cost
    if cost is None:
        return words("unknown")
    text = "<$0.01" if 0 < cost < 0.005 else f"${cost:,.2f}"
    return f"{text}+" if tokens.unpriced else text


def model_text(model: str) -> str:
    """A model without its vendor's prefix and its date: `sonnet-4-5`."""
    return re.sub(r"-20\d{6}(?=$|-fast$)", "", model.removeprefix("claude-"))


def shortened(name: str, width: int) -> str:
    """The end of a name, which tells projects apart."""
    return name if len(name) <= width else f"…{name[1 - width :]}"


def duration_text(milliseconds: float, words: Words) -> str:
    """`2 h 05 min`."""
    hours, minutes = divmod(round(milliseconds / 60_000), 60)
    return words("hours_minutes", hours=hours, minutes=minutes)
