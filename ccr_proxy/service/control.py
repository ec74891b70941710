"""Stop and restart the running gateway, without ever touching a process that is not it."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from ccr_proxy.config.paths import config_path as default_config_path
from ccr_proxy.errors import ConfigFault, ServiceFault
from ccr_proxy.service.command_line import serve_command
from ccr_proxy.service.configuration import load_configuration
from ccr_proxy.service.find import RunningGateway, find_on_port, find_recorded
from ccr_proxy.service.launcher import (
    CommandLine,
    StartRequest,
    StartResult,
    listening_for,
    only_one_at_a_time,
    require_free_port,
    start_unlocked,
)
from ccr_proxy.service.listening import Listening
from ccr_proxy.service.occupant import port_is_taken
from ccr_proxy.service.state import read_state, remove_state
from ccr_proxy.service.stop_requests import ask_by_file, signals_reach_other_processes

_LOOK_SECONDS = 0.05
_LISTENER_SECONDS = 10.0
_KILL_SECONDS = 5.0
# The longest answer of the default configuration (API_TIMEOUT_MS 600000) and some time to say good-bye.
STOP_SECONDS = 630.0

# Told about once a second how many seconds the gateway has been finishing its running answers.
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class StopResult:
    """What was stopped: `pid` is None when nothing was running; `forced` when running answers were cut."""

    pid: int | None
    forced: bool = False
    stale_record: bool = False


@dataclass(frozen=True, slots=True)
class RestartResult:
    """The new gateway, the one it replaces, and whether that one still finishes running answers by itself."""

    started: StartResult
    previous_pid: int | None
    previous_still_finishing: bool


def stop(
    config_path: Path, *, force: bool = False, wait_seconds: float = STOP_SECONDS, progress: Progress | None = None
) -> StopResult:
    """End the running gateway; with `force`, without letting running answers finish.

    Returns once its process is gone. Raises ServiceFault when it is not gone after `wait_seconds`; it then still
    finishes its answers.
    """
    running = _find(config_path)
    if running is None:
        return StopResult(None, stale_record=_forget_stale_record())
    if force:
        _end_now(running)
    else:
        _ask_to_stop(running)
        _wait_until_gone(running.process, wait_seconds, progress)
    # A process that was killed could not remove its own record.
    remove_state(running.state)
    return StopResult(running.state.pid, forced=force)


def restart(
    config_path: Path | None,
    *,
    host: str | None = None,
    port: int | None = None,
    force: bool = False,
    wait_seconds: float = 10.0,
    command_line: CommandLine = serve_command,
) -> RestartResult:
    """Replace the running gateway by a new one; the old one finishes its running answers while the new one serves.

    `config_path` None means: the configuration of the running gateway. Configuration and port are checked first: a
    gateway that runs is not stopped for one that could not start. Raises ConfigFault and ServiceFault as `start` does.
    """
    recorded = find_recorded()
    path = config_path or (Path(recorded.state.config_path) if recorded else default_config_path())
    request = StartRequest(path, host, port, wait_seconds, command_line)
    listening = listening_for(request)
    with only_one_at_a_time():
        running = _find(path)
        if running is not None:
            _require_port_for(listening, running)
            _make_way(running, force)
        started = start_unlocked(request)
    if running is None:
        return RestartResult(started, None, previous_still_finishing=False)
    return RestartResult(started, running.state.pid, previous_still_finishing=_is_alive(running.process))


def _require_port_for(listening: Listening, running: RunningGateway) -> None:
    if listening.port != running.state.port:
        require_free_port(listening)


def _find(config_path: Path) -> RunningGateway | None:
    recorded = find_recorded()
    if recorded is not None:
        return recorded
    try:
        config = load_configuration(config_path).config
    except ConfigFault:
        # A gateway without a record can only be looked for on the configured port.
        return None
    return find_on_port(config.host, config.port, str(config_path))


def _forget_stale_record() -> bool:
    state = read_state()
    if state is None:
        return False
    remove_state(state)
    return True


def _make_way(running: RunningGateway, force: bool) -> None:
    if force:
        _end_now(running)
        remove_state(running.state)
    else:
        _ask_to_stop(running)
    deadline = time.monotonic() + _LISTENER_SECONDS
    while _still_listens(running):
        if time.monotonic() > deadline:
            raise ServiceFault(
                f"the gateway (pid {running.state.pid}) does not stop listening: `ccr restart --force` ends it"
            )
        time.sleep(_LOOK_SECONDS)


def _still_listens(running: RunningGateway) -> bool:
    """True until the port is free and the record says that this gateway has given it up."""
    if port_is_taken(running.state.host, running.state.port):
        return True
    state = read_state()
    recorded = state is not None and state.instance == running.state.instance and not state.draining
    return recorded and _is_alive(running.process)


def _ask_to_stop(running: RunningGateway) -> None:
    if running.state.draining:
        return
    if not signals_reach_other_processes():
        ask_by_file(running.state.instance)
        return
    _signal(running.process, signal.SIGTERM)


def _end_now(running: RunningGateway) -> None:
    """Cut running answers: politely twice where signals can say so, then by force."""
    if signals_reach_other_processes():
        _signal(running.process, signal.SIGTERM)
        if not running.state.draining:
            _signal(running.process, signal.SIGINT)
        if _gone_within(running.process, _KILL_SECONDS, None):
            return
    try:
        running.process.kill()
    except psutil.NoSuchProcess:
        return
    if not _gone_within(running.process, _KILL_SECONDS, None):
        raise ServiceFault(f"the gateway (pid {running.state.pid}) cannot be ended")


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        # It ended by itself in between, which is what was wanted.
        return
    except psutil.AccessDenied as error:
        raise ServiceFault(f"no right to stop the gateway (pid {process.pid}): another user started it") from error


def _wait_until_gone(process: psutil.Process, wait_seconds: float, progress: Progress | None) -> None:
    if not _gone_within(process, wait_seconds, progress):
        raise ServiceFault(
            f"the gateway (pid {process.pid}) still finishes running answers after {wait_seconds:g} s: "
            "`ccr stop --force` cuts them"
        )


def _gone_within(process: psutil.Process, seconds: float, progress: Progress | None) -> bool:
    started = time.monotonic()
    told = 0
    while _is_alive(process):
        waited = time.monotonic() - started
        if waited >= seconds:
            return False
        if progress is not None and int(waited) > told:
            told = int(waited)
            progress(waited)
        time.sleep(_LOOK_SECONDS)
    return True


def _is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
