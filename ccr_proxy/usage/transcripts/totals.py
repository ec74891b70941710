"""Tokens and cost added up, for each model and together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ccr_proxy.usage.transcripts.sums import Sums

# What tokens cost in US dollars; None when the price of their model is not known.
CostOf = Callable[[Sums], float | None]


@dataclass(slots=True)
class Tokens:
    """Sums. `cost` is in US dollars and holds what has a price; `unpriced` is how many records have none.

    `first` and `last` are Unix times in milliseconds.
    """

    input: int = 0
    output: int = 0
    cache_write: int = 0
    cache_read: int = 0
    cost: float = 0.0
    unpriced: int = 0
    records: int = 0
    first: int = 0
    last: int = 0

    @property
    def total(self) -> int:
        """Tokens of every kind, together."""
        return self.input + self.output + self.cache_write + self.cache_read

    @property
    def known_cost(self) -> float | None:
        """US dollars; None when nothing of it has a price."""
        return None if self.unpriced and self.unpriced == self.records else self.cost

    def merge(self, other: Tokens) -> None:
        """Take in other sums."""
        if other.records:
            self.first = min(self.first, other.first) if self.records else other.first
        for name in ("input", "output", "cache_write", "cache_read", "cost", "unpriced", "records"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.last = max(self.last, other.last)

    def add(self, sums: Sums, cost: float | None) -> None:
        """Take in some records of one kind."""
        self.first = min(self.first, sums.first) if self.records else sums.first
        self.last = max(self.last, sums.last)
        self.records += sums.records
        self.input += sums.input
        self.output += sums.output
        self.cache_write += sums.written_5m + sums.written_1h
        self.cache_read += sums.read
        if cost is None:
            self.unpriced += sums.records
        else:
            self.cost += cost


@dataclass(slots=True)
class Totals:
    """The sums of some records: all of them, and by model. Records without a model are in the sum, cost nothing, and
    are in no model."""

    tokens: Tokens = field(default_factory=Tokens)
    by_model: dict[str, Tokens] = field(default_factory=dict)

    def add(self, sums: Sums, cost: float | None) -> None:
        """Take in some records of one kind."""
        model = sums.kind.model
        self.tokens.add(sums, (cost or 0.0) if model is None else cost)
        if model is not None:
            self.by_model.setdefault(model, Tokens()).add(sums, cost)

    def merge(self, other: Totals) -> None:
        """Take in other sums."""
        self.tokens.merge(other.tokens)
        for name, tokens in other.by_model.items():
            self.by_model.setdefault(name, Tokens()).merge(tokens)

    @property
    def models(self) -> list[str]:
        """The models in the order of first use."""
        return sorted(self.by_model, key=lambda name: (self.by_model[name].first, name))

    @property
    def costliest(self) -> list[tuple[str, Tokens]]:
        """The models with their sums, by cost and then tokens, the highest first."""
        items = [(name, self.by_model[name]) for name in self.models]
        return sorted(items, key=lambda item: (-item[1].cost, -item[1].total))

    @property
    def unpriced_models(self) -> list[str]:
        """Models of which some tokens have no price."""
        return [name for name in self.models if self.by_model[name].unpriced]


def total_of(lines: Iterable[Totals]) -> Totals:
    """All of them together."""
    total = Totals()
    for line in lines:
        total.merge(line)
    return total
