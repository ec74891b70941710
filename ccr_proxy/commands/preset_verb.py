"""`ccr NAME`: Claude Code with the configuration of a preset."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from ccr_proxy.commands.code import code, run_through_gateway
from ccr_proxy.errors import ConfigFault


def preset_verb(name: str) -> click.Command | None:
    """The verb that an installed preset is; None when there is no such preset."""
    from ccr_proxy.presets.installed import is_installed

    return verb_of_preset(name) if is_installed(name) else None


def verb_of_preset(name: str) -> click.Command:
    """The verb for the preset `name`, which takes the same arguments as `code`."""

    @click.command(
        name,
        short_help="Start Claude Code with the preset of that name.",
        context_settings=code.context_settings,
        add_help_option=False,
    )
    @click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
    def run(arguments: tuple[str, ...]) -> int:
        """Start Claude Code with the preset of that name; all ARGUMENTS are Claude Code's own."""
        return run_preset(name, arguments)

    return run


def run_preset(name: str, arguments: Sequence[str]) -> int:
    """Start Claude Code with a preset and return its exit code. Raises ConfigFault, ServiceFault."""
    from ccr_proxy.config.interpolate import interpolate
    from ccr_proxy.presets.filled import filled
    from ccr_proxy.presets.installed import installed

    config = filled(installed(name))
    settings = config.get("claudeCodeSettings")
    settings = settings if isinstance(settings, dict) else {}
    if config.get("noServer") is True:
        return _run_without_gateway(name, arguments, interpolate(config, os.environ).value, settings)
    return run_through_gateway(arguments, f"/preset/{quote(name)}", settings)


def _run_without_gateway(
    name: str, arguments: Sequence[str], config: Mapping[str, Any], settings: Mapping[str, Any]
) -> int:
    """`noServer`: Claude Code talks to the first provider itself, which must speak Anthropic Messages."""
    from ccr_proxy.config import paths
    from ccr_proxy.service.claude_program import claude_command
    from ccr_proxy.service.claude_session import run_claude

    providers = config.get("Providers")
    first = providers[0] if isinstance(providers, list) and providers else None
    if not isinstance(first, dict) or not all(isinstance(first.get(key), str) for key in ("api_base_url", "api_key")):
        raise ConfigFault(
            f"preset {name!r} goes past the gateway, but its first provider lacks api_base_url or api_key"
        )
    variables = {
        "ANTHROPIC_BASE_URL": first["api_base_url"].removesuffix("/v1/messages"),
        "ANTHROPIC_AUTH_TOKEN": first["api_key"],
        "ANTHROPIC_API_KEY": "",
    }
    command = claude_command(None, os.environ, Path.home())
    environ = {**os.environ, **variables}
    return run_claude(command, arguments, environ, variables, paths.ccr_home() / "temp", preset_settings=settings)
