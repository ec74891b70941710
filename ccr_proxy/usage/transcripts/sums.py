"""A file's records added up by quarter of an hour, so that a report need not look at each of them.

A quarter of an hour is what time zones differ by, so that the days of any zone consist of whole quarters. What costs
differently is kept apart: each such kind has a series of sums of its own.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from ccr_proxy.protocols.usage import Usage
from ccr_proxy.usage.quarters import QUARTER_SECONDS, step_below
from ccr_proxy.usage.transcripts.records import Record

QUARTER_MS = QUARTER_SECONDS * 1_000
# The columns of `Series.numbers`: which quarter since 1970, first and last time in it, how many records, tokens.
COLUMNS = 9

Label = TypeVar("Label")
# Of the period in which a quarter lies: its name, and the first quarter after it.
Cut = Callable[[int], tuple[Label, int]]


class Kind(NamedTuple):
    """What decides about the cost: the model (None where none is told), which of `quarters.PROMPT_STEPS` the prompts
    exceed, and whether Claude Code wrote down what they cost."""

    model: str | None
    above: int
    has_cost: bool


class Sums(NamedTuple):
    """Records of one kind, added up. Times are Unix times in milliseconds; `cost` is what Claude Code wrote down."""

    kind: Kind
    first: int
    last: int
    records: int
    input: int
    output: int
    written_5m: int
    written_1h: int
    read: int
    cost: float

    @property
    def usage(self) -> Usage:
        """The tokens in the terms of everything that computes prices."""
        written = self.written_5m + self.written_1h
        return Usage(self.input, self.output, self.read, written, cache_write_1h_tokens=self.written_1h)


@dataclass(frozen=True, slots=True)
class Series:
    """Sums of one kind, a quarter of an hour each, in the order of time.

    `numbers` holds one column after the other, each as long as there are quarters; `costs` is empty where the kind has
    no cost.
    """

    kind: Kind
    numbers: array[int]
    costs: array[float]

    @property
    def quarters(self) -> array[int]:
        """The quarters of an hour in which there is something, counted since 1970."""
        return self._column(0, 0, len(self))

    def spans(self) -> Iterator[tuple[int, int, int]]:
        """Each quarter with the first and last time in it."""
        return zip(self.quarters, self._column(1, 0, len(self)), self._column(2, 0, len(self)), strict=True)

    def cut(self, cut: Cut[Label], since: int, until: int) -> Iterator[tuple[Label, Sums]]:
        """The sums of each period, from quarter `since` until before `until`."""
        quarters = self.quarters
        start, end = bisect_left(quarters, since), bisect_left(quarters, until)
        while start < end:
            label, after = cut(quarters[start])
            stop = bisect_left(quarters, after, start + 1, end)
            yield label, self._sums(start, stop)
            start = stop

    def __len__(self) -> int:
        return len(self.numbers) // COLUMNS

    def _column(self, column: int, start: int, stop: int) -> array[int]:
        offset = column * len(self)
        return self.numbers[offset + start : offset + stop]

    def _sums(self, start: int, stop: int) -> Sums:
        first, last = self._column(1, start, start + 1)[0], self._column(2, stop - 1, stop)[0]
        counts = [sum(self._column(column, start, stop)) for column in range(3, COLUMNS)]
        records, taken, output, written_5m, written_1h, read = counts
        cost = float(sum(self.costs[start:stop]))
        return Sums(self.kind, first, last, records, taken, output, written_5m, written_1h, read, cost)


def series_of(records: Iterable[Record]) -> list[Series]:
    """The sums of records that stand in any order."""
    kinds: dict[Kind, dict[int, list[int]]] = {}
    costs: dict[tuple[Kind, int], float] = {}
    for record in records:
        kind = Kind(record.model, _above(record), record.cost is not None)
        quarter = record.at // QUARTER_MS
        _add(kinds.setdefault(kind, {}), quarter, record)
        if record.cost is not None:
            costs[kind, quarter] = costs.get((kind, quarter), 0.0) + record.cost
    return [_series(kind, cells, costs) for kind, cells in kinds.items()]


def _above(record: Record) -> int:
    prompt = record.input_tokens + record.cache_write_tokens + record.cache_read_tokens
    return step_below(prompt)


def _add(cells: dict[int, list[int]], quarter: int, record: Record) -> None:
    at = record.at
    cell = cells.get(quarter)
    if cell is None:
        cells[quarter] = [quarter, at, at, 1, *record.tokens]
        return
    cell[1] = min(cell[1], at)
    cell[2] = max(cell[2], at)
    cell[3] += 1
    for column, tokens in enumerate(record.tokens, 4):
        cell[column] += tokens


def _series(kind: Kind, cells: dict[int, list[int]], costs: dict[tuple[Kind, int], float]) -> Series:
    ordered = sorted(cells)
    numbers = array("q", [cells[quarter][column] for column in range(COLUMNS) for quarter in ordered])
    return Series(kind, numbers, array("d", [costs[kind, quarter] for quarter in ordered] if kind.has_cost else []))
