"""Which gateway runs, and how we know."""

from __future__ import annotations

import time
from dataclasses import dataclass

import psutil

from ccr_proxy.errors import ServiceFault
from ccr_proxy.service.port_owner import port_owner
from ccr_proxy.service.probe import Health, probe
from ccr_proxy.service.process import process_of
from ccr_proxy.service.state import GatewayState, read_state


@dataclass(frozen=True, slots=True)
class RunningGateway:
    """A gateway whose process is proven to be it; `health` is None when it does not answer."""

    state: GatewayState
    process: psutil.Process
    health: Health | None


def find_recorded() -> RunningGateway | None:
    """The gateway in the record, if the process that wrote the record is alive."""
    state = read_state()
    if state is None:
        return None
    process = process_of(state)
    if process is None:
        return None
    health = None if state.draining else probe(state.host, state.port)
    return RunningGateway(state, process, health if health and health.instance == state.instance else None)


def unresponsive_fault(running: RunningGateway) -> ServiceFault:
    """What to say about a gateway whose process lives but does not answer."""
    return ServiceFault(
        f"the gateway (pid {running.state.pid}) runs but does not answer: `ccr restart --force` replaces it"
    )


def find_on_port(host: str, port: int, config_path: str) -> RunningGateway | None:
    """A gateway that answers on `host:port` without a record of it: started elsewhere, or its record was lost.

    Believed only if the process it names is the one that owns the port, so that a stranger cannot have us stop
    a third program.
    """
    health = probe(host, port)
    owner = port_owner(host, port) if health else None
    if health is None or owner is None or owner.pid != health.pid:
        return None
    try:
        process = psutil.Process(health.pid)
        created = process.create_time()
    except psutil.Error:
        return None
    state = GatewayState(
        health.pid, created, host, port, health.instance, health.version, time.time() - health.uptime, config_path
    )
    return RunningGateway(state, process, health)
