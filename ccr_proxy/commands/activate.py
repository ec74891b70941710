"""`ccr activate` and `ccr env`: shell lines that point Claude Code, and any Anthropic SDK, at the gateway."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import click

from ccr_proxy.commands.options import config_option, debug_option, json_option
from ccr_proxy.commands.report import Report
from ccr_proxy.commands.shells import SHELLS, shell_lines


@click.command(short_help="Print shell lines that point Claude Code at the gateway.")
@config_option
@click.option("--shell", type=click.Choice(SHELLS), help="Syntax of the lines.  [default: sh, on Windows powershell]")
@json_option
@debug_option
def activate(config_path: Path | None, shell: str | None) -> Report:
    """Print shell lines that point Claude Code at the gateway: eval "$(ccr activate)"; `env` is the same."""
    from ccr_proxy.config import paths
    from ccr_proxy.service.client_environment import client_environment
    from ccr_proxy.service.configuration import load_configuration

    loaded = load_configuration(config_path or paths.config_path())
    wanted = client_environment(loaded, os.environ)
    lines = shell_lines(shell or usual_shell(os.environ), wanted.variables, wanted.unset)
    return Report(lines, {"set": wanted.variables, "unset": list(wanted.unset)})


def usual_shell(environ: Mapping[str, str]) -> str:
    """The syntax of the shell that this was most likely started from."""
    # Git Bash and other Unix shells on Windows set SHELL or MSYSTEM.
    if os.name == "nt" and not (environ.get("SHELL") or environ.get("MSYSTEM")):
        return "powershell"
    return "sh"
