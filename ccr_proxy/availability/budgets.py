"""Budgets: how many tokens, or how much money, a provider, key or route may take in a day or month.

Days and months are those of UTC. What is used up is passed over, or another target takes its place. A request that has
begun is completed, so that a budget is exceeded by what was under way when it was used up. Money is counted only where
the price is known: under a budget in money nobody is asked whose price is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from ccr_proxy.availability.circuits import Candidate
from ccr_proxy.protocols.usage import Usage
from ccr_proxy.routing.targets import Target

# What tokens of that kind and number cost at a target, in US dollars; None when its price is not known.
CostOf = Callable[[Target, Usage], float | None]


def total_tokens(usage: Usage) -> int:
    """Tokens of every kind, together."""
    return usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens + usage.output_tokens


class Per(StrEnum):
    """What a budget is for. A key is one of a provider; a route may also be a rule, by its name."""

    PROVIDER = "provider"
    KEY = "key"
    ROUTE = "route"


class Period(StrEnum):
    """After what a budget starts anew."""

    DAY = "day"
    MONTH = "month"


class Unit(StrEnum):
    """What is counted: tokens of every kind together, or US dollars."""

    TOKENS = "tokens"
    USD = "usd"


@dataclass(frozen=True, slots=True)
class Budget:
    """`limit` units in each period. `name` is as people know it, `subject` what it stands for: a provider's name, the
    identity of a key, or a route. `instead`: who takes the place of what is used up; itself it is not covered."""

    per: Per
    name: str
    subject: str
    period: Period
    unit: Unit
    limit: float
    instead: Target | None = None

    def covers(self, candidate: Candidate, route: str) -> bool:
        """Whether a request of that route to that candidate counts."""
        if candidate.target == self.instead:
            return False
        match self.per:
            case Per.PROVIDER:
                return candidate.target.provider_name == self.subject
            case Per.KEY:
                return candidate.key.identity == self.subject
            case Per.ROUTE:
                return route == self.subject

    def amount(self, number: float) -> str:
        """A number of units for people."""
        return f"{number:,.0f} tokens" if self.unit is Unit.TOKENS else f"${number:,.2f}"

    def __str__(self) -> str:
        return f'budget of {self.amount(self.limit)} per {self.period} for {self.per} "{self.name}"'


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A candidate that is not asked, why, and seconds until its budget starts anew."""

    candidate: Candidate
    why: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Plan:
    """Who may be asked, in order, each with the candidate whose place that is; and who may not.

    `meant` is who came first before budgets were looked at.
    """

    places: Mapping[Candidate, Candidate]
    passed_over: tuple[PassedOver, ...] = ()
    meant: Candidate | None = None

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """Who may be asked, in order."""
        return tuple(self.places)

    def is_meant(self, candidate: Candidate) -> bool:
        """Whether a candidate is who was meant, or in that place."""
        return self.places[candidate] == self.meant

    @property
    def is_meant_lost(self) -> bool:
        """Whether who was meant is not asked, and nobody in that place."""
        return self.meant not in self.places.values()


@dataclass(frozen=True, slots=True)
class BudgetView:
    """A budget and what of it was used in the present period, of which `seconds_left` are left."""

    budget: Budget
    used: float
    seconds_left: float


@dataclass(frozen=True, slots=True)
class Spent:
    """What requests of one route took at a target with one key, known by its label, before the gateway started. `at`
    is in Unix seconds; `dollars` is None when the price is not known."""

    target: Target
    key_label: str
    route: str
    at: float
    tokens: int
    dollars: float | None


class Budgets:
    """The budgets of one gateway and what was used of them. All times are Unix seconds."""

    def __init__(self, budgets: tuple[Budget, ...], cost_of: CostOf) -> None:
        self.budgets = budgets
        self._cost_of = cost_of
        self._counters: dict[str, float] = {}

    def count(self, candidate: Candidate, route: str, usage: Usage, now: float) -> None:
        """A request of that route used so much at a candidate."""
        for budget in self._covering(candidate, route, now):
            amount = self._amount(budget, candidate.target, usage)
            # With a price that got lost on the way nobody can say what is left.
            self._add(budget, max(budget.limit - self._used(budget, now), 0) if amount is None else amount, now)

    def count_spent(self, candidate: Candidate, spent: Spent) -> None:
        """The same for what was taken before; to be told in the order of time. What has no price is not counted in
        money: under a budget in money it cannot be asked any more."""
        for budget in self._covering(candidate, spent.route, spent.at):
            amount = spent.dollars if budget.unit is Unit.USD else spent.tokens
            self._add(budget, amount or 0.0, spent.at)

    def _covering(self, candidate: Candidate, route: str, now: float) -> Iterable[Budget]:
        """The budgets for which a request counts. Two may share a counter: one that warns off early, one that refuses;
        of these the last is given."""
        covering = (budget for budget in self.budgets if budget.covers(candidate, route))
        return {_counter(budget, now): budget for budget in covering}.values()

    def _add(self, budget: Budget, amount: float, now: float) -> None:
        present = tuple(_periods(now).values())
        self._counters = {name: used for name, used in self._counters.items() if name.startswith(present)}
        name = _counter(budget, now)
        self._counters[name] = self._counters.get(name, 0.0) + amount

    def lets_pass(self, candidate: Candidate, route: str, now: float) -> bool:
        """Whether a candidate may be asked, or somebody in its place."""
        hindering = self._hindering(candidate, route, now)
        return not hindering or _substitute(hindering) is not None

    def sort_out(
        self,
        candidates: Iterable[Candidate],
        route: str,
        keyed: Callable[[Target], Iterable[Candidate]],
        now: float,
    ) -> Plan:
        """Put substitutes where those stand who may not be asked. `keyed` gives the candidates of a target."""
        waiting = [(candidate, candidate) for candidate in candidates][::-1]
        meant = waiting[-1][0] if waiting else None
        places: dict[Candidate, Candidate] = {}
        passed: dict[Candidate, PassedOver] = {}
        placed: set[Target] = set()
        while waiting:
            candidate, place = waiting.pop()
            hindering = self._hindering(candidate, route, now)
            if not hindering:
                places.setdefault(candidate, place)
                continue
            substitute = _substitute(hindering)
            passed[candidate] = self._passed_over(candidate, hindering, substitute, now)
            if substitute and substitute not in placed:
                placed.add(substitute)
                waiting += [(each, place) for each in keyed(substitute)][::-1]
        return Plan(places, tuple(passed.values()), meant)

    def views(self, now: float) -> tuple[BudgetView, ...]:
        """All budgets, as configured."""
        return tuple(BudgetView(budget, self._used(budget, now), _seconds_left(budget, now)) for budget in self.budgets)

    def _used(self, budget: Budget, now: float) -> float:
        return self._counters.get(_counter(budget, now), 0.0)

    def _amount(self, budget: Budget, target: Target, usage: Usage) -> float | None:
        return self._cost_of(target, usage) if budget.unit is Unit.USD else total_tokens(usage)

    def _is_priced(self, budget: Budget, target: Target) -> bool:
        return self._amount(budget, target, Usage()) is not None

    def _hindering(self, candidate: Candidate, route: str, now: float) -> list[Budget]:
        """The budgets for which a candidate cannot be asked."""
        return [
            budget
            for budget in self.budgets
            if budget.covers(candidate, route)
            and (self._used(budget, now) >= budget.limit or not self._is_priced(budget, candidate.target))
        ]

    def _passed_over(
        self, candidate: Candidate, hindering: list[Budget], substitute: Target | None, now: float
    ) -> PassedOver:
        """By the budget that hinders longest."""
        budget = max(hindering, key=lambda each: _seconds_left(each, now))
        seconds = _seconds_left(budget, now)
        if not self._is_priced(budget, candidate.target):
            why = f"the {budget} cannot be kept: the price of {candidate.target} is not known"
        else:
            anew = datetime.fromtimestamp(now + seconds, UTC)
            used = budget.amount(self._used(budget, now))
            why = f"the {budget} is used up ({used}); it starts anew on {anew:%Y-%m-%d} at 00:00 UTC"
        return PassedOver(candidate, f"{why}; {substitute} is asked instead" if substitute else why, seconds)


def _substitute(hindering: Iterable[Budget]) -> Target | None:
    return next((budget.instead for budget in hindering if budget.instead), None)


def _periods(now: float) -> dict[Period, str]:
    """How the present periods are called in the names of counters. Neither is the beginning of the other's."""
    date = datetime.fromtimestamp(now, UTC)
    return {Period.DAY: f"day {date:%Y-%m-%d} ", Period.MONTH: f"month {date:%Y-%m} "}


def _counter(budget: Budget, now: float) -> str:
    """The name of the counter; a changed limit keeps what was counted."""
    return f"{_periods(now)[budget.period]}{budget.per} {budget.subject} {budget.unit}"


def _seconds_left(budget: Budget, now: float) -> float:
    """Until the budget starts anew."""
    midnight = datetime.fromtimestamp(now, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if budget.period is Period.DAY:
        return (midnight + timedelta(days=1)).timestamp() - now
    # 32 days after the first of any month it is the second to fifth of the next.
    in_the_next = midnight.replace(day=1) + timedelta(days=32)
    return in_the_next.replace(day=1).timestamp() - now
