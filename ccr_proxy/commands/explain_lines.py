"""Explanations and recent requests in lines for people, from the JSON of the admin API."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from ccr_proxy.commands.table import table_lines

_MARKS = {"chosen": "→", "passed": "·", "inactive": "!", "unknown": "?", "note": "!"}
_NOT_LIVE = (
    "Gateway: not running. Decided from the files alone; what is cooling, where sessions stay and how fast targets are "
    "is not known."
)


def explanation(explained: dict[str, Any]) -> tuple[str, ...]:
    """An answer of POST /api/explain, with `live` beside it."""
    return (
        *(() if explained["live"] else (_NOT_LIVE,)),
        *explained["lines"],
        "candidates, in order:",
        *(f"  {number}. {_candidate(each)}" for number, each in enumerate(explained["candidates"], 1)),
        "Nothing was sent.",
    )


def _candidate(candidate: dict[str, Any]) -> str:
    state = candidate["state"]
    if state == "cooling":
        state = f"cooling, {candidate['wait_seconds']:.0f} s left"
    elif state == "parked":
        state = "parked until its key is changed or reset"
    elif state == "over budget":
        state = f"not asked: {candidate['why']}"
    home = "; the session stays here" if candidate["session_stays_here"] else ""
    return f"{candidate['provider']},{candidate['model']} {candidate['key']}: {state}{home}"


def records_table(records: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """Recent requests, one a row."""
    if not records:
        return ("No request yet since the gateway was started.",)
    heads = ("TIME", "ID", "ROUTE", "OUTCOME", "BY", "TRIES", "MS")
    return table_lines(heads, (_row(record) for record in records))


def _row(record: dict[str, Any]) -> tuple[str, ...]:
    outcome = record["outcome"] if record["status"] == 200 else f"{record['outcome']} {record['status']}"
    return (
        _time(record["at"]),
        record["id"],
        record["route"] or "-",
        outcome,
        record["answered_by"] or "-",
        str(len(record["attempts"])),
        str(record["ms"]),
    )


def record_lines(record: dict[str, Any]) -> tuple[str, ...]:
    """One request with everything that is known of it."""
    facts = record["facts"]
    return (
        f"Request: {record['id']}",
        f"Time: {_time(record['at'])}",
        f"Model asked for: {facts['model'] or '-'}",
        f"Tokens, estimated: {facts['tokens']:,}",
        f"Thinking: {facts['thinking']}" + (f" ({facts['thinking_cue']})" if facts["thinking_cue"] else ""),
        f"Tools: {facts['tool_count']}",
        *(["Steps:"] if record["considered"] else []),
        *(f"  {_MARKS.get(step['outcome'], '?')} {step['step']}: {step['why']}" for step in record["considered"]),
        f"Route: {record['reason']}",
        *([f"Targets ({record['strategy']}): {', '.join(record['targets'])}"] if record["targets"] else []),
        *([f"Fallback: {', '.join(record['fallback'])}"] if record["fallback"] else []),
        "Attempts:" if record["attempts"] else "Attempts: none",
        *(f"  {number}. {_attempt(each)}" for number, each in enumerate(record["attempts"], 1)),
        *_end(record),
    )


def _attempt(attempt: dict[str, Any]) -> str:
    what = str(attempt["status"] or "no answer")
    if attempt["failure"]:
        what += f" {attempt['failure']}: {attempt['error']}"
    pause = f"after a pause of {attempt['pause_ms']} ms, " if attempt["pause_ms"] else ""
    target = f"{attempt['provider']},{attempt['model']} {attempt['key']}"
    return f"{target}: {pause}{what}, {attempt['ms']} ms -> {attempt['verdict']}"


def _end(record: dict[str, Any]) -> Iterable[str]:
    first = record["first_token_ms"]
    content = f", first content after {first} ms" if first is not None else ""
    yield f"Outcome: {record['outcome']}, {record['status']}, {record['ms']} ms in all{content}"
    if record["error"]:
        yield f"Error: {record['error']}"
    if usage := record["usage"]:
        cached = f", {usage['cache_read_input_tokens']:,} from the cache" if usage["cache_read_input_tokens"] else ""
        yield f"Tokens used: {usage['input_tokens']:,} in{cached}, {usage['output_tokens']:,} out"
    for note in record["notes"]:
        yield f"Note: {note}"


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M:%S")
