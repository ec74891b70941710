"""One line of a transcript as a record of tokens used.

The lines are Claude Code's own JSON; only what counts is looked at. Compared with ccusage 20.0.24: the same lines
count, and also those with spaces after their colons, which it passes over.
"""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import blake2b
from typing import NamedTuple

from ccr_proxy.json_codec import JsonObject, as_object, loads

# Claude Code's name for messages that no model wrote.
SYNTHETIC = "<synthetic>"
# Bounds of what a sound line may say, so that sums fit into 64 bits and days into the calendar: the year 2200.
_MOST_TOKENS = 10**12
_LATEST = 7_258_118_400_000


class Record(NamedTuple):
    """The tokens of one answer.

    at: Unix time in milliseconds. answer: a digest of the API's names for message and request, the same in every line
    about that answer; None where the line names no message. model: None where no model is told. cost: US dollars, where
    Claude Code wrote them (its versions before 1.0.9 did).
    """

    at: int
    answer: int | None
    model: str | None
    input_tokens: int
    output_tokens: int
    cache_write_5m_tokens: int
    cache_write_1h_tokens: int
    cache_read_tokens: int
    cost: float | None
    sidechain: bool

    @property
    def tokens(self) -> tuple[int, int, int, int, int]:
        """Input, output, written to the cache for five minutes, for an hour, read from it."""
        return self[3:8]

    @property
    def cache_write_tokens(self) -> int:
        """What was written to the cache, for five minutes or an hour."""
        return self.cache_write_5m_tokens + self.cache_write_1h_tokens

    @property
    def total_tokens(self) -> int:
        """Tokens of every kind, together."""
        return self.input_tokens + self.output_tokens + self.cache_write_tokens + self.cache_read_tokens


def parse(line: bytes) -> Record | None:
    """The record in a line; None for lines that are about something else, or broken."""
    if b'"usage"' not in line:
        return None
    try:
        data = loads(line)
    except ValueError:
        return None
    message = as_object(as_object(data).get("message"))
    usage = as_object(message.get("usage"))
    at = _milliseconds(as_object(data).get("timestamp"))
    tokens_in, tokens_out = _count(usage.get("input_tokens")), _count(usage.get("output_tokens"))
    message_id = message.get("id")
    if at is None or tokens_in is None or tokens_out is None or (message_id is None and "id" in message):
        return None
    written_5m, written_1h = _written(usage)
    cost = data.get("costUSD")
    return Record(
        at,
        _answer(message_id, data.get("requestId")),
        _model(message.get("model"), usage.get("speed")),
        tokens_in,
        tokens_out,
        written_5m,
        written_1h,
        _count(usage.get("cache_read_input_tokens")) or 0,
        float(cost) if isinstance(cost, int | float) and not isinstance(cost, bool) else None,
        data.get("isSidechain") is True,
    )


def _answer(message_id: object, request_id: object) -> int | None:
    """64 bits: among a million answers two have the same with a probability of one to 37 million."""
    if not isinstance(message_id, str):
        return None
    # A line that names no request is about another answer than one that does, as in ccusage.
    named = f"{message_id}\0{request_id}" if isinstance(request_id, str) else message_id
    return int.from_bytes(blake2b(named.encode("utf-8", "replace"), digest_size=8).digest())


def _model(name: object, speed: object) -> str | None:
    if not isinstance(name, str) or name == SYNTHETIC:
        return None
    # Opus in fast mode has a price of its own (https://platform.claude.com/docs/en/build-with-claude/fast-mode).
    return f"{name}-fast" if speed == "fast" else name


def _written(usage: JsonObject) -> tuple[int, int]:
    """Tokens written to the cache for five minutes and for an hour; without a division all are of the first kind."""
    total = _count(usage.get("cache_creation_input_tokens")) or 0
    division = usage.get("cache_creation")
    if not isinstance(division, dict):
        return total, 0
    hour = _count(division.get("ephemeral_1h_input_tokens")) or 0
    return max(total - hour, 0), hour


def _count(value: object) -> int | None:
    """A number of tokens; what no request can have taken is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_TOKENS else None


def _milliseconds(timestamp: object) -> int | None:
    if not isinstance(timestamp, str):
        return None
    try:
        moment = datetime.fromisoformat(timestamp)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    at = round(moment.timestamp() * 1_000)
    return at if 0 <= at <= _LATEST else None
