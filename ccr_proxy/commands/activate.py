"""`ccr activate` and `ccr env`: shell lines that point Claude Code, and any Anthropic SDK, at the gateway."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import click

from ccr_proxy.commands.options import config_option, debug_option, json_option
from ccr_proxy.commands.report import Report
from ccr_proxy.commands.shells import SHELLS, shell_lines
from ccr_proxy.service.addresses import base_url, reachable_host

_UNSET = ("CLAUDE_CODE_USE_BEDROCK",)


@click.command(short_help="Print shell lines that point Claude Code at the gateway.")
@config_option
@click.option("--shell", type=click.Choice(SHELLS), help="Syntax of the lines.  [default: sh, on Windows powershell]")
@json_option
@debug_option
def activate(config_path: Path | None, shell: str | None) -> Report:
    """Print shell lines that point Claude Code at the gateway: eval "$(ccr activate)"; `env` is the same."""
    from ccr_proxy.config import paths
    from ccr_proxy.service.configuration import load_configuration
    from ccr_proxy.service.listening import effective_listening

    loaded = load_configuration(config_path or paths.config_path())
    listening = effective_listening(loaded)
    host = reachable_host(listening.host)
    variables = {
        "ANTHROPIC_AUTH_TOKEN": listening.api_key,
        "ANTHROPIC_BASE_URL": base_url(host, listening.port),
        "NO_PROXY": _without_proxy(os.environ, host),
        "DISABLE_TELEMETRY": "true",
        "DISABLE_COST_WARNINGS": "true",
        "API_TIMEOUT_MS": str(loaded.config.api_timeout_ms),
    }
    lines = shell_lines(shell or _usual_shell(os.environ), variables, _UNSET)
    return Report(lines, {"set": variables, "unset": list(_UNSET)})


def _without_proxy(environ: Mapping[str, str], host: str) -> str:
    """The user's own NO_PROXY with the gateway's address added."""
    entries = [entry.strip() for entry in environ.get("NO_PROXY", "").split(",") if entry.strip()]
    return ",".join(entries if host in entries else [*entries, host])


def _usual_shell(environ: Mapping[str, str]) -> str:
    # Git Bash and other Unix shells on Windows set SHELL or MSYSTEM.
    if os.name == "nt" and not (environ.get("SHELL") or environ.get("MSYSTEM")):
        return "powershell"
    return "sh"
