"""The attempts of one request."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccr_proxy.availability.breaker import Phase
from ccr_proxy.availability.circuits import Candidate
from ccr_proxy.availability.classify import Cause
from ccr_proxy.availability.failures import TABLE, Failure
from ccr_proxy.protocols.usage import Usage
from tests.ccr_proxy.availability.simulated import (
    SimulatedTime,
    ask,
    fault,
    gateway,
    provider,
    serve,
    settings_of,
    settle,
)

P, Q, R = provider("p", "m", "n"), provider("q", "m"), provider("r", "m")
KEYS = {"api_keys": [{"key": "sk-another-0123456789-BBBB", "label": "second"}]}
FIRST = "#1 …efgh"


def told(run: Any) -> list[tuple[str, str, int, str]]:
    return [(str(each.target), each.key_label, each.status, each.verdict) for each in run.trace]


@pytest.mark.parametrize(
    ("outcome", "attempts"),
    [
        (fault(500), ["p,m next model", "q,m answered"]),
        (fault(529), ["p,m next model", "q,m answered"]),
        (fault(404), ["p,m next model", "q,m answered"]),
        (fault(429, retry_after="30"), ["p,m next key", "q,m answered"]),
        (fault(401), ["p,m next key", "q,m answered"]),
        ((fault(502), Cause.CONNECT), ["p,m same target again", "p,m next provider", "q,m answered"]),
        ((fault(504), Cause.CONNECT_TIMEOUT), ["p,m next provider", "q,m answered"]),
        ((fault(504), Cause.FIRST_BYTE_TIMEOUT), ["p,m next model", "q,m answered"]),
        ((fault(502), Cause.BROKEN_OFF), ["p,m same target again", "p,m next model", "q,m answered"]),
        ((fault(502), Cause.EMPTY), ["p,m next model", "q,m answered"]),
        ((fault(400), Cause.ENCODING), ["p,m next model", "q,m answered"]),
        (fault(400), ["p,m to the client"]),
        (fault(400, "prompt is too long"), ["p,m a model with room for it"]),
    ],
)
async def test_where_a_request_goes_after_a_failure_without_any_waiting(outcome: Any, attempts: list[str]) -> None:
    time = SimulatedTime()
    run = gateway(time, settings_of(P, Q)).start(ask("p,m", "q,m"))
    answered = await serve(run, {"p,m": outcome})
    assert [f"{each.target} {each.verdict}" for each in run.trace] == attempts
    assert answered == ("q,m" if "answered" in attempts[-1] else None)
    assert time.slept == []


async def test_a_keys_limit_does_not_stop_the_provider() -> None:
    here = gateway(SimulatedTime(), settings_of({**P, **KEYS}, Q))
    run = here.start(ask("p,m", "q,m"))
    assert await serve(run, {FIRST: fault(429)}) == "p,m"
    assert told(run) == [("p,m", FIRST, 429, "next key"), ("p,m", "second", 200, "answered")]
    later = here.start(ask("p,m", "q,m"))
    assert await serve(later, {FIRST: fault(500)}) == "p,m"
    assert [each.key_label for each in later.trace] == ["second"]


async def test_a_models_trouble_is_not_tried_with_every_key() -> None:
    run = gateway(SimulatedTime(), settings_of({**P, **KEYS}, Q)).start(ask("p,m", "q,m"))
    await serve(run, {"p,m": fault(500), "second": fault(500)})
    assert [str(each.target) for each in run.trace] == ["p,m", "q,m"]


async def test_the_last_target_is_asked_again_after_a_pause_and_then_the_error_goes_out() -> None:
    time = SimulatedTime()
    run = gateway(time, settings_of(P)).start(ask("p,m"))
    assert await serve(run, {"p,m": fault(500, "oops")}) is None
    assert [each.verdict for each in run.trace] == ["same target again", "next model"]
    assert [each.pause for each in run.trace] == [0, 500]
    assert time.slept == [0.5]
    assert (run.failure().status, run.failure().message) == (500, "oops")


@pytest.mark.parametrize(("seconds", "slept"), [("2", [2.0]), ("90", [])])
async def test_a_short_retry_after_is_waited_for_and_a_long_one_is_handed_on(seconds: str, slept: list[float]) -> None:
    time = SimulatedTime()
    run = gateway(time, settings_of(P)).start(ask("p,m"))
    answered = await serve(run, {"p,m": [fault(429, retry_after=seconds), None]})
    assert time.slept == slept
    assert answered == ("p,m" if slept else None)
    if not slept:
        assert (run.failure().status, run.failure().headers["retry-after"]) == (429, seconds)


async def test_a_retry_after_that_only_stands_in_the_message_is_handed_on_as_a_header() -> None:
    run = gateway(SimulatedTime(), settings_of(P)).start(ask("p,m"))
    await serve(run, {"p,m": fault(429, "Please retry in 34.07s.")})
    assert run.failure().headers["retry-after"] == "35"


async def test_x_should_retry_false_is_obeyed() -> None:
    time = SimulatedTime()
    run = gateway(time, settings_of(P)).start(ask("p,m"))
    await serve(run, {"p,m": fault(500, x_should_retry="false")})
    assert (len(run.trace), time.slept) == (1, [])


async def test_a_prompt_that_is_too_long_goes_to_a_model_that_has_room() -> None:
    small = {**P, "model_settings": {"m": {"context_window": 100}}}
    large = {**R, "model_settings": {"m": {"context_window": 1000}}}
    run = gateway(SimulatedTime(), settings_of(small, Q, large)).start(ask("p,m", "q,m", "r,m", tokens=120))
    assert await serve(run, {"p,m": fault(400, "prompt is too long")}) == "r,m"
    assert [str(each.target) for each in run.trace] == ["p,m", "r,m"]


async def test_a_target_that_fails_again_and_again_is_passed_over_until_its_time_has_come() -> None:
    time = SimulatedTime()
    here = gateway(time, settings_of(P, Q, availability={"session_ms": 0}))
    for _ in range(3):
        await serve(here.start(ask("p,m", "q,m")), {"p,m": fault(500)})
    passed_over = here.start(ask("p,m", "q,m"))
    assert await serve(passed_over, {}) == "q,m"
    assert len(passed_over.trace) == 1
    time.now += 10.0
    assert await serve(here.start(ask("p,m", "q,m")), {}) == "p,m"
    assert here.snapshot().circuits == ()


async def test_only_one_request_probes_a_half_open_target() -> None:
    time = SimulatedTime()
    here = gateway(time, settings_of(P, Q))
    await serve(here.start(ask("p,m", "q,m")), {"p,m": fault(429)})
    time.now += 10.0
    attempts = [await anext(here.start(ask("p,m", "q,m"))) for _ in range(5)]
    assert [str(each.target) for each in attempts] == ["p,m", "q,m", "q,m", "q,m", "q,m"]
    assert [each.phase for each in here.snapshot().circuits] == [Phase.PROBING]
    async with attempts[0]:
        attempts[0].answered()
        assert str((await anext(here.start(ask("p,m", "q,m")))).target) == "p,m"


async def test_an_open_circuit_steers_but_never_refuses_what_has_nowhere_else_to_go() -> None:
    here = gateway(SimulatedTime(), settings_of(P, Q))
    await serve(here.start(ask("p,m", "q,m")), {"p,m": fault(429, retry_after="60"), "q,m": fault(529)})
    run = here.start(ask("p,m", "q,m"))
    assert await serve(run, {"q,m": fault(529)}) == "p,m"
    assert [str(each.target) for each in run.trace] == ["q,m", "p,m"]


async def test_a_rejected_key_that_is_all_there_is_speaks_for_itself() -> None:
    here = gateway(SimulatedTime(), settings_of(P, Q))
    refused = fault(401, "bad key")
    for _ in range(2):
        run = here.start(ask("p,m"))
        await serve(run, {"p,m": refused})
        assert (run.failure().message, len(run.trace)) == ("bad key", 1)
    run = here.start(ask("p,m", "q,m"))
    await serve(run, {"q,m": fault(400)})
    assert [str(each.target) for each in run.trace] == ["q,m"]


async def test_a_break_after_content_is_counted_but_moves_nothing() -> None:
    here = gateway(SimulatedTime(), settings_of(P, Q))
    for _ in range(3):
        run = here.start(ask("p,m", "q,m"))
        async with await anext(run) as attempt:
            attempt.answered()
            attempt.failed(fault(502, "cut"), Cause.BROKEN_OFF)
        assert [attempt async for attempt in run] == []
        assert told(run) == [("p,m", FIRST, 200, "broke off after content")]
    assert str((await anext(here.start(ask("p,m", "q,m")))).target) == "q,m"


LIMITED = {**P, "limits": {"requests_per_minute": 2, "concurrency": 1, "wait_ms": 0}}


async def test_a_request_that_is_changed_goes_to_the_same_target_at_once_counts_and_cools_nothing() -> None:
    time = SimulatedTime()
    here = gateway(time, settings_of(LIMITED, Q, availability={"failures_to_open": 1}))
    run = here.start(ask("p,m", "q,m"))
    async with await anext(run) as attempt:
        attempt.changed(fault(400, "max_tokens is too large"))
    assert await serve(run, {}) == "p,m"
    assert told(run) == [("p,m", FIRST, 400, "asked again, changed"), ("p,m", FIRST, 200, "answered")]
    assert (here.snapshot().circuits, time.slept) == ((), [])
    assert here.snapshot().providers[0].requests_last_minute == 2


async def test_a_change_uses_up_none_of_the_tables_repetitions() -> None:
    run = gateway(SimulatedTime(), settings_of(P, Q)).start(ask("p,m", "q,m"))
    async with await anext(run) as attempt:
        attempt.changed(fault(400))
    assert await serve(run, {"p,m": [(fault(502), Cause.CONNECT), None]}) == "p,m"
    assert [each.verdict for each in run.trace] == ["asked again, changed", "same target again", "answered"]


async def test_a_change_for_which_there_is_no_room_leaves_the_request_to_the_next_target() -> None:
    limited = {**P, "limits": {"requests_per_minute": 1, "wait_before_moving_ms": 0}}
    run = gateway(SimulatedTime(), settings_of(limited, Q)).start(ask("p,m", "q,m"))
    async with await anext(run) as attempt:
        attempt.changed(fault(400))
    assert await serve(run, {}) == "q,m"
    assert [each.failure for each in run.trace] == [Failure.REQUEST, Failure.BUSY, None]


async def test_an_answer_that_is_taken_up_is_an_attempt_of_its_own_and_its_break_counts() -> None:
    here = gateway(SimulatedTime(), settings_of(LIMITED, Q, availability={"failures_to_open": 2}))
    run = here.start(ask("p,m", "q,m"))
    async with await anext(run) as attempt:
        attempt.answered()
        attempt.measured_by(lambda: Usage(70, output_tokens=5))
        attempt.taken_up(fault(502, "cut"))
    (circuit,) = here.snapshot().circuits
    assert (circuit.failures, circuit.failure) == (1, Failure.BROKEN_OFF)
    async with await anext(run) as attempt:
        attempt.used(Usage(80, output_tokens=10))
    assert [attempt async for attempt in run] == []
    assert told(run) == [("p,m", FIRST, 200, "asked again for the rest"), ("p,m", FIRST, 200, "answered")]
    (view, _) = here.snapshot().providers
    assert (view.requests_last_minute, view.tokens_last_minute) == (2, 165)


async def test_what_fails_when_it_is_taken_up_moves_nowhere() -> None:
    run = gateway(SimulatedTime(), settings_of(P, Q)).start(ask("p,m", "q,m"))
    async with await anext(run) as attempt:
        attempt.answered()
        attempt.taken_up(fault(502, "cut"))
    async with await anext(run) as attempt:
        attempt.failed(fault(429, "slow down"))
    assert [attempt async for attempt in run] == []
    assert told(run)[1] == ("p,m", FIRST, 429, "broke off after content")


async def test_an_answer_that_cannot_be_taken_up_for_want_of_room_tells_its_break() -> None:
    time = SimulatedTime()
    limits = {"requests_per_minute": 1, "wait_ms": 5000, "wait_before_moving_ms": 0}
    here = gateway(time, settings_of({**P, "limits": limits}, Q), sleep=time.sleep)
    run = here.start(ask("p,m", "q,m"))
    async with await anext(run) as attempt:
        attempt.answered()
        attempt.taken_up(fault(502, "cut"))
    going_on = asyncio.create_task(serve(run, {}))
    await time.pass_(4.9)
    assert not going_on.done()
    await time.pass_(0.2)
    assert await going_on is None
    assert run.failure().message == "cut"
    assert [(each.failure, each.verdict) for each in run.trace] == [
        (Failure.BROKEN_OFF, "asked again for the rest"),
        (Failure.BUSY, "broke off after content"),
    ]


async def test_a_client_that_leaves_gives_back_its_place_and_its_probe() -> None:
    time = SimulatedTime()
    here = gateway(time, settings_of({**P, "limits": {"concurrency": 1, "wait_ms": 0}}))
    await serve(here.start(ask("p,m")), {"p,m": fault(429)})
    time.now += 10.0
    run = here.start(ask("p,m"))
    with pytest.raises(asyncio.CancelledError):
        async with await anext(run):
            raise asyncio.CancelledError
    assert told(run) == [("p,m", FIRST, 0, "abandoned")]
    assert [each.phase for each in here.snapshot().circuits] == [Phase.HALF_OPEN]
    assert await serve(here.start(ask("p,m")), {}) == "p,m"


async def test_a_full_provider_is_left_for_another_and_comes_back_when_that_fails() -> None:
    time = SimulatedTime()
    limits = {"concurrency": 1, "wait_before_moving_ms": 0}
    here = gateway(time, settings_of({**P, "limits": limits}, Q), sleep=time.sleep)
    async with await anext(here.start(ask("p,m", "q,m"))):
        run = here.start(ask("p,m", "q,m"))
        assert await serve(run, {}) == "q,m"
        assert [each.failure for each in run.trace] == [Failure.BUSY, None]
        waiting = here.start(ask("p,m", "q,m"))
        task = asyncio.create_task(serve(waiting, {"q,m": fault(500)}))
        await settle()
        assert not task.done()
    assert await task == "p,m"
    assert [str(each.target) for each in waiting.trace] == ["p,m", "q,m", "p,m"]


async def test_a_single_target_is_waited_for_and_then_refused_as_busy() -> None:
    time = SimulatedTime()
    here = gateway(time, settings_of({**P, "limits": {"concurrency": 1, "wait_ms": 5000}}), sleep=time.sleep)
    async with await anext(here.start(ask("p,m"))):
        run = here.start(ask("p,m"))
        task = asyncio.create_task(serve(run, {}))
        await time.pass_(4.0)
        assert not task.done()
        await time.pass_(2.0)
        assert await task is None
    assert (run.failure().status, run.failure().type) == (429, "rate_limit_error")
    assert "retry-after" in run.failure().headers


async def test_tokens_that_were_really_used_count_for_the_minute() -> None:
    here = gateway(SimulatedTime(), settings_of({**P, "limits": {"tokens_per_minute": 1000}}))
    async with await anext(here.start(ask("p,m", tokens=100))) as attempt:
        attempt.used(Usage(input_tokens=600, output_tokens=100))
    assert here.snapshot().providers[0].tokens_last_minute == 700


async def test_no_target_at_all_is_an_error_that_says_so() -> None:
    run = gateway(SimulatedTime(), settings_of(P)).start(ask())
    assert await serve(run, {}) is None
    assert run.failure().status == 503


OUTCOMES = [
    None,
    *(fault(status) for status in (400, 401, 402, 403, 404, 408, 413, 429, 500, 503, 529)),
    fault(429, retry_after="1"),
    fault(503, retry_after="90"),
    *((fault(502), cause) for cause in Cause if cause is not Cause.BUSY),
]


@settings(max_examples=150)
@given(st.integers(0, 2**32), st.lists(st.lists(st.sampled_from(OUTCOMES), min_size=40, max_size=40), max_size=12))
async def test_every_attempt_is_accounted_for_and_no_candidate_is_tried_beyond_the_table(
    seed: int, requests: list[list[Any]]
) -> None:
    time = SimulatedTime()
    draw = random.Random(seed)
    here = gateway(time, settings_of({**P, **KEYS}, Q, R), random=draw.random)
    for outcomes in requests:
        time.now += draw.random() * 40
        session = draw.choice(["s1", "s2", None])
        run = here.start(ask("p,m", "q,m", "p,n", "r,m", session=session, strategy="weighted", weights=(1, 1, 1)))
        played: list[Candidate] = []
        slept = len(time.slept)
        answered = False
        async for attempt in run:
            async with attempt:
                outcome = outcomes[len(played)]
                played.append(attempt.candidate)
                if outcome is None:
                    answered = True
                    break
                attempt.failed(*(outcome if isinstance(outcome, tuple) else (outcome,)))
        assert [(each.target, each.key_label) for each in run.trace] == [(c.target, c.key.label) for c in played]
        assert [each.verdict for each in run.trace].count("answered") == answered
        repeats = [each for each in run.trace if each.verdict == "same target again"]
        assert len(played) == len(set(played)) + len(repeats)
        assert all(TABLE[each.failure].again or TABLE[each.failure].may_pass for each in repeats if each.failure)
        assert len(time.slept) - slept == sum(each.pause > 0 for each in run.trace)
        if not answered:
            assert 400 <= run.failure().status < 600
    assert all(each.phase is not Phase.PROBING for each in here.snapshot().circuits)
    assert all(each.under_way == 0 for each in here.snapshot().providers)
