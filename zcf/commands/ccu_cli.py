"""The command line of `zcf ccu`, which is `ccr usage` in the language of the wizard."""

from __future__ import annotations

from typing import Any

import click

from ccr_proxy.commands.usage_options import asked, usage_parameters
from zcf.commands.options import common_options
from zcf.commands.output import json_on_refusal
from zcf.i18n import Texts


def command(texts: Texts) -> click.Command:
    """`zcf ccu` with its argument and options."""

    def words(name: str, /, **values: object) -> str:
        return texts(f"usage.{name}", **values)

    @click.pass_context
    def callback(context: click.Context, /, **_values: Any) -> int:
        from ccr_proxy.commands.usage_run import run

        given = asked(context, words)
        return json_on_refusal(lambda: run(given, words), texts, as_json=given.as_json)

    params = [*usage_parameters(words), *common_options(texts)]
    explanation = words("help")
    first_line, _, _ = explanation.partition("\n")
    return click.Command("ccu", help=explanation, short_help=first_line, params=params, callback=callback)
