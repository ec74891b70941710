"""`ccr usage`: what Claude Code's transcripts say was used, as ccusage shows it."""

from __future__ import annotations

from typing import Any

import click

from ccr_proxy.commands.options import Settings, debug_option
from ccr_proxy.commands.usage_options import asked, usage_parameters
from ccr_proxy.commands.usage_words import english


@click.pass_context
def _usage(context: click.Context, /, **_values: Any) -> int:
    from ccr_proxy.commands.usage_run import run

    context.ensure_object(Settings).as_json = context.params["as_json"]
    return run(asked(context, english), english)


usage = debug_option(
    click.Command(
        "usage",
        callback=_usage,
        params=usage_parameters(english),
        help=english("help"),
        short_help="What was used, and what it costs.",
    )
)
