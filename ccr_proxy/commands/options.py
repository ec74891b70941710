"""What every verb understands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

AnyCallable = TypeVar("AnyCallable", bound=Callable[..., Any])


@dataclass
class Settings:
    """How the outcome is to be told; filled while the command line is read."""

    as_json: bool = False
    debug: bool = False


def _remember(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    settings = context.ensure_object(Settings)
    if value:
        setattr(settings, str(parameter.name), True)


def json_option(command: AnyCallable) -> AnyCallable:
    """Add --json."""
    return click.option(
        "--json", "as_json", is_flag=True, expose_value=False, callback=_remember, help="Print JSON for programs."
    )(command)


def debug_option(command: AnyCallable) -> AnyCallable:
    """Add --debug."""
    return click.option(
        "--debug", is_flag=True, expose_value=False, callback=_remember, help="Show the traceback of an error."
    )(command)


def config_option(command: AnyCallable) -> AnyCallable:
    """Add --config, passed as `config_path` (None when not given)."""
    return click.option(
        "--config",
        "-c",
        "config_path",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Configuration file.  [default: ~/.claude-code-router/config.json]",
    )(command)


def address_options(command: AnyCallable) -> AnyCallable:
    """Add --host and --port, which override the configuration."""
    with_port = click.option("--port", "-p", type=click.IntRange(0, 65535), help="Port instead of the configured one.")
    with_host = click.option("--host", help="Address instead of the configured one.")
    return with_host(with_port(command))
