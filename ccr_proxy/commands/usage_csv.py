"""Reports as CSV: the names of ccusage's JSON as heads, numbers as they are, an unknown cost as nothing."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import TextIO

from ccr_proxy.commands.usage_options import Asked
from ccr_proxy.commands.usage_report import Line
from ccr_proxy.usage.transcripts.blocks import Block
from ccr_proxy.usage.transcripts.ccusage_json import SHAPES, iso
from ccr_proxy.usage.transcripts.totals import Tokens

_COUNTS = ("inputTokens", "outputTokens", "cacheCreationTokens", "cacheReadTokens", "totalTokens", "costUSD")
_NAMES = {"session": ("projectPath", "sessionId"), "models": ("modelName",), "projects": ("project",)}


def write_lines(asked: Asked, lines: Iterable[Line], output: TextIO) -> None:
    """A row for each line, with --breakdown for each model of a line."""
    names = _NAMES.get(asked.report) or ((*(("project",) * asked.instances), SHAPES[asked.report]))
    writer = csv.writer(output, lineterminator="\n")
    split = asked.breakdown and asked.report != "models"
    writer.writerow([*names, *(("modelName",) if split else ()), *_COUNTS])
    for line in lines:
        if split:
            writer.writerows([*line.names, model, *_counts(tokens)] for model, tokens in line.totals.costliest)
        else:
            writer.writerow([*line.names, *_counts(line.totals.tokens)])


def write_blocks(blocks: Iterable[Block], now: int, output: TextIO) -> None:
    """A row for each block; pauses are left out."""
    writer = csv.writer(output, lineterminator="\n")
    writer.writerow(["startTime", "endTime", "isActive", "entries", *_COUNTS])
    for block in blocks:
        if not block.is_pause:
            tokens = block.totals.tokens
            active = str(block.is_active(now)).lower()
            writer.writerow([iso(block.start), iso(block.end), active, tokens.records, *_counts(tokens)])


def _counts(tokens: Tokens) -> list[object]:
    cost = tokens.known_cost
    counts = (tokens.input, tokens.output, tokens.cache_write, tokens.cache_read, tokens.total)
    return [*counts, "" if cost is None else round(cost, 6)]
