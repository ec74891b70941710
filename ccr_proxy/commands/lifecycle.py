"""`ccr start`, `ccr stop`, `ccr restart`: the gateway in the background."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ccr_proxy.commands.options import address_options, config_option, debug_option, json_option
from ccr_proxy.commands.report import Report
from ccr_proxy.service.addresses import base_url

if TYPE_CHECKING:
    from ccr_proxy.service.control import RestartResult, StopResult
    from ccr_proxy.service.launcher import StartResult

_wait_option = click.option(
    "--wait",
    "wait_seconds",
    type=click.FloatRange(min=0.1),
    default=10.0,
    show_default=True,
    help="Seconds to wait until the gateway answers.",
)


@click.command(short_help="Start the gateway in the background.")
@config_option
@address_options
@_wait_option
@json_option
@debug_option
def start(config_path: Path | None, host: str | None, port: int | None, wait_seconds: float) -> Report:
    """Start the gateway in the background; returns once it answers."""
    from ccr_proxy.config import paths
    from ccr_proxy.service import launcher

    result = launcher.start(config_path or paths.config_path(), wait_seconds, host=host, port=port)
    return _start_report(result)


@click.command(short_help="Stop the gateway once its running answers are finished.")
@config_option
@click.option("--force", "-f", is_flag=True, help="Cut running answers instead of letting them finish.")
@click.option(
    "--wait",
    "wait_seconds",
    type=click.FloatRange(min=0),
    help="Seconds to wait for running answers.  [default: as long as one may take]",
)
@json_option
@debug_option
def stop(config_path: Path | None, force: bool, wait_seconds: float | None) -> Report:
    """Stop the gateway; running answers are finished first."""
    from ccr_proxy.config import paths
    from ccr_proxy.service import control

    result = control.stop(
        config_path or paths.config_path(),
        force=force,
        wait_seconds=control.STOP_SECONDS if wait_seconds is None else wait_seconds,
        progress=tell_waiting,
    )
    return _stop_report(result)


@click.command(short_help="Replace the running gateway.")
@config_option
@address_options
@click.option("--force", "-f", is_flag=True, help="Cut running answers instead of letting them finish.")
@_wait_option
@json_option
@debug_option
def restart(config_path: Path | None, host: str | None, port: int | None, force: bool, wait_seconds: float) -> Report:
    """Replace the running gateway; the old one still finishes its running answers."""
    from ccr_proxy.service import control

    result = control.restart(config_path, host=host, port=port, force=force, wait_seconds=wait_seconds)
    return _restart_report(result)


def tell_waiting(seconds: float) -> None:
    """Say once what stopping waits for; `seconds` is how long it has waited."""
    if int(seconds) == 1:
        sys.stderr.write("waiting for running answers to finish (`ccr stop --force` cuts them)\n")


def _start_report(result: StartResult) -> Report:
    headline = "already running" if result.already_running else "started"
    return Report((f"Gateway: {headline}", *_address_lines(result)), _start_data(result))


def _address_lines(result: StartResult) -> tuple[str, ...]:
    state = result.state
    return (
        f"Address: {base_url(state.host, state.port)}",
        f"Process: {state.pid}",
        f"Config: {state.config_path}",
        f"Log: {result.log_path}",
        *(f"Warning: {warning}" for warning in result.warnings),
    )


def _start_data(result: StartResult) -> dict[str, Any]:
    state = result.state
    return {
        **asdict(state),
        "url": base_url(state.host, state.port),
        "already_running": result.already_running,
        "log_path": str(result.log_path),
        "warnings": list(result.warnings),
    }


def _stop_report(result: StopResult) -> Report:
    if result.pid is None:
        removed = ("Removed: the record of a gateway that is gone",) if result.stale_record else ()
        return Report(
            ("Gateway: not running", *removed), {"stopped": False, "pid": None, "stale_record": result.stale_record}
        )
    how = "stopped, running answers were cut" if result.forced else "stopped"
    return Report(
        (f"Gateway: {how}", f"Process: {result.pid}"),
        {"stopped": True, "pid": result.pid, "forced": result.forced},
    )


def _restart_report(result: RestartResult) -> Report:
    headline = "Gateway: restarted" if result.previous_pid is not None else "Gateway: started (none was running)"
    lines = (headline, *_address_lines(result.started))
    if result.previous_still_finishing:
        lines += (f"Previous process: {result.previous_pid}, still finishing running answers",)
    data = {
        **_start_data(result.started),
        "previous_pid": result.previous_pid,
        "previous_still_finishing": result.previous_still_finishing,
    }
    return Report(lines, data)
