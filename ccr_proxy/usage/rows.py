"""From finished requests to the rows of the ledger. Pure.

Everything that comes from outside is cut to a bound and made storable: a client may name its session as it likes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ccr_proxy.availability.trace import ABANDONED, ANSWERED, BROKE_OFF, AttemptRecord
from ccr_proxy.protocols.usage import Usage
from ccr_proxy.usage.quarters import QUARTER_SECONDS, prompt_above
from ccr_proxy.usage.request_record import FAILED, RequestRecord

Value = str | int | None
Row = tuple[Value, ...]

# What is stored of `outcome`.
OUTCOMES = {ANSWERED: "complete", ABANDONED: "cancelled", BROKE_OFF: "broke_off", FAILED: "failed"}

_LONGEST_TEXT = 200
# More than any prompt; sums of such numbers still fit into SQLite's 63 bits.
_MOST_TOKENS = 10**12


class QuarterKey(NamedTuple):
    """What the sums of a quarter of an hour are kept apart by; the columns of `quarters` in their order."""

    quarter: int
    session: str
    project: str
    route: str
    rule: str
    provider: str
    model: str
    key_label: str
    prompt_above: int
    reported: int


def request_row(record: RequestRecord) -> Row:
    """The columns of `requests` after `id`, in their order."""
    last = record.attempts[-1] if record.attempts else None
    decision, facts = record.decision, record.facts
    return (
        record.id,
        _text(record.shown_id),
        _text(record.message_id),
        round(record.at * 1000),
        _text_or_none(record.session_id),
        _text_or_none(record.project),
        int(facts.is_subagent),
        record.client_key,
        _text(facts.model),
        _text(decision.route),
        _text_or_none(decision.rule),
        _text(last.target.provider_name) if last else None,
        _text(last.target.model) if last else None,
        _text(last.key_label) if last else None,
        record.status,
        OUTCOMES[record.outcome],
        _text_or_none(record.error_class),
        len(record.attempts),
        _until_first_token(record),
        record.milliseconds,
        int(facts.stream),
        *_tokens(_together(record.attempts)),
    )


def attempt_rows(record: RequestRecord) -> Iterator[Row]:
    """The columns of `attempts` after `request`, in their order."""
    for number, attempt in enumerate(record.attempts, 1):
        yield (
            number,
            _text(attempt.target.provider_name),
            _text(attempt.target.model),
            _text(attempt.key_label),
            attempt.status,
            attempt.failure.value if attempt.failure else None,
            attempt.verdict,
            attempt.milliseconds,
            attempt.first_token,
            attempt.pause,
            *_tokens(attempt.usage),
        )


def quarter_sums(records: Iterable[RequestRecord]) -> dict[QuarterKey, tuple[int, ...]]:
    """What records add to `quarters`: by key, the sums of the columns after it, in their order."""
    sums: dict[QuarterKey, tuple[int, ...]] = {}
    for record in records:
        for key, amounts in _amounts(record):
            before = sums.get(key)
            sums[key] = tuple(map(sum, zip(before, amounts, strict=True))) if before else amounts
    return sums


def _amounts(record: RequestRecord) -> Iterator[tuple[QuarterKey, tuple[int, ...]]]:
    if not record.attempts:
        yield _quarter_key(record, "", "", "", Usage()), (1, 0, 1, 0, 0, 0, 0, 0, 0)
    for attempt in record.attempts:
        usage, target = attempt.usage or Usage(), attempt.target
        key = _quarter_key(record, target.provider_name, target.model, attempt.key_label, usage)
        counts = (int(attempt is record.attempts[-1]), 1, int(attempt.verdict != ANSWERED))
        yield key, counts + _amounts_of(usage)


def _quarter_key(record: RequestRecord, provider: str, model: str, key_label: str, usage: Usage) -> QuarterKey:
    return QuarterKey(
        int(record.at) // QUARTER_SECONDS * QUARTER_SECONDS,
        _text(record.session_id or ""),
        _text(record.project or ""),
        _text(record.decision.route),
        _text(record.decision.rule or ""),
        _text(provider),
        _text(model),
        _text(key_label),
        prompt_above(usage),
        int(usage.reported),
    )


def _together(attempts: Iterable[AttemptRecord]) -> Usage | None:
    """The tokens of several attempts; None where those of none are known."""
    known = [attempt.usage for attempt in attempts if attempt.usage]
    return sum(known[1:], known[0]) if known else None


def _tokens(usage: Usage | None) -> Row:
    return (*_amounts_of(usage), int(usage.reported)) if usage else (None,) * 7


def _amounts_of(usage: Usage) -> tuple[int, ...]:
    amounts = (
        usage.input_tokens,
        usage.output_tokens,
        usage.cache_read_tokens,
        usage.cache_write_tokens - usage.cache_write_1h_tokens,
        usage.cache_write_1h_tokens,
        usage.reasoning_tokens,
    )
    return tuple(min(amount, _MOST_TOKENS) for amount in amounts)


def _until_first_token(record: RequestRecord) -> int | None:
    """As the client saw it: with the attempts and pauses before."""
    last = record.attempts[-1] if record.attempts else None
    if last is None or last.first_token is None:
        return None
    return max(record.milliseconds - last.milliseconds, 0) + last.first_token


def _text(text: str) -> str:
    # Half an emoji, or a byte of a header that is not UTF-8, cannot be stored.
    return text[:_LONGEST_TEXT].encode("utf-8", "replace").decode()


def _text_or_none(text: str | None) -> str | None:
    return _text(text) if text else None
