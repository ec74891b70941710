"""Reports as tables: all columns where there is room for them, else those that matter most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ccr_proxy.commands.usage_cells import Scale, cost_text, count_text, counts_of, duration_text, model_text, shortened
from ccr_proxy.commands.usage_options import Asked
from ccr_proxy.commands.usage_report import Line
from ccr_proxy.commands.usage_words import Words
from ccr_proxy.usage.transcripts.blocks import Block, pace
from ccr_proxy.usage.transcripts.periods import Calendar
from ccr_proxy.usage.transcripts.totals import Totals, total_of

# From so many columns on all kinds of tokens are shown.
_FULL_WIDTH = 110
_COUNTS = ("input", "output", "written", "read")
_PROJECT_WIDTH = 22
# A pause stands in one line.
_PAUSE_WIDTH = 20


def print_lines(asked: Asked, lines: Sequence[Line], calendar: Calendar, console: Console, words: Words) -> None:
    """The table of every report but blocks."""
    full = _is_full(asked, console)
    table = _table(words(f"title_{asked.report}"))
    names = _name_heads(asked)
    with_models = asked.report not in ("models", "session")
    for head in (*names, *(("models_used",) if with_models else ())):
        table.add_column(words(f"head_{head}"), overflow="fold")
    _add_number_heads(table, full, words)
    scale = Scale([line.totals.tokens for line in lines], console.encoding)
    for line in lines:
        for cells, style in _rows(asked, line, calendar, words, full=full, with_models=with_models):
            table.add_row(
                *(Text(cell) for cell in (*cells, scale.bar(line.totals.tokens) if not style else "")), style=style
            )
    total = total_of(line.totals for line in lines)
    _add_total(table, total, len(names) + with_models, full, words)
    console.print(table)
    _tell_unpriced(total, console, words)


def print_blocks(
    asked: Asked,
    blocks: Sequence[Block],
    limit: int | None,
    calendar: Calendar,
    console: Console,
    words: Words,
    now: int,
) -> None:
    """The table of blocks, and what is to be expected of the present one."""
    full = _is_full(asked, console)
    table = _table(words("title_blocks", hours=f"{asked.session_length:g}"))
    table.add_column(words("head_blocks"), no_wrap=True)
    table.add_column(words("head_models_used"), overflow="fold", min_width=_PAUSE_WIDTH)
    _add_number_heads(table, full, words, with_limit=limit is not None)
    scale = Scale([block.totals.tokens for block in blocks], console.encoding)
    for block in blocks:
        start = f"{calendar.time(block.start):%Y-%m-%d %H:%M}"
        if block.is_pause:
            pause = words("pause", duration=duration_text(block.end - block.start, words))
            table.add_row(Text(start), Text(pause), style="dim")
            continue
        tokens = block.totals.tokens
        when = f"{start} {words('active')}" if block.is_active(now) else start
        of_limit = () if limit is None else (f"{tokens.total / limit:.0%}",)
        cells = (
            when,
            _models(block.totals),
            *counts_of(tokens, full),
            *of_limit,
            cost_text(tokens, words),
            scale.bar(tokens),
        )
        table.add_row(*map(Text, cells))
    total = total_of(block.totals for block in blocks)
    _add_total(table, total, 2, full, words, with_limit=limit is not None)
    console.print(table)
    for block in blocks:
        if block.is_active(now):
            _tell_outlook(block, now, console, words)
    _tell_unpriced(total, console, words)


def _is_full(asked: Asked, console: Console) -> bool:
    return console.width >= _FULL_WIDTH and not asked.compact


def _table(title: str) -> Table:
    return Table(
        title=Text(title),
        title_justify="left",
        title_style="bold",
        box=SIMPLE_HEAD,
        collapse_padding=True,
        pad_edge=False,
    )


def _name_heads(asked: Asked) -> tuple[str, ...]:
    if asked.report == "session":
        return ("session", "project", "last_use")
    if asked.report == "projects":
        return ("projects", "last_use")
    return (*(("project",) if asked.instances else ()), asked.report)


def _add_number_heads(table: Table, full: bool, words: Words, *, with_limit: bool = False) -> None:
    for head in (*(_COUNTS if full else ()), "tokens", *(("limit",) if with_limit else ()), "cost"):
        table.add_column(words(f"head_{head}"), justify="right", no_wrap=True)
    table.add_column("", no_wrap=True, style="cyan")


def _rows(
    asked: Asked, line: Line, calendar: Calendar, words: Words, *, full: bool, with_models: bool
) -> Iterator[tuple[tuple[str, ...], str]]:
    """The cells of a line, without its bar, and their style; with --breakdown those of its models too."""
    tokens = line.totals.tokens
    names = _names(asked, line, calendar)
    models = (_models(line.totals),) if with_models else ()
    yield (*names, *models, *counts_of(tokens, full), cost_text(tokens, words)), ""
    if asked.breakdown and asked.report != "models":
        for model, part in line.totals.costliest:
            place = ["" for _ in (*names, *models)]
            place[-1 if with_models else 1] = f"  {model_text(model)}"
            yield (*place, *counts_of(part, full), cost_text(part, words)), "dim"


def _names(asked: Asked, line: Line, calendar: Calendar) -> tuple[str, ...]:
    last_use = calendar.day(line.totals.tokens.last).isoformat()
    if asked.report == "session":
        project, session = line.names
        return (session[:8], shortened(project, _PROJECT_WIDTH), last_use)
    if asked.report == "projects":
        return (shortened(line.names[0], 2 * _PROJECT_WIDTH), last_use)
    if asked.instances:
        return (shortened(line.names[0], _PROJECT_WIDTH), line.names[1])
    return line.names


def _models(totals: Totals) -> str:
    return "\n".join(dict.fromkeys(map(model_text, totals.models)))


def _add_total(table: Table, total: Totals, names: int, full: bool, words: Words, *, with_limit: bool = False) -> None:
    table.add_section()
    cells = (words("total"), *[""] * (names - 1), *counts_of(total.tokens, full), *([""] * with_limit))
    table.add_row(*map(Text, (*cells, cost_text(total.tokens, words))), style="bold")


def _tell_unpriced(total: Totals, console: Console, words: Words) -> None:
    if total.unpriced_models:
        console.print(Text(words("unpriced", models=", ".join(total.unpriced_models))))


def _tell_outlook(block: Block, now: int, console: Console, words: Words) -> None:
    speed = pace(block)
    if speed is None:
        return
    tokens = block.totals.tokens
    left = (block.end - now) / 60_000
    outlook = words(
        "outlook",
        duration=duration_text(block.end - now, words),
        tokens=count_text(round(speed.tokens)),
        cost=f"${speed.cost * 60:,.2f}",
        all_tokens=count_text(round(tokens.total + speed.tokens * left)),
        all_cost=f"${tokens.cost + speed.cost * left:,.2f}",
    )
    console.print(Text(outlook))
