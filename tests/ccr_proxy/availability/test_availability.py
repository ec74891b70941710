"""What the requests of a gateway share: weights, sessions, circuits that can be seen and reset, hot changes."""

from __future__ import annotations

import math
from collections import Counter

from ccr_proxy.availability.breaker import Phase
from ccr_proxy.availability.classify import Cause
from ccr_proxy.availability.failures import Failure
from ccr_proxy.availability.run import Ask
from tests.ccr_proxy.availability.simulated import (
    SimulatedTime,
    ask,
    fault,
    gateway,
    provider,
    serve,
    settings_of,
    target,
)

P, Q, R = provider("p", "m"), provider("q", "m"), provider("r", "m")


def weighted(session: str | None = None) -> Ask:
    return ask("p,m", "q,m", "r,m", session=session, strategy="weighted", weights=(6, 3, 1))


async def test_two_thousand_sessions_follow_the_weights_and_each_keeps_its_target() -> None:
    here = gateway(SimulatedTime(), settings_of(P, Q, R))
    first = {name: await serve(here.start(weighted(name)), {}) for name in map(str, range(2000))}
    assert Counter(first.values()) == {"p,m": 1200, "q,m": 600, "r,m": 200}
    again = {name: await serve(here.start(weighted(name)), {}) for name in first}
    assert again == first


async def test_after_a_failure_a_session_moves_once_and_does_not_flap() -> None:
    time = SimulatedTime()
    here = gateway(time, settings_of(P, Q, R))
    chain = ("p,m", "q,m", "r,m")
    assert await serve(here.start(ask(*chain, session="s")), {}) == "p,m"
    assert await serve(here.start(ask(*chain, session="s")), {"p,m": fault(500)}) == "q,m"
    for _ in range(20):
        time.now += 170.0
        run = here.start(ask(*chain, session="s"))
        assert await serve(run, {}) == "q,m"
        assert len(run.trace) == 1
    assert await serve(here.start(ask(*chain, session="new")), {}) == "p,m"
    time.now += 300.0
    assert await serve(here.start(ask(*chain, session="s")), {}) == "p,m"


async def test_a_session_goes_home_when_told() -> None:
    here = gateway(SimulatedTime(), settings_of(P, Q))
    await serve(here.start(ask("p,m", "q,m", session="s")), {"p,m": fault(500)})
    assert await serve(here.start(ask("p,m", "q,m", session="s")), {}) == "q,m"
    here.reset()
    assert await serve(here.start(ask("p,m", "q,m", session="s")), {}) == "p,m"


async def test_a_full_home_is_left_for_one_request_only() -> None:
    limits = {"concurrency": 1, "wait_before_moving_ms": 0}
    here = gateway(SimulatedTime(), settings_of({**P, "limits": limits}, Q))
    await serve(here.start(ask("p,m", "q,m", session="s")), {})
    async with await anext(here.start(ask("p,m", session="other"))):
        assert await serve(here.start(ask("p,m", "q,m", session="s")), {}) == "q,m"
    assert await serve(here.start(ask("p,m", "q,m", session="s")), {}) == "p,m"


async def test_a_clients_fault_moves_no_session_and_cools_nothing() -> None:
    here = gateway(SimulatedTime(), settings_of(P, Q))
    for _ in range(50):
        await serve(here.start(ask("p,m", "q,m", session="s")), {"p,m": fault(400)})
    assert here.snapshot().circuits == ()
    assert await serve(here.start(ask("p,m", "q,m", session="s")), {}) == "p,m"


async def test_new_sessions_avoid_what_is_cooling_and_weights_hold_among_the_rest() -> None:
    here = gateway(SimulatedTime(), settings_of(P, Q, R))
    await serve(here.start(weighted()), {"p,m": fault(429, retry_after="900")})
    answered = Counter([await serve(here.start(weighted(str(name))), {}) for name in range(400)])
    assert answered == {"q,m": 300, "r,m": 100}


async def test_the_fastest_is_learned() -> None:
    time = SimulatedTime()
    request = ask("p,m", "q,m", strategy="fastest")
    here = gateway(time, settings_of(P, Q))
    for seconds in (2.0, 0.5):
        async with await anext(here.start(request)) as attempt:
            time.now += seconds
            attempt.answered()
    assert [await serve(here.start(request), {}) for _ in range(2)] == ["q,m", "q,m"]
    assert here.snapshot().providers[0].first_token_seconds == {"m": 2.0}


async def test_the_cheapest_is_asked_first() -> None:
    prices = {target("p,m"): 3.0, target("q,m"): 1.0}
    here = gateway(SimulatedTime(), settings_of(P, Q), cost_of=lambda where, usage: prices[where] * usage.input_tokens)
    assert await serve(here.start(ask("p,m", "q,m", strategy="cheapest")), {}) == "q,m"


async def test_the_least_busy_is_asked_first() -> None:
    request = ask("p,m", "q,m", strategy="least_busy")
    here = gateway(SimulatedTime(), settings_of(P, Q))
    async with await anext(here.start(request)) as first, await anext(here.start(request)) as second:
        assert [str(first.target), str(second.target)] == ["p,m", "q,m"]


async def test_fallbacks_follow_what_the_strategy_chose() -> None:
    here = gateway(SimulatedTime(), settings_of(P, Q, R))
    for _ in range(2):
        request = ask("p,m", "q,m", "r,m", strategy="weighted", weights=(1, 1))
        order = [str(each.candidate.target) for each in here.preview(request)]
        assert order[0] == await serve(here.start(request), {})
        assert sorted(order[:2]) == ["p,m", "q,m"]
        assert order[2:] == ["r,m"]


async def test_a_preview_tells_the_order_and_changes_nothing() -> None:
    here = gateway(SimulatedTime(), settings_of(P, Q, R))
    await serve(here.start(weighted("s")), {"p,m": fault(401)})
    first, second = here.preview(weighted("s")), here.preview(weighted("s"))
    assert first == second
    assert [(str(each.candidate.target), each.wait, each.home) for each in first] == [
        ("q,m", 0.0, True),
        ("p,m", math.inf, False),
        ("r,m", 0.0, False),
    ]


async def test_circuits_are_visible_and_can_be_reset() -> None:
    time = SimulatedTime()
    here = gateway(time, settings_of(P, Q))
    await serve(here.start(ask("p,m", "q,m")), {"p,m": fault(401, "bad key"), "q,m": fault(429, retry_after="60")})
    time.now += 20.0
    parked, limited = here.snapshot().circuits
    assert (parked.provider, parked.key, parked.model, parked.phase) == ("p", "#1 …efgh", "", Phase.OPEN)
    assert (parked.seconds_left, parked.failure, parked.message) == (math.inf, Failure.KEY_REFUSED, "bad key")
    assert (limited.model, limited.seconds_left, limited.status) == ("m", 40.0, 429)
    assert here.reset(key="#1 …efgh", provider="p") == 1
    assert here.reset("nobody") == 0
    assert here.reset() == 1


async def test_a_changed_configuration_keeps_states_but_those_of_keys_that_are_gone() -> None:
    here = gateway(SimulatedTime(), settings_of(P, Q))
    await serve(here.start(ask("p,m", "q,m")), {"p,m": fault(401), "q,m": fault(401)})
    assert len(here.snapshot().circuits) == 2
    here.configure(settings_of({**P, "api_key": "sk-new-0123456789-ABCDEFGH"}, Q))
    assert [each.provider for each in here.snapshot().circuits] == ["q"]
    assert await serve(here.start(ask("q,m", "p,m")), {}) == "p,m"


async def test_a_health_check_opens_and_closes_circuits() -> None:
    here = gateway(SimulatedTime(), settings_of(P, Q))
    (candidate,) = here.candidates_of(target("p,m"))
    here.observe(candidate, fault(504), Cause.CONNECT_TIMEOUT)
    assert await serve(here.start(ask("p,m", "q,m")), {}) == "q,m"
    here.observe(candidate, None)
    assert await serve(here.start(ask("p,m", "q,m")), {}) == "p,m"
    assert here.snapshot().circuits == ()


async def test_no_key_shows_in_what_is_shown() -> None:
    here = gateway(SimulatedTime(), settings_of(P))
    run = here.start(ask("p,m"))
    await serve(run, {"p,m": fault(401)})
    shown = f"{here.snapshot()} {here.preview(ask('p,m'))} {run.trace.lines()} {run.trace.header()}"
    assert P["api_key"] not in shown
    assert P["api_key"][:-4] not in shown
