"""`ccr config`: what is wrong with the configuration, what counts and where it comes from, and its schema."""

from __future__ import annotations

import os
from pathlib import Path

import click

from ccr_proxy.commands.options import config_option, debug_option, json_option
from ccr_proxy.commands.problems import problem_data
from ccr_proxy.commands.report import Report
from ccr_proxy.commands.table import table_lines


@click.group(short_help="Check and show the configuration.")
def config() -> None:
    """Check and show the configuration."""


@config.command(short_help="List every problem of the configuration, with its line.")
@config_option
@json_option
@debug_option
def check(config_path: Path | None) -> Report:
    """List every problem of the configuration with its line and what to do.

    Exits with 1 when there is an error; warnings alone are exit code 0. Nothing that the file names is run.
    """
    from ccr_proxy.service.config_check import check_everything

    path = _existing(config_path)
    checked = check_everything(path, os.environ)
    errors = sum(problem.severity == "error" for problem in checked.problems)
    warnings = len(checked.problems) - errors
    lines = (*checked.lines, f"{path}: {_counted(errors, 'error')}, {_counted(warnings, 'warning')}")
    problems = [problem_data(problem) for problem in checked.problems]
    data = {"path": str(path), "ok": not errors, "errors": errors, "warnings": warnings, "problems": problems}
    return Report(lines, data, exit_code=1 if errors else 0)


@config.command(short_help="Print the JSON Schema of the configuration, for editors.")
@json_option
@debug_option
def schema() -> Report:
    """Print the JSON Schema of the configuration, for editors; with --json the same."""
    from ccr_proxy.config.json_schema import config_schema, schema_json

    return Report(tuple(schema_json().splitlines()), config_schema())


@config.command(short_help="Show what counts, and with --sources where it comes from.")
@click.option("--sources", is_flag=True, help="Also show where each value comes from.")
@config_option
@json_option
@debug_option
def show(sources: bool, config_path: Path | None) -> Report:
    """Show the values that count: those of the file, and the defaults. Keys are never shown whole."""
    from ccr_proxy.service.config_values import effective_values

    path = _existing(config_path)
    values = effective_values(path, os.environ)
    rows = [(each.name, each.shown, each.source)[: 3 if sources else 2] for each in values]
    data = {
        "path": str(path),
        "values": [{"name": each.name, "value": each.shown, "source": each.source} for each in values],
    }
    return Report(table_lines(("NAME", "VALUE", "FROM")[: 3 if sources else 2], rows), data)


def _existing(config_path: Path | None) -> Path:
    """The file, absolute. Raises ConfigFault where there is none."""
    from ccr_proxy.config import paths
    from ccr_proxy.errors import ConfigFault
    from ccr_proxy.service.configuration import is_missing

    path = (config_path or paths.config_path()).absolute()
    if is_missing(path):
        raise ConfigFault(f"{path}: no such file; `zcf i -s -t ccr_proxy` creates a configuration")
    return path


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
