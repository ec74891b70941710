"""The command line of `zcf ccr`: its menu, or the `ccr` command under its other name."""

from __future__ import annotations

import click

from zcf.commands.options import common_options
from zcf.i18n import Texts


def command(texts: Texts) -> click.Command:
    """`zcf ccr`, `zcf ccr init ...` and `zcf ccr VERB ...`."""

    def callback(arguments: tuple[str, ...]) -> int:
        if not arguments:
            from zcf.commands.menu import show

            return show("ccr", texts)
        verb, *rest = arguments
        if verb in ("init", "i"):
            from zcf.cli import run as run_zcf

            return run_zcf(["init", *rest, "--lang", texts.language])
        from ccr_proxy.commands.entry import run as run_ccr

        return run_ccr(arguments)

    return click.Command(
        "ccr",
        help=texts("help.ccr"),
        params=[click.Argument(["arguments"], nargs=-1, type=click.UNPROCESSED), *common_options(texts)],
        callback=callback,
        context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    )
