"""Attempts, told to people and programs."""

from __future__ import annotations

from ccr_proxy.availability.failures import Failure, Step
from ccr_proxy.availability.trace import ANSWERED, AttemptRecord, Trace
from ccr_proxy.routing.targets import Target

TRACE = Trace(
    [
        AttemptRecord(
            Target("openai", "gpt-5"), "#1 …wxyz", 429, Failure.RATE_LIMITED, "slow", 12, Step.NEXT_KEY.value
        ),
        AttemptRecord(Target("zäi", "glm\n"), "#1", 200, None, "", 900, ANSWERED, 400),
    ]
)


def test_a_header_is_one_line_of_ascii() -> None:
    assert TRACE.header() == "openai,gpt-5 #1 ...wxyz 429 rate_limited; z?i,glm? #1 200"
    assert len(TRACE.header(20)) == 20


def test_lines_for_people() -> None:
    assert TRACE.lines() == [
        "1. openai,gpt-5 #1 …wxyz: 429 rate_limited: slow, 12 ms -> next key",
        "2. zäi,glm\n #1: 200, 900 ms -> answered",
    ]


def test_json_and_whether_the_request_moved() -> None:
    assert TRACE.moved
    assert not Trace(TRACE.attempts[:1]).moved
    assert TRACE.attempts[1].as_json() == {
        "provider": "zäi",
        "model": "glm\n",
        "key": "#1",
        "status": 200,
        "failure": None,
        "error": "",
        "ms": 900,
        "first_token_ms": 400,
        "pause_ms": 0,
        "verdict": "answered",
    }
