"""The command line of `zcf history`."""

from __future__ import annotations

import click

from zcf.commands.options import common_options, flag
from zcf.commands.output import json_on_refusal, print_json, print_lines
from zcf.errors import EXIT_DONE
from zcf.i18n import Texts


def command(texts: Texts) -> click.Command:
    """`zcf history` with its flags."""

    def callback(as_json: bool) -> int:
        return json_on_refusal(lambda: _run(texts, as_json=as_json), texts, as_json=as_json)

    options = [flag(texts, "as_json", "--json"), *common_options(texts)]
    return click.Command("history", help=texts("help.history"), params=options, callback=callback)


def _run(texts: Texts, *, as_json: bool) -> int:
    from zcf import surroundings
    from zcf.commands.history import history, history_json, history_lines

    entries = history(surroundings.real_surroundings())
    if as_json:
        print_json(history_json(entries))
    else:
        print_lines(history_lines(entries, texts))
    return EXIT_DONE
