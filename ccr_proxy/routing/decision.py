"""What routing says: the targets, and how it came to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from ccr_proxy.config.rewrites import NO_REWRITES, Rewrites
from ccr_proxy.config.target_set import Strategy
from ccr_proxy.routing.targets import Target

Outcome = Literal["chosen", "passed", "inactive", "unknown", "note"]


class Considered(NamedTuple):
    """One step on the way to a decision.

    `step` is a route, or `rule “name”`. outcome: it decided; it did not apply; the rule has a fault; it could not be
    said whether it applies; or only something worth knowing.
    """

    step: str
    outcome: Outcome
    why: str

    def __str__(self) -> str:
        return f"{self.step}: {self.outcome}: {self.why}"


@dataclass(frozen=True, slots=True)
class Decision:
    """Where a request goes.

    route        the route's name; "rule" and "custom" for those; the key of `fallback` where there is one
    targets      all that may be tried, at least one: those of the route as written, then the fallbacks, each once
    reason       one sentence for people, beginning with the route
    weights      of the route's own targets, which are the first `len(weights)`; fallbacks have none
    strategy     how to choose among the route's own targets; fallbacks are in order and come last
    rewrites     changes to make in the request before it is sent
    rule         the name of the rule that decided
    explanation  the steps, in order
    """

    route: str
    targets: tuple[Target, ...]
    reason: str
    weights: tuple[float, ...] = (1.0,)
    strategy: Strategy = "ordered"
    rewrites: Rewrites = NO_REWRITES
    rule: str | None = None
    explanation: tuple[Considered, ...] = ()

    @property
    def own_targets(self) -> tuple[Target, ...]:
        """The route's own targets, to which `strategy` and `weights` apply."""
        return self.targets[: len(self.weights)]

    @property
    def reserves(self) -> tuple[Target, ...]:
        """The fallbacks: tried in this order when all of the route's own targets failed."""
        return self.targets[len(self.weights) :]
