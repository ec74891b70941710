"""The options that commands share."""

from __future__ import annotations

import click

from zcf.i18n import Texts


def common_options(texts: Texts) -> list[click.Parameter]:
    """`--lang`, which `zcf.i18n` has read before, and `--help` in that language."""
    return [language_option(texts, "--lang", "-l"), help_option(texts)]


def language_option(texts: Texts, *names: str) -> click.Option:
    """The option for the language, under these names."""
    return click.Option([*names], expose_value=False, help=texts("help.lang"))


def help_option(texts: Texts) -> click.Option:
    """`--help` in the language of everything else."""
    return click.Option(
        ["--help", "-h"], is_flag=True, is_eager=True, expose_value=False, callback=_show_help, help=texts("help.help")
    )


def flag(texts: Texts, name: str, *spellings: str) -> click.Option:
    """An option without a value, explained under `help.NAME`; `as_json` under `help.json`."""
    return click.Option([name, *spellings], is_flag=True, help=texts(f"help.{name.removeprefix('as_')}"))


def text_option(texts: Texts, name: str, *spellings: str, key: str | None = None) -> click.Option:
    """An option with a text, explained under `help.KEY`, else under `help.NAME`."""
    return click.Option([name, *spellings], help=texts(f"help.{key or name}"))


def _show_help(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        click.echo(context.get_help())
        context.exit()
