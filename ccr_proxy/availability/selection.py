"""In which order the targets of a route are tried, before sessions and circuits are looked at.

    ordered      as configured
    weighted     the first in turn by weight, then the others by weight
    least_busy   fewest requests under way for its weight
    fastest      shortest time to the first token; an unknown one is tried when it is idle, to learn
    cheapest     lowest cost of this request; unknown costs come last

All but `ordered` put targets whose known context window is too small at the end: at the end, not out, because the
count is an estimate. Ties stay as configured.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from ccr_proxy.config.target_set import Strategy
from ccr_proxy.routing.targets import Target


@dataclass(frozen=True, slots=True)
class Option:
    """A target and all that a strategy may look at: the request's tokens counted for it, the most it can read,
    requests under way, seconds to its first token, and what this request costs there."""

    target: Target
    weight: float = 1.0
    tokens: int = 0
    window: int | None = None
    under_way: int = 0
    first_token: float | None = None
    cost: float | None = None

    @property
    def fits(self) -> bool:
        """Whether the request fits, as far as is known."""
        return self.window is None or self.tokens <= self.window


@dataclass(slots=True)
class Rota:
    """Whose turn it is, by weight: smooth weighted round robin, exact over every full cycle.

    A target that was away gets its share from then on, not what it missed.
    """

    _credits: dict[str, dict[Target, float]] = field(default_factory=dict)

    def peek(self, route: str, options: Sequence[Option]) -> Target:
        """Whose turn comes next. `options` has at least one."""
        return _richest(self._paid(route, options), options)

    def take(self, route: str, options: Sequence[Option]) -> Target:
        """The same, and the turn is over."""
        credit = self._paid(route, options)
        chosen = _richest(credit, options)
        credit[chosen] -= sum(option.weight for option in options)
        self._credits[route] = credit
        return chosen

    def _paid(self, route: str, options: Sequence[Option]) -> dict[Target, float]:
        before = self._credits.get(route, {})
        return {option.target: before.get(option.target, 0.0) + option.weight for option in options}


def _richest(credit: dict[Target, float], options: Sequence[Option]) -> Target:
    return max(options, key=lambda option: credit[option.target]).target


def arrange(
    options: Iterable[Option], strategy: Strategy, turn: Callable[[Sequence[Option]], Target]
) -> tuple[Option, ...]:
    """The options in the order in which to try them; `turn` says whose turn it is among those that fit."""
    options = tuple(options)
    if strategy == "ordered" or len(options) < 2:
        return options
    first = turn([option for option in options if option.fits] or options) if strategy == "weighted" else None
    return tuple(sorted(options, key=lambda option: (not option.fits, *_rank(option, strategy, first))))


def _rank(option: Option, strategy: Strategy, first: Target | None) -> tuple[float, ...]:
    if strategy == "weighted":
        return (option.target != first, -option.weight)
    if strategy == "least_busy":
        return (option.under_way / option.weight,)
    if strategy == "fastest":
        if option.first_token is None:
            return (0.0 if option.under_way == 0 else math.inf,)
        return (option.first_token,)
    return (math.inf if option.cost is None else option.cost,)
