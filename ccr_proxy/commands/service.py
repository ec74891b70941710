"""`ccr service`: the gateway starts with the user's session."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ccr_proxy.commands.lifecycle import tell_waiting
from ccr_proxy.commands.options import config_option, debug_option, json_option
from ccr_proxy.commands.report import Report

if TYPE_CHECKING:
    from ccr_proxy.service.autostart.entry import Entry
    from ccr_proxy.service.find import RunningGateway

_ANSWER_SECONDS = 20.0
_LOOK_SECONDS = 0.1


@click.group(short_help="Have the gateway started when you log in.")
def service() -> None:
    """Have the gateway started when you log in: by systemd, launchd or the Task Scheduler."""


@service.command(short_help="Start the gateway with every session from now on.")
@click.option("--dry-run", is_flag=True, help="Show the file and the commands, and change nothing.")
@config_option
@json_option
@debug_option
def install(dry_run: bool, config_path: Path | None) -> Report:
    """Start the gateway with every session from now on, and now.

    A gateway that runs already is stopped first, once its running answers are finished.
    """
    from ccr_proxy.config import paths
    from ccr_proxy.errors import ServiceFault
    from ccr_proxy.service import control
    from ccr_proxy.service.autostart import apply
    from ccr_proxy.service.autostart.this_system import entry_here
    from ccr_proxy.service.configuration import load_configuration
    from ccr_proxy.service.listening import effective_listening

    loaded = load_configuration(config_path or paths.config_path())
    effective_listening(loaded)
    entry = entry_here(loaded.path)
    variables = sorted({reference.name for reference in loaded.references})
    if dry_run:
        return _plan(entry, variables)
    apply.require_possible(entry)
    stopped = control.stop(loaded.path, progress=tell_waiting)
    apply.install(entry, paths.log_path())
    running = _answering()
    if running is None:
        raise ServiceFault(
            f"{entry.system} has the gateway now ({entry.path}), but it does not answer: `ccr logs` says why, "
            "`ccr service uninstall` takes it back"
        )
    lines = (
        f"Service: installed, {entry.note}",
        f"File: {entry.path}",
        f"Process: {running.state.pid}",
        *((f"Stopped: process {stopped.pid}, in whose place it is",) if stopped.pid is not None else ()),
        *_variable_lines(entry, variables),
    )
    return Report(lines, {**_data(entry, installed=True), "pid": running.state.pid, "variables": variables})


@service.command(short_help="Do not start the gateway with the session any more.")
@click.option("--dry-run", is_flag=True, help="Show the commands, and change nothing.")
@config_option
@json_option
@debug_option
def uninstall(dry_run: bool, config_path: Path | None) -> Report:
    """Do not start the gateway with the session any more, and stop the running one."""
    from ccr_proxy.config import paths
    from ccr_proxy.service import control
    from ccr_proxy.service.autostart import apply
    from ccr_proxy.service.autostart.this_system import entry_here

    entry = entry_here(config_path or paths.config_path())
    if dry_run:
        commands = (*entry.withdraw, ("remove", str(entry.path)), *entry.forget)
        return Report(tuple(" ".join(command) for command in commands), {"commands": [list(each) for each in commands]})
    apply.require_possible(entry)
    if not apply.is_installed(entry):
        return Report(("Service: was not installed",), {**_data(entry, installed=False), "removed": False})
    # Told to stop, it ends well and is not started again; the system itself might not wait for its answers.
    stopped = control.stop(config_path or paths.config_path(), progress=tell_waiting)
    apply.uninstall(entry)
    lines = ("Service: removed", *((f"Stopped: process {stopped.pid}",) if stopped.pid is not None else ()))
    return Report(lines, {**_data(entry, installed=False), "removed": True})


@service.command(short_help="Show whether the gateway is started with the session.")
@config_option
@json_option
@debug_option
def status(config_path: Path | None) -> Report:
    """Show whether the gateway is started with the session, and whether it runs; exits with 1 when it is not
    installed."""
    from ccr_proxy.config import paths
    from ccr_proxy.service.autostart import apply
    from ccr_proxy.service.autostart.this_system import entry_here
    from ccr_proxy.service.find import find_recorded

    entry = entry_here(config_path or paths.config_path())
    apply.require_possible(entry)
    is_there, running = apply.is_installed(entry), find_recorded()
    lines = (
        f"Service: {f'installed, {entry.note}' if is_there else 'not installed'}",
        f"System: {entry.system}",
        f"File: {entry.path}",
        f"Gateway: {'running' if running else 'not running'}",
    )
    data = {**_data(entry, installed=is_there), "pid": running.state.pid if running else None}
    return Report(lines, data, exit_code=0 if is_there else 1)


def _answering() -> RunningGateway | None:
    from ccr_proxy.service.find import find_recorded

    deadline = time.monotonic() + _ANSWER_SECONDS
    while time.monotonic() < deadline:
        running = find_recorded()
        if running is not None and running.health is not None:
            return running
        time.sleep(_LOOK_SECONDS)
    return None


def _plan(entry: Entry, variables: list[str]) -> Report:
    encoding = "utf-16" if entry.content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    content = entry.content.decode(encoding)
    lines = (
        f"File: {entry.path}",
        *(f"  {line}" for line in content.splitlines()),
        "Commands:",
        *(f"  {' '.join(command)}" for command in entry.install),
        *_variable_lines(entry, variables),
    )
    data = {
        **_data(entry, installed=False),
        "dry_run": True,
        "content": content,
        "commands": [list(command) for command in entry.install],
        "variables": variables,
    }
    return Report(lines, data)


def _variable_lines(entry: Entry, variables: list[str]) -> tuple[str, ...]:
    if not variables:
        return ()
    place = {
        "systemd": "in a file in ~/.config/environment.d",
        "launchd": "by `launchctl setenv`",
    }.get(entry.system, "among the user's variables")
    return (f"Warning: the configuration needs {', '.join(variables)}; a session has what is set {place}",)


def _data(entry: Entry, *, installed: bool) -> dict[str, Any]:
    return {"system": entry.system, "installed": installed, "path": str(entry.path)}
