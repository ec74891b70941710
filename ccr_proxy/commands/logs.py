"""`ccr logs`: the gateway's log, its end and what comes."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from ccr_proxy.commands.options import Settings, debug_option, json_option

if TYPE_CHECKING:
    from ccr_proxy.service.log_entries import LogEntry

_LOOK_SECONDS = 0.2
_LEVELS = ("debug", "info", "warning", "error")


@click.command(short_help="Show the gateway's log.")
@click.option(
    "--lines", "-n", type=click.IntRange(min=0), default=50, show_default=True, help="How many of the last entries."
)
@click.option("--follow", "-f", "following", is_flag=True, help="Go on with what is written, until Ctrl-C.")
@click.option("--level", type=click.Choice(_LEVELS), default=_LEVELS[0], help="Only entries at least this grave.")
@click.option("--request", metavar="ID", default="", help="Only about this request; the beginning of its id is enough.")
@json_option
@debug_option
@click.pass_context
def logs(context: click.Context, lines: int, following: bool, level: str, request: str) -> int:
    """Show the last entries of the background gateway's log; a traceback belongs to its entry.

    With --json one object per line. Exits with 1 when there is no log yet; --follow waits for it, and ends by Ctrl-C
    with 130.
    """
    from ccr_proxy.config.paths import log_path
    from ccr_proxy.errors import ServiceFault
    from ccr_proxy.server.log_file import generations
    from ccr_proxy.service.log_entries import Wanted
    from ccr_proxy.service.log_reading import follow, last_entries

    path, wanted = log_path(), Wanted(level, request)
    if not generations(path) and not following:
        raise ServiceFault(f"{path}: no log yet; the gateway writes it when `ccr start` starts it")
    as_json = context.ensure_object(Settings).as_json
    if not following:
        _print(last_entries(path, lines, wanted), as_json)
        return 0
    # Ctrl-C is the usual end of following: nothing was cancelled that one would have to be told of.
    with contextlib.suppress(KeyboardInterrupt):
        for entry in follow(path, lines, wanted, lambda: time.sleep(_LOOK_SECONDS)):
            _print((entry,), as_json)
    return 130


def _print(entries: Iterable[LogEntry], as_json: bool) -> None:
    for entry in entries:
        if as_json:
            sys.stdout.write(json.dumps(entry.as_json(), ensure_ascii=False) + "\n")
        else:
            sys.stdout.writelines(_printable(line) + "\n" for line in entry.lines)
    sys.stdout.flush()


def _printable(line: str) -> str:
    """Messages of providers come into the log as they are: no terminal controls."""
    return "".join(character if character.isprintable() or character == "\t" else "�" for character in line)
