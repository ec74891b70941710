"""The command line: which commands there are, and how their faults become one line and an exit code.

Commands are imported when they are called, and built when the language is known, because their help is translated.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Sequence

import click

from ccr_proxy.commands.streams import write_what_cannot_be_shown_as_escapes
from ccr_proxy.version import __version__
from zcf.apply.preferences import preferred_language
from zcf.apply.state import state_directory
from zcf.commands.options import common_options
from zcf.errors import EXIT_CANCELLED, EXIT_WRONG_USE, Refusal
from zcf.i18n import Texts, asked_language, language_of

# Name to the module that has `command(texts)`; the aliases are ZCF's own.
COMMANDS = {
    "init": "zcf.commands.init_cli",
    "ccr": "zcf.commands.ccr_cli",
    "api": "zcf.commands.api_cli",
    "providers": "zcf.commands.providers_cli",
    "undo": "zcf.commands.undo_cli",
    "history": "zcf.commands.history_cli",
    "backup": "zcf.commands.backup_cli",
    "uninstall": "zcf.commands.uninstall_cli",
    "doctor": "zcf.commands.doctor_cli",
    "ccu": "zcf.commands.ccu_cli",
    "check-updates": "zcf.commands.check_updates_cli",
}
ALIASES = {"i": "init", "config-switch": "api", "cs": "api", "check": "check-updates"}


class LazyGroup(click.Group):
    """A group whose commands are imported only when one of them is wanted."""

    texts = Texts("en")

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names shown in the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and build one command."""
        module_name = COMMANDS.get(ALIASES.get(cmd_name, cmd_name))
        if module_name is None:
            return None
        build: Callable[[Texts], click.Command] = importlib.import_module(module_name).command
        return build(self.texts)


def group(texts: Texts) -> click.Group:
    """The `zcf` command in one language."""
    made = LazyGroup("zcf", help=texts("help.zcf"), invoke_without_command=True, callback=_without_command(texts))
    made.texts = texts
    made.params.append(
        click.Option(
            ["--version", "-v"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            help=texts("help.version"),
            callback=_print_version,
        )
    )
    made.params += common_options(texts)
    return made


def _without_command(texts: Texts) -> Callable[[], int | None]:
    """The main menu, on a terminal."""

    def callback() -> int | None:
        if click.get_current_context().invoked_subcommand is not None:
            return None
        from zcf.commands.menu import show

        return show("main", texts)

    return callback


def _print_version(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted:
        click.echo(f"zcf {__version__}")
        context.exit()


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code."""
    write_what_cannot_be_shown_as_escapes()
    asked = asked_language(arguments)
    try:
        texts = Texts(language_of(asked, os.environ, preferred_language(state_directory())))
    except ValueError:
        click.echo(Texts("en")("error", text=Texts("en")("lang.unknown", name=asked)), err=True)
        return EXIT_WRONG_USE
    try:
        outcome = group(texts).main(list(arguments), prog_name="zcf", standalone_mode=False)
        return outcome if isinstance(outcome, int) else 0
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except click.ClickException as fault:
        fault.show()
        return fault.exit_code
    except Refusal as refusal:
        from zcf.report import refusal_text

        click.echo(texts("error", text=refusal_text(refusal, texts)), err=True)
        return refusal.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo(texts("cancelled"), err=True)
        return EXIT_CANCELLED
