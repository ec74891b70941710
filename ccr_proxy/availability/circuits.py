"""The circuits above a candidate, taken together.

Four stand above each: the provider, the model at the provider, the key, and the key for the model. A candidate is
available when none of them holds it back. One of them that is half open makes the next request its live request, and
only one: whoever comes meanwhile finds the candidate unavailable.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from ccr_proxy.availability.breaker import (
    CoolDowns,
    Happened,
    Phase,
    after_failure,
    after_success,
    claimed,
    phase_of,
    released,
)
from ccr_proxy.availability.failures import TABLE, Failure, Scope
from ccr_proxy.availability.keys import ApiKey
from ccr_proxy.availability.shared_state import Circuit, SharedState
from ccr_proxy.routing.targets import Target

# After these nothing is known about the provider: it was not reached, or not even asked.
_PROVIDER_NOT_HEARD = frozenset({Failure.UNREACHABLE, Failure.CONNECT_TIMEOUT, Failure.BUSY, Failure.INCAPABLE})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A target with a key; `window` is the most tokens it can read, if known."""

    target: Target
    key: ApiKey
    window: int | None = None

    def __str__(self) -> str:
        return f"{self.target} {self.key.label}"


def circuit_of(candidate: Candidate, scope: Scope) -> Circuit:
    """The circuit of one scope above a candidate."""
    provider, model, key = candidate.target.provider_name, candidate.target.model, candidate.key.identity
    match scope:
        case Scope.PROVIDER:
            return Circuit(provider)
        case Scope.MODEL:
            return Circuit(provider, model=model)
        case Scope.KEY:
            return Circuit(provider, key=key)
        case Scope.KEY_AND_MODEL:
            return Circuit(provider, key=key, model=model)


@lru_cache(maxsize=1024)
def circuits_above(candidate: Candidate) -> tuple[Circuit, ...]:
    """All circuits above a candidate, the widest first."""
    scopes = (Scope.PROVIDER, Scope.MODEL, Scope.KEY, Scope.KEY_AND_MODEL)
    return tuple(circuit_of(candidate, scope) for scope in scopes)


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to be a circuit's one live request; void when the circuit was reset meanwhile."""

    circuit: Circuit
    probe: int


@dataclass(slots=True)
class Circuits:
    """All circuits of a gateway."""

    state: SharedState
    cool_downs: CoolDowns
    _probes: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def wait(self, candidate: Candidate, now: float) -> float:
        """Seconds until a candidate is available: 0 when it is, infinite when it is parked. A live request under way
        counts as a moment."""
        return max(self._wait(circuit, now) for circuit in circuits_above(candidate))

    def claim(self, candidate: Candidate, now: float) -> tuple[Claim, ...]:
        """Make a request the live request of every half-open circuit above."""
        claims = []
        for circuit in circuits_above(candidate):
            state = self.state.circuit(circuit)
            if state and phase_of(state, now) is Phase.HALF_OPEN:
                claims.append(Claim(circuit, next(self._probes)))
                self.state.set_circuit(circuit, claimed(state, claims[-1].probe))
        return tuple(claims)

    def release(self, claims: Iterable[Claim]) -> None:
        """A live request ended without telling anything."""
        self._release(self._valid(claims))

    def answered(self, candidate: Candidate, began: float, claims: Iterable[Claim], now: float) -> None:
        """Content has come: what was open closes. Failures in a row count on until the end is known too."""
        mine = self._valid(claims)
        for circuit in circuits_above(candidate):
            state = self.state.circuit(circuit)
            if state and phase_of(state, now) is not Phase.CLOSED:
                self.state.set_circuit(circuit, after_success(state, began, as_probe=circuit in mine))

    def finished(self, candidate: Candidate, began: float) -> None:
        """An answer has come to its proper end."""
        for circuit in circuits_above(candidate):
            state = self.state.circuit(circuit)
            if state and not state.probe:
                self.state.set_circuit(circuit, after_success(state, began, as_probe=False))

    def failed(self, candidate: Candidate, what: Happened, claims: Iterable[Claim], now: float) -> None:
        """An attempt failed. `what.as_probe` is set here."""
        mine = self._valid(claims)
        cooling = TABLE[what.failure].cools
        to_blame = circuit_of(candidate, cooling.scope) if cooling else None
        if to_blame:
            happened = Happened(what.failure, what.status, what.message, what.began, to_blame in mine, what.retry_after)
            state = self.state.circuit(to_blame)
            self.state.set_circuit(to_blame, after_failure(state, happened, now, self.cool_downs))
        for circuit in mine:
            if circuit == to_blame:
                continue
            if circuit == Circuit(candidate.target.provider_name) and what.failure not in _PROVIDER_NOT_HEARD:
                self.state.set_circuit(circuit, None)
            else:
                self._release((circuit,))

    def reset(self, provider: str = "", key: str = "", model: str = "") -> int:
        """Close the circuits of a provider, a key (by identity) or a model; "" is any. Returns how many."""
        matching = [
            circuit
            for circuit, _ in self.state.circuits()
            if provider in ("", circuit.provider) and key in ("", circuit.key) and model in ("", circuit.model)
        ]
        for circuit in matching:
            self.state.set_circuit(circuit, None)
        return len(matching)

    def _valid(self, claims: Iterable[Claim]) -> tuple[Circuit, ...]:
        """The circuits whose live request these claims still are."""
        return tuple(
            claim.circuit
            for claim in claims
            if (state := self.state.circuit(claim.circuit)) and state.probe == claim.probe
        )

    def _release(self, circuits: Iterable[Circuit]) -> None:
        for circuit in circuits:
            state = self.state.circuit(circuit)
            if state:
                self.state.set_circuit(circuit, released(state))

    def _wait(self, circuit: Circuit, now: float) -> float:
        state = self.state.circuit(circuit)
        match phase_of(state, now):
            case Phase.OPEN:
                return (state.open_until if state and state.open_until is not None else math.inf) - now
            case Phase.PROBING:
                return math.ulp(1.0)
            case _:
                return 0.0
