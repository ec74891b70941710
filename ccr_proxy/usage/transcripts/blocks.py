"""Claude's billing windows: five hours from the full hour of the first answer, as Anthropic's plans count them.

A window also ends where nothing was used for as long as a window lasts; the pause is a block of its own.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ccr_proxy.usage.transcripts.periods import FOREVER
from ccr_proxy.usage.transcripts.sums import QUARTER_MS, Series
from ccr_proxy.usage.transcripts.totals import CostOf, Totals

HOUR_MS = 3_600_000
SESSION_HOURS = 5.0


@dataclass(slots=True)
class Block:
    """A window from `start` to `end`, Unix times in milliseconds; a pause has no records."""

    start: int
    end: int
    totals: Totals = field(default_factory=Totals)

    @property
    def is_pause(self) -> bool:
        """Whether nothing was used in it."""
        return not self.totals.tokens.records

    def is_active(self, now: int) -> bool:
        """Whether it may still grow at that time."""
        return not self.is_pause and now - self.totals.tokens.last < self.end - self.start and now < self.end


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a window is used: tokens of all kinds, input and output alone, and US dollars, for a minute."""

    tokens: float
    plain_tokens: float
    cost: float


def pace(block: Block) -> Pace | None:
    """The pace between its first and last record; None for a single moment."""
    tokens = block.totals.tokens
    minutes = (tokens.last - tokens.first) / 60_000
    if minutes <= 0:
        return None
    return Pace(tokens.total / minutes, (tokens.input + tokens.output) / minutes, tokens.cost / minutes)


def blocks_of(series: Iterable[Series], cost_of: CostOf, hours: float = SESSION_HOURS) -> list[Block]:
    """The windows and pauses in the order of time. `hours` are whole quarters of an hour."""
    all_series = list(series)
    length = round(hours * HOUR_MS)
    windows = list(_windows(_spans(all_series), length))
    blocks = [Block(start, start + length) for _, start in windows]
    first_quarters = [quarter for quarter, _ in windows]

    def cut(quarter: int) -> tuple[int, int]:
        after = bisect_right(first_quarters, quarter)
        return after - 1, first_quarters[after] if after < len(first_quarters) else FOREVER

    for each in all_series:
        for number, sums in each.cut(cut, 0, FOREVER):
            blocks[number].totals.add(sums, cost_of(sums))
    return list(_with_pauses(blocks, length))


def _spans(series: Iterable[Series]) -> list[tuple[int, int, int]]:
    """Each quarter in which something was used, with the first and last time in it."""
    spans: dict[int, tuple[int, int]] = {}
    for each in series:
        for quarter, first, last in each.spans():
            known = spans.get(quarter)
            spans[quarter] = (first, last) if known is None else (min(known[0], first), max(known[1], last))
    return [(quarter, *spans[quarter]) for quarter in sorted(spans)]


def _windows(spans: Iterable[tuple[int, int, int]], length: int) -> Iterator[tuple[int, int]]:
    """The first quarter of each window, and when the window starts."""
    start = latest = -length
    for quarter, first, last in spans:
        if quarter * QUARTER_MS >= start + length or first - latest > length:
            start = first // HOUR_MS * HOUR_MS
            yield quarter, start
        latest = last


def _with_pauses(blocks: list[Block], length: int) -> Iterator[Block]:
    before: Block | None = None
    for block in blocks:
        first = block.totals.tokens.first
        if before is not None and first - before.totals.tokens.last > length:
            yield Block(before.totals.tokens.last + length, first)
        yield block
        before = block
