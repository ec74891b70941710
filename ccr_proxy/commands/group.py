"""The verbs of `ccr`."""

from __future__ import annotations

import copy
import difflib

import click

from ccr_proxy.commands.about import help_verb, version, version_line
from ccr_proxy.commands.activate import activate
from ccr_proxy.commands.code import code
from ccr_proxy.commands.config import config
from ccr_proxy.commands.explain import explain
from ccr_proxy.commands.health import health
from ccr_proxy.commands.lifecycle import restart, start, stop
from ccr_proxy.commands.logs import logs
from ccr_proxy.commands.model import model
from ccr_proxy.commands.options import debug_option
from ccr_proxy.commands.preset import install, preset
from ccr_proxy.commands.preset_verb import preset_verb, verb_of_preset
from ccr_proxy.commands.serve import serve
from ccr_proxy.commands.service import service
from ccr_proxy.commands.status import status
from ccr_proxy.commands.test import test
from ccr_proxy.commands.usage import usage
from ccr_proxy.version import __version__


class VerbGroup(click.Group):
    """A group that lists its verbs in the order of use and says which verb a mistyped one may have meant."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Verbs in the order in which they were added."""
        return list(self.commands)

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
        verb = super().get_command(ctx, cmd_name)
        return preset_verb(cmd_name) if verb is None and not cmd_name.startswith("-") else verb

    def _suggestion(self, verb: str) -> str:
        close = difflib.get_close_matches(verb, self.commands, n=2)
        return f" (did you mean {' or '.join(close)}?)" if close else ""


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


for _verb in (
    code,
    start,
    stop,
    restart,
    status,
    serve,
    service,
    logs,
    model,
    preset,
    install,
    explain,
    usage,
    test,
    health,
    config,
    activate,
    version,
    help_verb,
):
    ccr.add_command(_verb)
_env = copy.copy(activate)
_env.short_help = "The same as activate."
ccr.add_command(_env, "env")
# Stands in the help for all presets.
ccr.add_command(verb_of_preset("NAME"))
