"""What the steps of a decision work with: the facts, the configuration, and the trail they leave."""

from __future__ import annotations

from dataclasses import dataclass, field

from ccr_proxy.config.rewrites import NO_REWRITES, Rewrites
from ccr_proxy.config.schema import Config
from ccr_proxy.config.target_set import TargetSet
from ccr_proxy.errors import ClientFault
from ccr_proxy.routing.circumstances import Circumstances
from ccr_proxy.routing.decision import Considered, Outcome
from ccr_proxy.routing.facts import Facts
from ccr_proxy.routing.targets import Chosen, Target, named_target, resolved, suggestion


@dataclass(frozen=True, slots=True)
class Choice:
    """A route that applies: its targets, and why, without the route's name."""

    route: str
    chosen: Chosen
    why: str
    rewrites: Rewrites = NO_REWRITES
    rule: str | None = None


@dataclass(slots=True)
class Situation:
    """One request on its way to a decision. `trail` grows with every step."""

    facts: Facts
    config: Config
    circumstances: Circumstances
    trail: list[Considered] = field(default_factory=list)

    def note(self, step: str, outcome: Outcome, why: str) -> None:
        """Add a step to the trail."""
        self.trail.append(Considered(step, outcome, why))

    def tokens_at(self, target: Target) -> int:
        """Input tokens as a target would probably count them."""
        return self.circumstances.corrected(str(target), self.facts.tokens_for(target.model))

    def named(self, route: str, name: str, what: str, status: int, why: str) -> Choice:
        """The choice of one target by the name that somebody wrote.

        A wrong name is told, never replaced. Raises ClientFault with `status`: Claude Code shows the message of a 400
        and takes a 404 as "this model does not exist".
        """
        target = named_target(name, self.config)
        if target is None:
            raise self._nothing(f"{what} “{name}”", name, status)
        return Choice(route, alone(target), why.format(target=target))

    def routed(self, route: str, targets: TargetSet, why: str) -> Choice:
        """The choice of a route of the configuration. Raises ClientFault when none of its targets exists."""
        chosen = resolved(targets, self.config)
        if not chosen.targets:
            raise self._nothing(f"Router.{route} “{targets}” in config.json", targets.names[0], 400)
        for name in chosen.missing:
            self.note(route, "note", f"“{name}” names no model of a configured provider")
        return Choice(route, chosen, why)

    def _nothing(self, what: str, name: str, status: int) -> ClientFault:
        message = f"{what} names no model of a configured provider. {suggestion(name, self.config)}"
        return ClientFault(status, message)


def alone(target: Target) -> Chosen:
    """The choice of a single target."""
    return Chosen((target,), (1.0,), "ordered", ())
