"""`ccr version` and `ccr help`."""

from __future__ import annotations

import click

from ccr_proxy.commands.options import debug_option, json_option
from ccr_proxy.commands.report import Report
from ccr_proxy.version import __version__


@click.command()
@json_option
@debug_option
def version() -> Report:
    """Show the version."""
    return Report((version_line(),), {"version": __version__})


@click.command("help", short_help="Show this, or the help of a verb.")
@click.argument("verb", required=False)
@click.pass_context
def help_verb(context: click.Context, verb: str | None) -> Report:
    """Show this help, or the help of a verb."""
    root = context.find_root()
    command = root.command
    if verb is None or not isinstance(command, click.Group):
        return Report((root.get_help(),))
    name, found, _ = command.resolve_command(root, [verb])
    if found is None:
        raise click.UsageError(f"no such verb: {verb}", root)
    with click.Context(found, info_name=name, parent=root) as own_context:
        return Report((found.get_help(own_context),))


def version_line() -> str:
    """The line that `ccr -v` prints."""
    return f"ccr_proxy version: {__version__}"
