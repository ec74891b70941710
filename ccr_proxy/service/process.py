"""Is the process that a record names still that process?"""

from __future__ import annotations

import psutil

from ccr_proxy.service.probe import probe
from ccr_proxy.service.state import GatewayState

# Linux derives creation times from a boot time that moves when the clock is set; psutil rounds to clock ticks.
CREATE_TIME_TOLERANCE_SECONDS = 2.0


def process_of(state: GatewayState) -> psutil.Process | None:
    """The live process that recorded `state`; None when it has ended or its number now belongs to another program.

    The result is safe to signal: psutil checks the creation time again before it sends anything.
    """
    try:
        process = psutil.Process(state.pid)
        created = process.create_time()
        ended = process.status() == psutil.STATUS_ZOMBIE
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return None
    if ended:
        return None
    if abs(created - state.create_time) <= CREATE_TIME_TOLERANCE_SECONDS:
        return process
    return process if _answers_as(state) else None


def own_create_time() -> float:
    """Creation time of this process, seconds since the epoch."""
    return psutil.Process().create_time()


def _answers_as(state: GatewayState) -> bool:
    """After the clock was set far, creation times disagree; the instance id over HTTP settles it."""
    health = probe(state.host, state.port)
    return health is not None and health.instance == state.instance and health.pid == state.pid
