"""`ccr status`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ccr_proxy.commands.options import config_option, debug_option, json_option
from ccr_proxy.commands.problems import problem_data
from ccr_proxy.commands.report import Report
from ccr_proxy.service.addresses import base_url

if TYPE_CHECKING:
    from ccr_proxy.service.status import StatusResult

# Asked for a report, a stopped gateway is a good answer; these need the user.
_TROUBLE = frozenset({"unresponsive", "port taken"})


@click.command(short_help="Show whether the gateway runs, where, and with which routes.")
@config_option
@json_option
@debug_option
def status(config_path: Path | None) -> Report:
    """Show whether the gateway runs, where, and with which routes.

    Exits with 1 when the gateway does not answer, another program holds its port, or the configuration is missing or
    cannot be used.
    """
    from ccr_proxy.service.status import status as look

    result = look(config_path)
    return Report(_lines(result), _data(result), exit_code=_exit_code(result))


def _exit_code(result: StatusResult) -> int:
    return 1 if result.condition.value in _TROUBLE or result.config_error is not None else 0


def _lines(result: StatusResult) -> tuple[str, ...]:
    return (
        f"Gateway: {_headline(result)}",
        *_process_lines(result),
        *([] if result.usage_recorded else ["Usage: is not recorded at present, the log says why"]),
        f"Config: {result.config_path}",
        *_config_lines(result),
        *_next_step(result),
    )


def _next_step(result: StatusResult) -> tuple[str, ...]:
    if result.config_missing:
        return ("To set it up: zcf i -s -t ccr_proxy",)
    can_start = result.condition.value == "not running" and result.config_error is None
    return ("To start it: ccr start",) if can_start else ()


def _headline(result: StatusResult) -> str:
    match result.condition.value:
        case "stopping":
            return "stopping, running answers are being finished"
        case "unresponsive":
            return "does not answer (`ccr restart --force` replaces it)"
        case "port taken":
            return f"not running, port {result.port} is in use by {result.port_owner}"
        case condition:
            return condition


def _process_lines(result: StatusResult) -> tuple[str, ...]:
    if result.pid is None:
        stale = result.stale_pid
        return () if stale is None else (f"Left behind: the record of process {stale}, which is gone",)
    lines = [f"Process: {result.pid}"]
    if result.host is not None and result.port is not None:
        lines.append(f"Address: {base_url(result.host, result.port)}")
    if result.uptime is not None:
        lines.append(f"Uptime: {duration(result.uptime)}")
    return (*lines, f"Version: {result.version}", f"Log: {result.log_path}")


def _config_lines(result: StatusResult) -> tuple[str, ...]:
    if result.config_missing:
        return ("Routes: none, the configuration does not exist yet",)
    if result.config_error is not None:
        return (f"Config error: {result.config_error}",)
    routes = [f"  {name}: {target}" for name, target in result.routes]
    problems = [f"  {problem.text(result.config_path.name)}" for problem in result.problems]
    return (
        "Routes:" if routes else "Routes: none",
        *routes,
        *(["Problems:"] if problems else []),
        *problems,
    )


def duration(seconds: float) -> str:
    """A length of time to read: the two largest units of days, hours, minutes and seconds."""
    whole = int(seconds)
    units = (("d", whole // 86400), ("h", whole // 3600 % 24), ("min", whole // 60 % 60), ("s", whole % 60))
    first = next((index for index, (_, amount) in enumerate(units) if amount), len(units) - 1)
    return " ".join(f"{amount} {unit}" for unit, amount in units[first : first + 2])


def _data(result: StatusResult) -> dict[str, Any]:
    owner = result.port_owner
    reachable = result.host is not None and result.port is not None
    return {
        "condition": result.condition.value,
        "running": result.condition.value == "running",
        "pid": result.pid,
        "url": base_url(result.host or "", result.port or 0) if reachable else None,
        "host": result.host,
        "port": result.port,
        "uptime": result.uptime,
        "version": result.version,
        "config_path": str(result.config_path),
        "log_path": str(result.log_path),
        "stale_pid": result.stale_pid,
        "port_owner": None
        if owner is None
        else {"pid": owner.pid, "name": owner.name, "command_line": owner.command_line},
        "routes": dict(result.routes),
        "problems": [problem_data(problem) for problem in result.problems],
        "config_error": result.config_error,
        "usage_recorded": result.usage_recorded,
    }
