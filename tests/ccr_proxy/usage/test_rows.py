"""What is stored of a request, and what is not."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ccr_proxy.availability.failures import Failure
from ccr_proxy.availability.trace import ABANDONED, ANSWERED, BROKE_OFF
from ccr_proxy.protocols.usage import Usage
from ccr_proxy.usage.quarters import prompt_above
from ccr_proxy.usage.request_record import FAILED, RequestRecord
from ccr_proxy.usage.rows import attempt_rows, quarter_sums, request_row
from ccr_proxy.usage.store import ATTEMPT_COLUMNS, REQUEST_COLUMNS, SUMS
from tests.ccr_proxy.usage.records import NOON, SECRET, TOOK, attempt, record, refused


def request(of: RequestRecord) -> dict[str, object]:
    return dict(zip(REQUEST_COLUMNS, request_row(of), strict=True))


def attempts(of: RequestRecord) -> list[dict[str, object]]:
    return [dict(zip(ATTEMPT_COLUMNS[1:], row, strict=True)) for row in attempt_rows(of)]


def test_a_request_that_was_answered_at_the_second_attempt() -> None:
    made = record(refused("p,m"), attempt("q,n"))
    row = request(made)
    assert row == {
        "request_id": f"req_{NOON}", "shown_id": "req_shown", "message_id": "msg_1", "at": round(NOON * 1000),
        "session": "session-1", "project": "-home-me-thing", "subagent": 0, "client_key": "APIKEY",
        "requested_model": "claude-opus-4-8", "route": "default", "rule": None,
        "provider": "q", "model": "n", "key_label": "#1", "status": 200, "outcome": "complete", "error_class": None,
        # 1000 ms in all, of which the second attempt took 900, with its first token after 300.
        "attempts": 2, "first_token_ms": 400, "total_ms": 1000, "streamed": 1,
        "input": 100, "output": 20, "cache_read": 1000, "cache_write_5m": 20, "cache_write_1h": 30, "reasoning": 5,
        "reported": 1,
    }  # fmt: skip
    first, second = attempts(made)
    assert (first["number"], first["provider"], first["failure"], first["verdict"]) == (
        1,
        "p",
        "rate_limited",
        "next key",
    )
    assert {first[name] for name in ("input", "output", "reported")} == {None}
    assert (second["number"], second["provider"], second["input"], second["reported"]) == (2, "q", 100, 1)


@pytest.mark.parametrize(
    ("outcome", "stored"),
    [(ANSWERED, "complete"), (ABANDONED, "cancelled"), (BROKE_OFF, "broke_off"), (FAILED, "failed")],
)
def test_outcomes_have_short_names(outcome: str, stored: str) -> None:
    assert request(record(outcome=outcome))["outcome"] == stored


def test_no_word_of_prompts_errors_and_reasons_is_stored() -> None:
    made = record(refused(), error=SECRET, notes=(SECRET,), outcome=FAILED, error_class=Failure.RATE_LIMITED.value)
    stored = json.dumps([request(made), attempts(made), [list(key) for key in quarter_sums([made])]])
    assert SECRET not in stored
    assert "rate_limited" in stored


def test_tokens_that_several_attempts_took_are_added_up() -> None:
    estimated = Usage(7, 1, reported=False)
    row = request(record(attempt(usage=estimated, verdict=BROKE_OFF), attempt("q,n")))
    assert (row["input"], row["output"], row["reported"]) == (107, 21, 0)


def test_what_a_client_sends_can_always_be_stored() -> None:
    made = record(attempt(usage=Usage(10**300)), session_id="\udcff" + "s" * 5000, project=None)
    row = request(made)
    assert row["session"] == "?" + "s" * 199
    assert row["input"] == 10**12


def test_sums_of_a_quarter_hold_requests_once_and_every_attempt() -> None:
    made = [record(refused("p,m"), attempt("p,m"), at=NOON + 899), record(at=NOON), record(at=NOON + 900)]
    sums = {
        (key.quarter - NOON, key.provider, key.prompt_above): dict(zip(SUMS, amounts, strict=True))
        for key, amounts in quarter_sums(made).items()
    }
    assert list(sums) == [(0, "p", 0), (900, "p", 0)]
    first = sums[0, "p", 0]
    assert (first["requests"], first["attempts"], first["failed"]) == (2, 3, 1)
    assert (first["input"], first["cache_write_5m"], first["cache_write_1h"]) == (200, 40, 60)


def test_a_request_for_which_nobody_could_be_asked_counts_as_failed() -> None:
    made = replace(record(), attempts=(), outcome=FAILED)
    ((key, amounts),) = quarter_sums([made]).items()
    assert key.provider == ""
    assert dict(zip(SUMS, amounts, strict=True)) | {"requests": 1, "failed": 1, "attempts": 0} == dict(
        zip(SUMS, amounts, strict=True)
    )


@pytest.mark.parametrize(
    ("usage", "above"),
    [
        (Usage(32_000), 0),
        (Usage(32_001), 32_000),
        (Usage(1, 10**9), 0),
        (Usage(1, 0, cache_read_tokens=200_000), 200_000),
        (Usage(1, 0, cache_write_tokens=200_000), 200_000),
        (replace(TOOK, input_tokens=10**9), 512_000),
    ],
)
def test_prompts_are_classed_by_all_their_input(usage: Usage, above: int) -> None:
    assert prompt_above(usage) == above
