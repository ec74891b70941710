"""`ccr code`: Claude Code through the gateway, which is started if it does not run."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click


@click.command(
    short_help="Start Claude Code through the gateway.",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False, "help_option_names": []},
    add_help_option=False,
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def code(arguments: tuple[str, ...]) -> int:
    """Start Claude Code through the gateway, which is started first if it does not run.

    All ARGUMENTS are Claude Code's own and reach it as they are (`ccr code --help` is its help, too). The exit code is
    Claude Code's. CLAUDE_PATH of the configuration or the environment names another program.
    """
    return run_through_gateway(arguments, "", {})


def run_through_gateway(arguments: Sequence[str], path: str, preset_settings: Mapping[str, Any]) -> int:
    """Start Claude Code with the gateway's address and `path` below it, and return its exit code.

    `preset_settings` are settings of Claude Code that count where the user's own `--settings` do not say otherwise.
    Raises ConfigFault, ServiceFault.
    """
    from ccr_proxy.config import paths
    from ccr_proxy.service import launcher
    from ccr_proxy.service.addresses import base_url
    from ccr_proxy.service.claude_program import claude_command
    from ccr_proxy.service.claude_session import NON_INTERACTIVE, run_claude
    from ccr_proxy.service.client_environment import client_environment
    from ccr_proxy.service.configuration import load_configuration

    loaded = load_configuration(paths.config_path())
    config = loaded.config
    command = claude_command(config.claude_path, os.environ, Path.home())
    started = launcher.start(paths.config_path())
    if not started.already_running:
        # Claude Code's output may be read by a program.
        sys.stderr.write(f"Gateway: started at {base_url(started.state.host, started.state.port)}\n")
    wanted = client_environment(loaded, os.environ)
    quiet = NON_INTERACTIVE if config.non_interactive_mode else {}
    address = {"ANTHROPIC_BASE_URL": wanted.variables["ANTHROPIC_BASE_URL"] + path}
    # Claude Code would ask whether to use a key of the environment, or of its settings, instead of the gateway's.
    variables = {**wanted.variables, **address, **quiet, "ANTHROPIC_API_KEY": ""}
    return run_claude(
        command,
        arguments,
        wanted.within(os.environ) | variables,
        variables,
        paths.ccr_home() / "temp",
        preset_settings=preset_settings,
        interactive=not config.non_interactive_mode,
    )
