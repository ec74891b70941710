"""Shows a menu, does what was picked, and shows it again until somebody leaves."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import click

from zcf.errors import EXIT_DONE
from zcf.i18n import Texts
from zcf.menu.header import header_lines
from zcf.menu.items import MENUS, Item
from zcf.prompts import Asker, Back, Option
from zcf.surroundings import Surroundings

# Runs a command line, program first, and returns its exit code; it tells about failures by itself.
Execute = Callable[[Sequence[str]], int]


def run_menu(name: str, asker: Asker, texts: Texts, world: Surroundings, execute: Execute) -> int:
    """The menu of that name, until Esc or its last item. Raises KeyboardInterrupt for Ctrl-C at the list."""
    last: Item | None = None
    while True:
        for line in header_lines(world, texts):
            click.echo(line)
        options = [Option(item, texts(item.sentence), item.key) for item in MENUS[name]]
        try:
            last = asker.select(texts("menu.choose"), options, first=last)
        except Back:
            return EXIT_DONE
        if not last.command:
            return EXIT_DONE
        if last.command[0] == "menu":
            run_menu(last.command[1], asker, texts, world, execute)
        else:
            execute(last.command)
        click.echo()
