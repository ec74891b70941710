"""What all requests of one gateway share about who can answer. Made once; `start` begins one request."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

from ccr_proxy.availability.affinity import Affinity
from ccr_proxy.availability.breaker import CircuitState, Happened, Phase, phase_of
from ccr_proxy.availability.budgets import Budgets, BudgetView, CostOf, Plan, Spent
from ccr_proxy.availability.circuits import Candidate, Circuits
from ccr_proxy.availability.classify import Cause, failure_of
from ccr_proxy.availability.door import Door
from ccr_proxy.availability.failures import Failure
from ccr_proxy.availability.keys import NO_KEY, in_order
from ccr_proxy.availability.retry_after import stated_retry_after
from ccr_proxy.availability.run import Ask, Means, Run
from ccr_proxy.availability.selection import Option, Rota, arrange
from ccr_proxy.availability.settings import Settings
from ccr_proxy.availability.shared_state import Binding, Circuit, SharedState, StateInMemory
from ccr_proxy.availability.speed import Speeds
from ccr_proxy.errors import GatewayError
from ccr_proxy.protocols.usage import Usage
from ccr_proxy.routing.targets import Target


@dataclass(frozen=True, slots=True)
class Prospect:
    """A candidate as `ccr explain` shows it: `wait` is seconds until its circuits let it pass (infinite when parked),
    `home` says that the session stays there. `over_budget`: why it would not be asked at all; `wait` is then until its
    budget starts anew."""

    candidate: Candidate
    wait: float
    home: bool
    over_budget: str = ""


@dataclass(frozen=True, slots=True)
class CircuitView:
    """A circuit that is not as new. `key` and `model` are "" when it stands above all of them; `seconds_left` is None
    unless it is open, and infinite when it is parked."""

    provider: str
    key: str
    model: str
    phase: Phase
    failures: int
    seconds_left: float | None
    failure: Failure | None
    status: int
    message: str


@dataclass(frozen=True, slots=True)
class ProviderView:
    """One configured provider: keys by label, and what is under way, waiting in line, and used of the last minute."""

    name: str
    keys: tuple[str, ...]
    under_way: int
    waiting: int
    requests_last_minute: int
    tokens_last_minute: int
    first_token_seconds: dict[str, float]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that can be shown about availability."""

    circuits: tuple[CircuitView, ...]
    providers: tuple[ProviderView, ...]
    sessions: int
    budgets: tuple[BudgetView, ...] = ()


class Availability:
    """`clock` gives seconds and never goes back, `unix_time` the date in seconds, `sleep` waits for seconds, `random`
    gives numbers from 0 to below 1. `cost_of` prices tokens at a target, if it can: a request's estimated input for the
    strategy `cheapest`, what it really took for budgets."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Callable[[], float],
        unix_time: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        random: Callable[[], float],
        state: SharedState | None = None,
        cost_of: CostOf = lambda target, usage: None,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._unix_time = unix_time
        self._sleep = sleep
        self._random = random
        self._state = state or StateInMemory()
        self._cost_of = cost_of
        self._budgets = Budgets(settings.budgets, cost_of)
        self._circuits = Circuits(self._state, settings.cool_downs)
        self._affinity = Affinity(self._state, settings.session_seconds)
        self._speeds = Speeds()
        self._rota = Rota()
        self._under_way: Counter[Target] = Counter()
        self._doors: dict[str, Door] = {}

    def begin_with(self, spent: Iterable[Spent]) -> None:
        """Count for the budgets what was taken before the start, in the order of time."""
        for each in spent:
            known = self.candidates_of(each.target)
            nobody = Candidate(each.target, NO_KEY, None)
            candidate = next((one for one in known if one.key.label == each.key_label), nobody)
            self._budgets.count_spent(candidate, each)

    def start(self, ask: Ask) -> Run:
        """Begin a request: its attempts are to be iterated over."""
        home = self._affinity.home(ask.session, self._clock())
        plan = self._plan(ask, home, self._rota.peek if home else self._rota.take)
        means = Means(
            self._settings,
            self._budgets,
            self._circuits,
            self._affinity,
            self._speeds,
            self._under_way,
            self._door_of,
            self._clock,
            self._unix_time,
            self._sleep,
            self._random,
        )
        return Run(means, ask, plan)

    def preview(self, ask: Ask) -> tuple[Prospect, ...]:
        """Who would be asked, in order, if the request began now, and last who is over budget. Changes nothing."""
        now = self._clock()
        home = self._affinity.home(ask.session, now)
        plan = self._plan(ask, home, self._rota.peek)
        waits = {candidate: self._circuits.wait(candidate, now) for candidate in plan.candidates}
        over = {
            each.candidate: (max(each.seconds, self._circuits.wait(each.candidate, now)), each.why)
            for each in plan.passed_over
        }
        return (
            *(Prospect(candidate, wait, _is_at(candidate, home)) for candidate, wait in waits.items()),
            *(Prospect(candidate, wait, _is_at(candidate, home), why) for candidate, (wait, why) in over.items()),
        )

    def observe(self, candidate: Candidate, fault: GatewayError | None, cause: Cause = Cause.ANSWER) -> None:
        """Take in what a health check found: None is health. It is nobody's live request."""
        now = self._clock()
        if fault is None:
            claims = self._circuits.claim(candidate, now)
            self._circuits.answered(candidate, now, claims, now)
            self._circuits.finished(candidate, now)
            return
        failure = failure_of(fault, cause, provider=candidate.target.provider_name, rules=self._settings.error_rules)
        asked = stated_retry_after(fault.headers, self._unix_time())
        claims = self._circuits.claim(candidate, now)
        happened = Happened(failure, fault.status, fault.message, now, retry_after=asked)
        self._circuits.failed(candidate, happened, claims, now)

    def candidates_of(self, target: Target) -> tuple[Candidate, ...]:
        """A target with each of its keys, as configured: what health checks go through."""
        provider = self._settings.provider(target.provider_name)
        window = provider.windows.get(target.model)
        return tuple(Candidate(target, key, window) for key in provider.keys or (NO_KEY,))

    def configure(self, settings: Settings) -> None:
        """Use other settings from now on. Circuits of keys that are gone are forgotten; all others keep their state."""
        self._settings = settings
        self._budgets.budgets = settings.budgets
        self._circuits.cool_downs = settings.cool_downs
        self._affinity.seconds = settings.session_seconds
        identities = {key.identity for provider in settings.providers.values() for key in provider.keys}
        for circuit, _ in self._state.circuits():
            if circuit.provider not in settings.providers or (circuit.key and circuit.key not in identities):
                self._state.set_circuit(circuit, None)
        for name, door in self._doors.items():
            door.limits = settings.provider(name).limits

    def reset(self, provider: str = "", key: str = "", model: str = "") -> int:
        """Close circuits by provider, key label and model ("" is any), and let displaced sessions go home.

        Returns how many circuits were closed.
        """
        self._affinity.forget()
        if not key:
            return self._circuits.reset(provider, "", model)
        return sum(
            self._circuits.reset(name, each.identity, model)
            for name, settings in self._settings.providers.items()
            if provider in ("", name)
            for each in settings.keys
            if each.label == key
        )

    def snapshot(self) -> Snapshot:
        """The state of everything, for display."""
        now = self._clock()
        circuits = tuple(self._circuit_view(circuit, state, now) for circuit, state in self._state.circuits())
        providers = tuple(self._provider_view(name, now) for name in self._settings.providers)
        sessions = sum(1 for _ in self._state.bindings())
        return Snapshot(circuits, providers, sessions, self._budgets.views(self._unix_time()))

    def _plan(self, ask: Ask, home: Binding | None, turn: Callable[[str, Sequence[Option]], Target]) -> Plan:
        """Who is to be asked, in order, and who is not because of a budget."""

        def whose_turn(options: Sequence[Option]) -> Target:
            able = [option for option in options if self._is_available(option.target, ask.route)]
            return turn(ask.route, able or options)

        # As most routes are ordered, what only the other strategies look at is not worked out for them.
        pool = () if ask.strategy == "ordered" else arrange(self._pool(ask), ask.strategy, whose_turn)
        targets = dict.fromkeys((*(option.target for option in pool), *ask.targets))
        candidates = [candidate for target in targets for candidate in self._keyed(target)]
        candidates.sort(key=lambda candidate: _nearness(candidate, home))
        return self._budgets.sort_out(candidates, ask.route, self._keyed, self._unix_time())

    def _pool(self, ask: Ask) -> list[Option]:
        """The targets that the route's strategy chooses among; those of the request after them are reserves."""
        weights = dict(zip(ask.targets, ask.weights, strict=False)) or dict.fromkeys(ask.targets, 1.0)
        return [self._option(ask, target, weight) for target, weight in weights.items()]

    def _option(self, ask: Ask, target: Target, weight: float) -> Option:
        tokens = ask.tokens_for(target.model)
        return Option(
            target,
            weight,
            tokens,
            self._settings.provider(target.provider_name).windows.get(target.model),
            self._under_way[target],
            self._speeds.first_token(target, self._clock()),
            self._cost_of(target, Usage(input_tokens=tokens, reported=False)),
        )

    def _is_available(self, target: Target, route: str) -> bool:
        now, date = self._clock(), self._unix_time()
        return any(
            self._circuits.wait(candidate, now) == 0 and self._budgets.lets_pass(candidate, route, date)
            for candidate in self.candidates_of(target)
        )

    def _keyed(self, target: Target) -> tuple[Candidate, ...]:
        provider = self._settings.provider(target.provider_name)
        keys = in_order(provider.keys or (NO_KEY,), provider.key_order, self._random)
        window = provider.windows.get(target.model)
        return tuple(Candidate(target, key, window) for key in keys)

    def _door_of(self, provider: str) -> Door | None:
        limits = self._settings.provider(provider).limits
        if provider not in self._doors and limits.any:
            self._doors[provider] = Door(limits, self._clock, self._sleep)
        return self._doors.get(provider)

    def _circuit_view(self, circuit: Circuit, state: CircuitState, now: float) -> CircuitView:
        keys = self._settings.provider(circuit.provider).keys
        label = next((key.label for key in keys if key.identity == circuit.key), "")
        left = None if state.open_until is None else max(state.open_until - now, 0.0)
        return CircuitView(
            circuit.provider,
            label,
            circuit.model,
            phase_of(state, now),
            state.failures,
            left,
            state.failure,
            state.status,
            state.message,
        )

    def _provider_view(self, name: str, now: float) -> ProviderView:
        door = self._doors.get(name)
        requests, tokens = door.used() if door else (0, 0)
        targets = [target for target in self._under_way if target.provider_name == name]
        speeds = {target.model: self._speeds.first_token(target, now) for target in targets}
        return ProviderView(
            name,
            tuple(key.label for key in self._settings.provider(name).keys),
            sum(self._under_way[target] for target in targets),
            door.waiting if door else 0,
            requests,
            tokens,
            {model: seconds for model, seconds in speeds.items() if seconds is not None},
        )


def _is_at(candidate: Candidate, home: Binding | None) -> bool:
    return home is not None and _nearness(candidate, home) == 0


def _nearness(candidate: Candidate, home: Binding | None) -> float:
    """0 for the session's place, 1 for its model with another key, 2 for everything else."""
    if home is None:
        return math.inf
    if candidate.target != Target(home.provider, home.model):
        return 2
    return 0 if candidate.key.identity == home.key else 1
