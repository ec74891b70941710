"""The options that every command has."""

from __future__ import annotations

import click

from zcf.i18n import Texts


def common_options(texts: Texts) -> list[click.Parameter]:
    """`--lang`, which `zcf.i18n` has read before, and `--help` in that language."""
    return [
        click.Option(["--lang", "-l"], expose_value=False, help=texts("help.lang")),
        click.Option(
            ["--help", "-h"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_show_help,
            help=texts("help.help"),
        ),
    ]


def _show_help(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        click.echo(context.get_help())
        context.exit()
