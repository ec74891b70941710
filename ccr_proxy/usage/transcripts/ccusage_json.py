"""Reports in the JSON of ccusage 20, on which people have built scripts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.usage.transcripts.blocks import Block, pace
from ccr_proxy.usage.transcripts.totals import Tokens, Totals

# Report to the name of its list and of a line's own key.
SHAPES = {"daily": "date", "weekly": "week", "monthly": "month"}


def period_json(report: str, lines: Mapping[str, Totals], everything: Totals) -> JsonObject:
    """`daily`, `weekly` or `monthly`: a line for each period, and all of it."""
    key = SHAPES[report]
    return {report: [{key: name, **_line(totals)} for name, totals in lines.items()], "totals": _sum(everything)}


def project_periods_json(report: str, projects: Mapping[str, Mapping[str, Totals]], everything: Totals) -> JsonObject:
    """The same for each project by itself."""
    key = SHAPES[report]
    return {
        "projects": {
            project: [{key: name, **_line(totals), "project": project} for name, totals in lines.items()]
            for project, lines in projects.items()
        },
        "totals": _sum(everything),
    }


def session_json(lines: Mapping[tuple[str, ...], Totals], everything: Totals) -> JsonObject:
    """`session`: a line for each project and session, and all of it."""
    return {
        "sessions": [
            {
                "sessionId": session,
                "projectPath": project,
                **_activity(totals),
                **_line(totals),
            }
            for (project, session), totals in lines.items()
        ],
        "totals": _sum(everything),
    }


def projects_json(lines: Mapping[str, Totals], everything: Totals) -> JsonObject:
    """`projects`, which ccusage has not: a line for each project, and all of it."""
    return {
        "projects": [{"project": name, **_activity(totals), **_line(totals)} for name, totals in lines.items()],
        "totals": _sum(everything),
    }


def models_json(everything: Totals) -> JsonObject:
    """`models`, which ccusage has not: a line for each model, and all of it."""
    return {
        "models": [_model(name, tokens) for name, tokens in everything.costliest],
        "totals": _sum(everything),
    }


def blocks_json(blocks: Iterable[Block], now: int) -> JsonObject:
    """`blocks`: every window and pause; `now` is Unix time in milliseconds."""
    return {"blocks": [_block(block, now) for block in blocks]}


def iso(at: int) -> str:
    """A Unix time in milliseconds as ccusage writes it."""
    return datetime.fromtimestamp(at / 1_000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _activity(totals: Totals) -> JsonObject:
    return {"firstActivity": iso(totals.tokens.first), "lastActivity": iso(totals.tokens.last)}


def _line(totals: Totals) -> JsonObject:
    return {
        **_counts(totals.tokens),
        "totalTokens": totals.tokens.total,
        "totalCost": totals.tokens.cost,
        "modelsUsed": totals.models,
        "modelBreakdowns": [_model(name, tokens) for name, tokens in totals.costliest],
    }


def _model(name: str, tokens: Tokens) -> JsonObject:
    line: JsonObject = {"modelName": name, **_counts(tokens), "cost": tokens.cost}
    return {**line, "missingPricing": True} if tokens.unpriced else line


def _sum(totals: Totals) -> JsonObject:
    line: JsonObject = {
        **_counts(totals.tokens),
        "totalTokens": totals.tokens.total,
        "totalCost": totals.tokens.cost,
    }
    return {**line, "unpricedModels": totals.unpriced_models} if totals.unpriced_models else line


def _counts(tokens: Tokens) -> JsonObject:
    return {
        "inputTokens": tokens.input,
        "outputTokens": tokens.output,
        "cacheCreationTokens": tokens.cache_write,
        "cacheReadTokens": tokens.cache_read,
    }


def _block(block: Block, now: int) -> JsonObject:
    totals = block.totals
    return {
        "id": f"gap-{iso(block.start)}" if block.is_pause else iso(block.start),
        "startTime": iso(block.start),
        "endTime": iso(block.end),
        "actualEndTime": None if block.is_pause else iso(totals.tokens.last),
        "isActive": block.is_active(now),
        "isGap": block.is_pause,
        "entries": totals.tokens.records,
        "tokenCounts": {
            "inputTokens": totals.tokens.input,
            "outputTokens": totals.tokens.output,
            "cacheCreationInputTokens": totals.tokens.cache_write,
            "cacheReadInputTokens": totals.tokens.cache_read,
        },
        "totalTokens": totals.tokens.total,
        "costUSD": totals.tokens.cost,
        "models": totals.models,
        **_outlook(block, now),
    }


def _outlook(block: Block, now: int) -> JsonObject:
    """Tokens and cost per minute so far, and what the window will have used at this pace."""
    speed = pace(block)
    if speed is None or not block.is_active(now):
        return {"burnRate": None, "projection": None}
    tokens = block.totals.tokens
    left = round(max(block.end - now, 0) / 60_000)
    return {
        "burnRate": {
            "tokensPerMinute": speed.tokens,
            "tokensPerMinuteForIndicator": speed.plain_tokens,
            "costPerHour": speed.cost * 60,
        },
        "projection": {
            "totalTokens": round(tokens.total + speed.tokens * left),
            "totalCost": round(tokens.cost + speed.cost * left, 2),
            "remainingMinutes": left,
        },
    }
