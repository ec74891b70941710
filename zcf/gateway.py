"""The gateway process as the wizard sees it: is it there, make it be there, take it away."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Running:
    """A gateway that answers, its process and where it listens."""

    pid: int
    host: str
    port: int
    config_path: Path


class Gateway(Protocol):
    """What the wizard needs; every method raises ServiceFault or ConfigFault with one line when it cannot."""

    def running(self) -> Running | None:
        """The gateway of this user, None when there is none. Raises ServiceFault for one that does not answer."""

    def running_on(self, host: str, port: int, config_path: Path) -> Running | None:
        """One of our gateways that answers there although nothing records it."""

    def start(self, config_path: Path) -> Running:
        """Start it in the background; returns when it answers."""

    def restart(self, config_path: Path) -> Running:
        """Replace the running one, which finishes the answers it is giving; returns when the new one answers."""

    def stop(self, config_path: Path) -> int | None:
        """End it after its running answers; returns its process id, None when none ran."""


class LocalGateway:
    """The real one, run by `ccr_proxy.service`."""

    def running(self) -> Running | None:
        """See `Gateway`."""
        from ccr_proxy.service.find import find_recorded, unresponsive_fault

        found = find_recorded()
        if found is None or found.state.draining:
            return None
        if found.health is None:
            raise unresponsive_fault(found)
        state = found.state
        return Running(state.pid, state.host, state.port, Path(state.config_path))

    def running_on(self, host: str, port: int, config_path: Path) -> Running | None:
        """See `Gateway`."""
        from ccr_proxy.service.find import find_on_port

        found = find_on_port(host, port, str(config_path))
        return Running(found.state.pid, host, port, config_path) if found else None

    def start(self, config_path: Path) -> Running:
        """See `Gateway`."""
        from ccr_proxy.service.launcher import start

        state = start(config_path).state
        return Running(state.pid, state.host, state.port, config_path)

    def restart(self, config_path: Path) -> Running:
        """See `Gateway`."""
        from ccr_proxy.service.control import restart

        state = restart(config_path).started.state
        return Running(state.pid, state.host, state.port, config_path)

    def stop(self, config_path: Path) -> int | None:
        """See `Gateway`."""
        from ccr_proxy.service.control import stop

        return stop(config_path).pid
