"""Finished requests as tests want them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ccr_proxy.availability.failures import Failure
from ccr_proxy.availability.trace import ANSWERED, AttemptRecord
from ccr_proxy.config.router import Router
from ccr_proxy.protocols.usage import Usage
from ccr_proxy.routing.decision import Decision
from ccr_proxy.routing.facts import Facts, facts_of
from ccr_proxy.routing.targets import Target
from ccr_proxy.routing.token_estimate import TokenCounter
from ccr_proxy.usage.request_record import RequestRecord

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC).timestamp()
HOUR = 3600.0
DAY = 24 * HOUR
TOOK = Usage(100, 20, cache_read_tokens=1000, cache_write_tokens=50, reasoning_tokens=5, cache_write_1h_tokens=30)
SECRET = "the secret question"


def facts() -> Facts:
    body = {"model": "claude-opus-4-8", "stream": True, "messages": [{"role": "user", "content": SECRET}]}
    return facts_of(body, {}, TokenCounter(), Router().think_when)


def attempt(target: str = "p,m", usage: Usage | None = TOOK, **more: Any) -> AttemptRecord:
    provider, _, model = target.partition(",")
    record = AttemptRecord(Target(provider, model), "#1", 200, None, "", 900, ANSWERED, 300, 0, usage)
    return replace(record, **more)


def refused(target: str = "p,m") -> AttemptRecord:
    more = {"status": 429, "failure": Failure.RATE_LIMITED, "error": SECRET, "verdict": "next key"}
    return attempt(target, None, milliseconds=40, first_token=None, **more)


def record(*attempts: AttemptRecord, at: float = NOON, **more: Any) -> RequestRecord:
    attempts = attempts or (attempt(),)
    usual = RequestRecord(
        id=f"req_{at}",
        at=at,
        milliseconds=1000,
        facts=facts(),
        decision=Decision("default", (attempts[0].target,), f"default: {SECRET}"),
        attempts=attempts,
        outcome=ANSWERED,
        status=200,
        error="",
        usage=attempts[-1].usage,
        notes=(),
        session="digest",
        session_id="session-1",
        project="-home-me-thing",
        message_id="msg_1",
        shown_id="req_shown",
    )
    return replace(usual, **more)
