"""From a command line of `ccr usage` to what it prints."""

from __future__ import annotations

import difflib
import json
import os
import re
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from ccr_proxy.commands.usage_options import Asked
from ccr_proxy.commands.usage_report import blocks_asked, days_asked, lines_of, report_json
from ccr_proxy.commands.usage_words import Words
from ccr_proxy.config.paths import config_path
from ccr_proxy.errors import ConfigFault
from ccr_proxy.service.system_errors import system_error_text
from ccr_proxy.usage.transcripts import cache_file
from ccr_proxy.usage.transcripts.ccusage_json import blocks_json
from ccr_proxy.usage.transcripts.configured_prices import price_finder
from ccr_proxy.usage.transcripts.files import project_folders, transcripts
from ccr_proxy.usage.transcripts.periods import Calendar
from ccr_proxy.usage.transcripts.prices import Mode, PriceOf, cost_by, shipped_price
from ccr_proxy.usage.transcripts.query import Days, Source
from ccr_proxy.usage.transcripts.reading import read_all
from ccr_proxy.usage.transcripts.totals import CostOf


def run(asked: Asked, words: Words) -> int:
    """Read the transcripts and print the report; returns the exit code. Raises click.UsageError for no such project."""
    now = round(time.time() * 1_000)
    folders = project_folders(os.environ, Path.home())
    sources = _of_project(_sources(folders, asked, words), asked.project, words)
    calendar = Calendar(asked.zone, asked.start_of_week)
    days = days_asked(asked, calendar, calendar.day(now))
    cost_of = cost_by(Mode(asked.mode), _prices(words))
    show = _show_blocks if asked.report == "blocks" else _show_lines
    if not show(asked, sources, days, cost_of, words, now):
        _say_why(folders, sources, calendar, words)
    return 0


def _show_lines(asked: Asked, sources: Sequence[Source], days: Days, cost_of: CostOf, words: Words, _now: int) -> bool:
    """Print; False when there is nothing for people to look at."""
    lines = lines_of(asked, sources, days, cost_of)
    if asked.as_json:
        _print_json(report_json(asked, lines))
    elif asked.as_csv:
        from ccr_proxy.commands.usage_csv import write_lines

        write_lines(asked, lines, sys.stdout)
    elif lines:
        from ccr_proxy.commands.usage_console import output_console
        from ccr_proxy.commands.usage_table import print_lines

        print_lines(asked, lines, days.calendar, output_console(), words)
    else:
        return False
    return True


def _show_blocks(asked: Asked, sources: Sequence[Source], days: Days, cost_of: CostOf, words: Words, now: int) -> bool:
    blocks, limit = blocks_asked(asked, sources, days, cost_of, now)
    if asked.as_json:
        _print_json(blocks_json(blocks, now))
    elif asked.as_csv:
        from ccr_proxy.commands.usage_csv import write_blocks

        write_blocks(blocks, now, sys.stdout)
    elif blocks:
        from ccr_proxy.commands.usage_console import output_console
        from ccr_proxy.commands.usage_table import print_blocks

        print_blocks(asked, blocks, limit, days.calendar, output_console(), words, now)
    else:
        return False
    return True


def _print_json(data: object) -> None:
    sys.stdout.write(json.dumps(data, indent=2, ensure_ascii=False) + "\n")


def _sources(folders: list[Path], asked: Asked, words: Words) -> list[Source]:
    files = list(transcripts(folders))
    cache = cache_file.cache_path(folders)
    reading = read_all([file.path for file in files], {} if asked.no_cache else cache_file.load(cache))
    if reading.is_new and not asked.no_cache:
        cache_file.save(cache, reading.files)
    for path, error in reading.unreadable:
        _warn(words("unreadable", path=path, reason=error.strerror or system_error_text(error)))
    sums = reading.series()
    return [(file, sums[str(file.path)]) for file in files if str(file.path) in sums]


def _prices(words: Words) -> PriceOf:
    try:
        return price_finder(config_path())
    except (ConfigFault, OSError) as error:
        _warn(words("no_prices", reason=" ".join(str(error).split())))
        return shipped_price


def _of_project(sources: list[Source], wanted: str | None, words: Words) -> list[Source]:
    if wanted is None or not sources:
        return sources
    names = sorted({file.project for file, _ in sources})
    found = _projects_named(names, wanted)
    if not found:
        close = difflib.get_close_matches(_folder_name(wanted), names, n=1, cutoff=0.3)
        suggestion = words("did_you_mean", name=close[0]) if close else ""
        raise click.UsageError(words("no_project", value=wanted, suggestion=suggestion))
    return [source for source in sources if source[0].project in found]


def _projects_named(names: Iterable[str], wanted: str) -> set[str]:
    """The project of that name, of that working directory, or else those whose name ends in it."""
    exact = {name for name in names if name in (wanted, _folder_name(wanted))}
    return exact or {name for name in names if name.endswith("-" + _folder_name(wanted).strip("-"))}


def _folder_name(directory: str) -> str:
    """How Claude Code calls the folder of a working directory's transcripts."""
    return re.sub(r"[^A-Za-z0-9]", "-", os.path.expanduser(directory))


def _say_why(folders: Sequence[Path], sources: Sequence[Source], calendar: Calendar, words: Words) -> None:
    where = ", ".join(map(str, folders))
    spans = [span for _, all_series in sources for series in all_series for span in series.spans()]
    if not spans:
        click.echo(words("nothing_written", folders=where))
        return
    first, last = calendar.day(min(span[1] for span in spans)), calendar.day(max(span[2] for span in spans))
    click.echo(words("nothing_found", folders=where, first=first, last=last))


def _warn(text: str) -> None:
    click.echo(text, err=True)
