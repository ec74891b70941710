"""`zcf` and `zcf ccr` without a verb: the menus, which are for people at a terminal."""

from __future__ import annotations

from collections.abc import Sequence

import click

from zcf.commands.output import on_terminal
from zcf.errors import wrong_use
from zcf.i18n import Texts


def show(name: str, texts: Texts) -> int:
    """Show a menu of `zcf.menu.items`. Where there is no terminal: print the help and raise Refusal (wrong use)."""
    if not on_terminal():
        click.echo(click.get_current_context().get_help(), err=True)
        raise wrong_use("menu.needs_terminal")
    from zcf.menu.run import run_menu
    from zcf.prompts.terminal import TerminalAsker
    from zcf.surroundings import real_surroundings

    def execute(command: Sequence[str]) -> int:
        return _execute(command, texts)

    return run_menu(name, TerminalAsker(texts), texts, real_surroundings(), execute)


def _execute(command: Sequence[str], texts: Texts) -> int:
    program, *arguments = command
    if program == "ccr":
        from ccr_proxy.commands.entry import run as run_ccr

        return run_ccr(arguments)
    from zcf.cli import run as run_zcf

    return run_zcf([*arguments, "--lang", texts.language])
