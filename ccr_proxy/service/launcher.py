"""Start the gateway in the background and return only once it answers, or with the reason why it does not."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ccr_proxy.config import paths
from ccr_proxy.errors import ServiceFault
from ccr_proxy.service.command_line import serve_command, serve_environment
from ccr_proxy.service.configuration import load_configuration
from ccr_proxy.service.detached import DetachedProcess, start_detached
from ccr_proxy.service.find import RunningGateway, find_recorded, unresponsive_fault
from ccr_proxy.service.instance import new_instance
from ccr_proxy.service.listening import Listening, effective_listening
from ccr_proxy.service.occupant import foreign_address_fault, occupied_message, port_is_taken
from ccr_proxy.service.private_file import make_private_directory
from ccr_proxy.service.probe import probe
from ccr_proxy.service.state import GatewayState, read_state, remove_state
from ccr_proxy.service.system_errors import system_error_text

_LOOK_SECONDS = 0.03
_LOCK_SECONDS = 30.0

# Builds the command of the background process from config path, host and port.
CommandLine = Callable[[Path, str | None, int | None], list[str]]


@dataclass(frozen=True, slots=True)
class StartResult:
    """The gateway that now answers; `already_running` when it did so before."""

    already_running: bool
    state: GatewayState
    log_path: Path
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StartRequest:
    """What to start: configuration, overrides of its address, and how long to wait until it answers (seconds)."""

    config_path: Path
    host: str | None = None
    port: int | None = None
    wait_seconds: float = 10.0
    command_line: CommandLine = serve_command


def start(
    config_path: Path,
    wait_seconds: float = 10.0,
    *,
    host: str | None = None,
    port: int | None = None,
    command_line: CommandLine = serve_command,
) -> StartResult:
    """Make sure that a gateway with this configuration answers on its port.

    Raises ConfigFault when the configuration cannot be used and ServiceFault, with the last lines of the log, when the
    gateway cannot be started or does not answer within `wait_seconds`.
    """
    request = StartRequest(config_path, host, port, wait_seconds, command_line)
    # Before the lock, so that nothing is created where nothing can be started.
    listening_for(request)
    with only_one_at_a_time():
        return start_unlocked(request)


def start_unlocked(request: StartRequest) -> StartResult:
    """As `start`, for a caller that already holds the lock."""
    config_path = request.config_path.absolute()
    listening = listening_for(request)
    running = find_recorded()
    if running is not None and not running.state.draining:
        return _already_running(running, listening, config_path)
    require_free_port(listening)
    return _launch(request, config_path, listening)


@contextlib.contextmanager
def only_one_at_a_time() -> Iterator[None]:
    """Hold the lock under which gateways are started and replaced. Raises ServiceFault after 30 s of waiting."""
    from filelock import FileLock, Timeout

    lock_path = paths.ccr_home() / "gateway.lock"
    try:
        make_private_directory(lock_path.parent)
        with FileLock(lock_path, timeout=_LOCK_SECONDS, mode=0o600):
            yield
    except Timeout as error:
        raise ServiceFault(f"another `ccr` command is starting the gateway (it holds {lock_path})") from error


def listening_for(request: StartRequest) -> Listening:
    """The address the gateway would use. Raises ConfigFault and ServiceFault when it could not start."""
    loaded = load_configuration(request.config_path)
    return effective_listening(loaded, host=request.host, port=request.port)


def require_free_port(listening: Listening) -> None:
    """Raise ServiceFault, naming the program in the way, unless the address is this machine's and the port free."""
    fault = foreign_address_fault(listening.host)
    if fault is not None:
        raise ServiceFault(f"cannot listen on {listening.host}: {fault}")
    if port_is_taken(listening.host, listening.port):
        raise ServiceFault(occupied_message(listening.host, listening.port))


def _already_running(running: RunningGateway, listening: Listening, config_path: Path) -> StartResult:
    state = running.state
    if running.health is None:
        raise unresponsive_fault(running)
    if (state.port, state.config_path) != (listening.port, str(config_path)):
        raise ServiceFault(
            f"a gateway (pid {state.pid}) runs on port {state.port} with {state.config_path}: "
            f"`ccr restart` with the same options replaces it by one on port {listening.port} with {config_path}"
        )
    return StartResult(True, state, paths.log_path(), listening.warnings)


def _launch(request: StartRequest, config_path: Path, listening: Listening) -> StartResult:
    instance = new_instance()
    command = request.command_line(config_path, request.host, request.port)
    try:
        child = start_detached(
            command,
            environment=serve_environment(os.environ, instance),
            directory=config_path.parent,
            log_path=paths.log_path(),
        )
    except OSError as error:
        raise ServiceFault(f"cannot start the gateway: {system_error_text(error)}") from error
    try:
        state = _wait_until_healthy(child, instance, listening, request.wait_seconds)
    except ServiceFault:
        _clear_away(child, instance)
        # Another may have come up meanwhile: from `serve`, or from a `start` that was killed while it waited.
        other = find_recorded()
        if other is None or other.health is None:
            raise
        return _already_running(other, listening, config_path)
    except BaseException:
        _clear_away(child, instance)
        raise
    child.let_go()
    return StartResult(False, state, child.log_path, listening.warnings)


def _wait_until_healthy(
    child: DetachedProcess, instance: str, listening: Listening, wait_seconds: float
) -> GatewayState:
    deadline = time.monotonic() + wait_seconds
    while time.monotonic() < deadline:
        exit_code = child.exit_code()
        if exit_code is not None:
            raise _ended_fault(exit_code, child.log_tail())
        state = read_state()
        if state is not None and state.instance == instance and _answers(state):
            return state
        time.sleep(_LOOK_SECONDS)
    raise ServiceFault(
        f"the gateway did not answer on port {listening.port} within {wait_seconds:g} s and was ended",
        child.log_tail(),
    )


def _ended_fault(exit_code: int, log_tail: tuple[str, ...]) -> ServiceFault:
    last = log_tail[-1] if log_tail else ""
    reason = last.removeprefix("error: ") if last.startswith("error: ") else f"it ended with exit code {exit_code}"
    return ServiceFault(f"the gateway did not start: {reason}", log_tail)


def _answers(state: GatewayState) -> bool:
    health = probe(state.host, state.port)
    return health is not None and health.instance == state.instance


def _clear_away(child: DetachedProcess, instance: str) -> None:
    child.end()
    state = read_state()
    if state is not None and state.instance == instance:
        remove_state(state)
