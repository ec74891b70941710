"""One gateway in this process, from configuration to clean exit."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import errno
import gc
import importlib
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TextIO

from aiohttp import web

from ccr_proxy.config.load import LoadedConfig
from ccr_proxy.errors import ServiceFault
from ccr_proxy.service.addresses import base_url
from ccr_proxy.service.configuration import load_configuration
from ccr_proxy.service.drain import drain
from ccr_proxy.service.instance import new_instance, take_expected_instance
from ccr_proxy.service.listening import Listening, effective_listening
from ccr_proxy.service.occupant import occupied_message
from ccr_proxy.service.process import own_create_time
from ccr_proxy.service.registration import Registration
from ccr_proxy.service.state import GatewayState
from ccr_proxy.service.stop_requests import (
    StopRequests,
    listen_to_signals,
    signals_reach_other_processes,
    watch_stop_file,
)
from ccr_proxy.service.system_errors import system_error_text
from ccr_proxy.version import __version__

# What is left after draining is cut; its handlers get this long to notice.
_CUT_SECONDS = 1.0


class ApplicationFactory(Protocol):
    """Builds the HTTP application that is served."""

    def __call__(self, loaded: LoadedConfig, *, instance_id: str, started_at: float) -> web.Application: ...


@dataclasses.dataclass(frozen=True, slots=True)
class _Plan:
    """Everything that is decided before the port is opened."""

    loaded: LoadedConfig
    listening: Listening
    instance: str
    is_child: bool
    started_at: float
    drain_seconds: float


def run(
    config_path: Path,
    *,
    host: str | None = None,
    port: int | None = None,
    drain_seconds: float | None = None,
    application_factory: ApplicationFactory | None = None,
    output: TextIO = sys.stderr,
) -> int:
    """Serve until asked to stop; returns the exit code 0 after a clean end.

    `host` and `port` override the configuration. Running answers get `drain_seconds` to finish, by default as long as
    the configuration lets one answer take (API_TIMEOUT_MS). Where answers were cut, the process ends here with exit
    code 1: what they wait for in other threads must not keep it alive. Raises ConfigFault, and ServiceFault when the
    port is taken or the address cannot be used.
    """
    plan = _plan(config_path, host, port, drain_seconds)
    for problem in plan.loaded.problems:
        _say(output, problem.text(str(plan.loaded.path)))
    for warning in plan.listening.warnings:
        _say(output, f"warning: {warning}")
    factory = application_factory or _gateway_application()
    application = factory(plan.loaded, instance_id=plan.instance, started_at=plan.started_at)
    with asyncio.Runner(loop_factory=_fastest_loop()) as runner:
        return runner.run(_serve(application, plan, output))


def _plan(config_path: Path, host: str | None, port: int | None, drain_seconds: float | None) -> _Plan:
    loaded = load_configuration(config_path)
    listening = effective_listening(loaded, host=host, port=port)
    effective = {"host": listening.host, "port": listening.port, "api_key": listening.api_key}
    expected_instance = take_expected_instance(os.environ)
    return _Plan(
        loaded=dataclasses.replace(loaded, config=loaded.config.model_copy(update=effective)),
        listening=listening,
        instance=expected_instance or new_instance(),
        is_child=expected_instance is not None,
        started_at=time.time(),
        drain_seconds=loaded.config.api_timeout_ms / 1000 if drain_seconds is None else drain_seconds,
    )


def _gateway_application() -> ApplicationFactory:
    from ccr_proxy.config.paths import usage_path
    from ccr_proxy.server.app import create_app
    from ccr_proxy.usage.ledger import Ledger

    def application(loaded: LoadedConfig, *, instance_id: str, started_at: float) -> web.Application:
        usage = loaded.config.usage
        ledger = Ledger(usage_path(), usage.keep_days) if usage.record else None
        return create_app(loaded, instance_id=instance_id, started_at=started_at, ledger=ledger)

    return application


def _fastest_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The event loop of the `fast` extra where it is installed, else asyncio's own."""
    try:
        fast = importlib.import_module("winloop" if sys.platform == "win32" else "uvloop")
    except ImportError:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = fast.new_event_loop
    return factory


async def _serve(application: web.Application, plan: _Plan, output: TextIO) -> int:
    # Handlers are cancelled when their client goes away, so that the provider is not asked for an answer nobody reads.
    runner = web.AppRunner(
        application,
        handle_signals=False,
        access_log=None,
        handler_cancellation=True,
        shutdown_timeout=_CUT_SECONDS,
    )
    await runner.setup()
    _spare_the_collector()
    try:
        cut = await _serve_until_asked_to_stop(runner, plan, output)
    finally:
        await runner.cleanup()
    if cut:
        output.flush()
        os._exit(1)
    return 0


async def _serve_until_asked_to_stop(runner: web.AppRunner, plan: _Plan, output: TextIO) -> int:
    """Returns the number of answers that are to be cut."""
    requests = StopRequests()
    listen_to_signals(requests, asyncio.get_running_loop())
    port = await _open_listener(runner, plan.listening)
    registration = Registration(_state(plan, port))
    try:
        _register(registration, plan, output)
        url = base_url(plan.listening.host, port)
        _say(output, f"ccr_proxy {__version__} listening on {url} (config {plan.loaded.path})")
        await _until_asked_to_stop(requests, plan.instance)
        return await _finish(runner, requests, registration, plan.drain_seconds, output)
    finally:
        registration.release()


def _spare_the_collector() -> None:
    """Keep the cyclic garbage collector away from what lives as long as the process.

    A request is a large tree of short-lived objects without cycles; by default each one triggers collections that walk
    every module again, about a quarter of the time a request takes.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


async def _open_listener(runner: web.AppRunner, listening: Listening) -> int:
    site = web.TCPSite(runner, listening.host, listening.port)
    try:
        await site.start()
    except OSError as error:
        raise _listen_fault(error, listening) from error
    return site.port


def _state(plan: _Plan, port: int) -> GatewayState:
    return GatewayState(
        pid=os.getpid(),
        create_time=own_create_time(),
        host=plan.listening.host,
        port=port,
        instance=plan.instance,
        version=__version__,
        started_at=plan.started_at,
        config_path=str(plan.loaded.path),
    )


def _register(registration: Registration, plan: _Plan, output: TextIO) -> None:
    try:
        other = registration.claim()
    except OSError as error:
        # Whoever started us in the background could never find us again; in the foreground Ctrl-C still works.
        if plan.is_child:
            raise ServiceFault(f"cannot record the running gateway: {system_error_text(error)}") from error
        reason = system_error_text(error)
        _say(output, f"warning: cannot record the running gateway, `ccr stop` will not find it: {reason}")
        return
    if other is not None:
        _say(output, f"note: `ccr stop` and `ccr status` mean the gateway on port {other.port} (pid {other.pid})")


async def _until_asked_to_stop(requests: StopRequests, instance: str) -> None:
    if signals_reach_other_processes():
        await requests.first.wait()
        return
    watcher = asyncio.create_task(watch_stop_file(requests, instance))
    await requests.first.wait()
    watcher.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await watcher


async def _finish(
    runner: web.AppRunner,
    requests: StopRequests,
    registration: Registration,
    drain_seconds: float,
    output: TextIO,
) -> int:
    try:
        registration.mark_draining()
    except OSError as error:
        _say(output, f"warning: cannot record that the gateway is stopping: {system_error_text(error)}")
    cut = await drain(runner, requests, drain_seconds)
    _say(output, f"stopped: {cut} running answers were cut" if cut else "stopped")
    return cut


def _listen_fault(error: OSError, listening: Listening) -> ServiceFault:
    if error.errno == errno.EADDRINUSE:
        return ServiceFault(occupied_message(listening.host, listening.port))
    place = f"port {listening.port} on {listening.host}"
    if error.errno == errno.EACCES:
        return ServiceFault(f"{place} needs more rights than this user has: choose a port above 1023")
    return ServiceFault(f"cannot listen on {place}: {error.strerror or error}")


def _say(output: TextIO, line: str) -> None:
    output.write(line + "\n")
    output.flush()
