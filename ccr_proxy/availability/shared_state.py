"""The seam for what several gateways of a team would share: states of circuits, and where sessions stay.

All values are frozen and plain, so that a store elsewhere can hold them. Reading and writing are synchronous because
they stand on the request path: a remote store keeps a copy in memory and synchronises behind it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from ccr_proxy.availability.breaker import CircuitState


class Circuit(NamedTuple):
    """What a circuit stands above: a provider, one of its keys (by identity), one of its models, or a key for a model.

    "" means all of them. A tuple, because every request looks up twenty of them.
    """

    provider: str
    key: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class Binding:
    """Where a session stays: provider, model and identity of the key, since when, and when it was last there (seconds).

    `displaced`: a failure put it there; it was somewhere else before.
    """

    provider: str
    model: str
    key: str
    since: float
    used: float
    displaced: bool = False


class SharedState(Protocol):
    """Where circuits and bindings are kept. None is a closed circuit, or a session that is nowhere yet."""

    def circuit(self, circuit: Circuit) -> CircuitState | None: ...
    def set_circuit(self, circuit: Circuit, state: CircuitState | None) -> None: ...
    def circuits(self) -> Iterable[tuple[Circuit, CircuitState]]: ...
    def binding(self, session: str) -> Binding | None: ...
    def set_binding(self, session: str, binding: Binding | None) -> None: ...
    def bindings(self) -> Iterable[tuple[str, Binding]]: ...


class StateInMemory:
    """The state of one gateway. Of bindings the least recently used give way beyond `most_bindings`."""

    def __init__(self, most_bindings: int = 10_000) -> None:
        self._circuits: dict[Circuit, CircuitState] = {}
        self._bindings: OrderedDict[str, Binding] = OrderedDict()
        self._most_bindings = most_bindings

    def circuit(self, circuit: Circuit) -> CircuitState | None:
        return self._circuits.get(circuit)

    def set_circuit(self, circuit: Circuit, state: CircuitState | None) -> None:
        if state is None:
            self._circuits.pop(circuit, None)
        else:
            self._circuits[circuit] = state

    def circuits(self) -> Iterable[tuple[Circuit, CircuitState]]:
        return tuple(self._circuits.items())

    def binding(self, session: str) -> Binding | None:
        return self._bindings.get(session)

    def set_binding(self, session: str, binding: Binding | None) -> None:
        if binding is None:
            self._bindings.pop(session, None)
            return
        self._bindings[session] = binding
        self._bindings.move_to_end(session)
        while len(self._bindings) > self._most_bindings:
            self._bindings.popitem(last=False)

    def bindings(self) -> Iterable[tuple[str, Binding]]:
        return tuple(self._bindings.items())
