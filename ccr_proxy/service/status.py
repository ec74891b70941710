"""What runs, where and with which routes: asked of the process itself, not guessed from files."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ccr_proxy.config import paths
from ccr_proxy.config.load import LoadedConfig, Problem
from ccr_proxy.errors import ConfigFault
from ccr_proxy.service.configuration import is_missing, load_configuration
from ccr_proxy.service.find import RunningGateway, find_on_port, find_recorded
from ccr_proxy.service.occupant import other_program_on
from ccr_proxy.service.port_owner import PortOwner
from ccr_proxy.service.state import read_state


class Condition(StrEnum):
    """How the gateway fares."""

    RUNNING = "running"
    STOPPING = "stopping"
    UNRESPONSIVE = "unresponsive"
    NOT_RUNNING = "not running"
    PORT_TAKEN = "port taken"


@dataclass(frozen=True, slots=True)
class StatusResult:
    """The gateway and its configuration. `uptime` in seconds; `stale_pid` names a record whose process is gone."""

    condition: Condition
    config_path: Path
    log_path: Path
    host: str | None = None
    port: int | None = None
    pid: int | None = None
    uptime: float | None = None
    version: str | None = None
    stale_pid: int | None = None
    port_owner: PortOwner | None = None
    routes: tuple[tuple[str, str], ...] = ()
    problems: tuple[Problem, ...] = ()
    config_error: str | None = None
    config_missing: bool = False
    usage_recorded: bool = True


@dataclass(frozen=True, slots=True)
class _ConfigView:
    path: Path
    loaded: LoadedConfig | None
    error: str | None


def status(config_path: Path | None) -> StatusResult:
    """Look at the recorded gateway, else at the configured port.

    `config_path` None means: the configuration of the running gateway. A configuration that cannot be used is
    reported in the result, never raised: the gateway may run all the same.
    """
    recorded = find_recorded()
    view = _view_config(_config_path(config_path, recorded))
    running = recorded or _on_configured_port(view)
    return _running(running, view) if running is not None else _not_running(view)


def _config_path(asked: Path | None, recorded: RunningGateway | None) -> Path:
    if asked is not None:
        return asked
    return Path(recorded.state.config_path) if recorded is not None else paths.config_path()


def _view_config(path: Path) -> _ConfigView:
    try:
        return _ConfigView(path, load_configuration(path), None)
    except ConfigFault as fault:
        return _ConfigView(path, None, fault.message)


def _on_configured_port(view: _ConfigView) -> RunningGateway | None:
    if view.loaded is None:
        return None
    return find_on_port(view.loaded.config.host, view.loaded.config.port, str(view.path))


def _running(running: RunningGateway, view: _ConfigView) -> StatusResult:
    state, health = running.state, running.health
    return StatusResult(
        condition=_condition(running),
        config_path=view.path,
        log_path=paths.log_path(),
        host=state.host,
        port=state.port,
        pid=state.pid,
        uptime=None if health is None else health.uptime,
        version=state.version if health is None else health.version,
        routes=_routes(view),
        problems=_problems(view),
        config_error=view.error,
        config_missing=is_missing(view.path),
        usage_recorded=health is None or health.usage_recorded,
    )


def _condition(running: RunningGateway) -> Condition:
    if running.state.draining:
        return Condition.STOPPING
    return Condition.UNRESPONSIVE if running.health is None else Condition.RUNNING


def _not_running(view: _ConfigView) -> StatusResult:
    config = view.loaded.config if view.loaded is not None else None
    owner = other_program_on(config.host, config.port) if config is not None else None
    stale = read_state()
    return StatusResult(
        condition=Condition.NOT_RUNNING if owner is None else Condition.PORT_TAKEN,
        config_path=view.path,
        log_path=paths.log_path(),
        host=config.host if config is not None else None,
        port=config.port if config is not None else None,
        stale_pid=stale.pid if stale is not None else None,
        port_owner=owner,
        routes=_routes(view),
        problems=_problems(view),
        config_error=view.error,
        config_missing=is_missing(view.path),
    )


def _problems(view: _ConfigView) -> tuple[Problem, ...]:
    return () if view.loaded is None else tuple(view.loaded.problems)


def _routes(view: _ConfigView) -> tuple[tuple[str, str], ...]:
    if view.loaded is None:
        return ()
    router = view.loaded.config.router
    named = (
        ("default", router.default),
        ("background", router.background),
        ("think", router.think),
        ("longContext", router.long_context),
        ("webSearch", router.web_search),
        ("image", router.image),
    )
    return tuple((name, target) for name, target in named if target)
