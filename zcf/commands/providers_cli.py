"""The command line of `zcf providers`."""

from __future__ import annotations

import click

from zcf.commands.options import common_options, flag
from zcf.commands.output import json_on_refusal, print_json, print_lines
from zcf.errors import EXIT_DONE
from zcf.i18n import Texts


def command(texts: Texts) -> click.Command:
    """`zcf providers` with its argument and flags."""

    def callback(word: str | None, as_json: bool) -> int:
        return json_on_refusal(lambda: _run(word, texts, as_json=as_json), texts, as_json=as_json)

    params: list[click.Parameter] = [
        click.Argument(["word"], required=False),
        flag(texts, "as_json", "--json"),
        *common_options(texts),
    ]
    return click.Command("providers", help=texts("help.providers"), params=params, callback=callback)


def _run(word: str | None, texts: Texts, *, as_json: bool) -> int:
    from zcf.commands.providers import detail_lines, matching, overview_lines, providers_json
    from zcf.presets import load_presets

    presets = load_presets()
    if as_json:
        print_json(providers_json(matching(presets, word or "")))
    elif word is None:
        print_lines(overview_lines(presets, texts))
    else:
        print_lines(detail_lines(matching(presets, word), texts))
    return EXIT_DONE
