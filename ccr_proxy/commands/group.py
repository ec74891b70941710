"""The verbs of `ccr`."""

from __future__ import annotations

import copy
import difflib
import importlib

import click

from ccr_proxy.commands.about import version_line
from ccr_proxy.commands.options import debug_option
from ccr_proxy.commands.verbs import ANY_PRESET, MODULES
from ccr_proxy.version import __version__


class VerbGroup(click.Group):
    """Imports a verb when it is wanted, so that the gateway in the background carries one of them, and says which verb
    a mistyped one may have meant."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Verbs in the order of the help."""
        return [*MODULES, ANY_PRESET]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb; an unknown one is a usage error (exit code 2)."""
        verb = args[0]
        if self.get_command(ctx, verb) is None and not verb.startswith("-") and not ctx.resilient_parsing:
            raise click.UsageError(f"no such verb: {verb}{self._suggestion(verb)}", ctx)
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb of that name; the name of an installed preset is one too."""
        if cmd_name in MODULES:
            return _verb(cmd_name)
        if cmd_name.startswith("-"):
            return None
        from ccr_proxy.commands.preset_verb import preset_verb, verb_of_preset

        # The placeholder stands in the help for all presets.
        return verb_of_preset(cmd_name) if cmd_name == ANY_PRESET else preset_verb(cmd_name)

    def _suggestion(self, verb: str) -> str:
        close = difflib.get_close_matches(verb, MODULES, n=2)
        return f" (did you mean {' or '.join(close)}?)" if close else ""


def _verb(name: str) -> click.Command:
    module, _, attribute = MODULES[name].partition(":")
    verb: click.Command = getattr(importlib.import_module(f"ccr_proxy.commands.{module}"), attribute)
    if name != "env":
        return verb
    same = copy.copy(verb)
    same.short_help = "The same as activate."
    return same


@click.group(
    cls=VerbGroup,
    name="ccr",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    invoke_without_command=True,
    subcommand_metavar="VERB [OPTIONS]",
)
@click.version_option(__version__, "-v", "--version", message=version_line())
@debug_option
@click.pass_context
def ccr(context: click.Context) -> None:
    """Run Claude Code on any model through a local gateway."""
    if context.invoked_subcommand is None:
        # Claude Code Router 2 answers a bare `ccr` with its help and exit code 1.
        click.echo(context.get_help())
        context.exit(1)
