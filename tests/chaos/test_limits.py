"""Limits of a provider under fifty requests at once, and no place lost when clients go away."""

from __future__ import annotations

import asyncio

from ccr_proxy.availability.availability import ProviderView
from tests.chaos.gateway import Lab, running
from tests.chaos.provider import ChaosProvider
from tests.chaos.providers import alive, until
from tests.chaos.visitor import Outcome, Question, ask
from tests.chaos.wire import ANTHROPIC, CHAT

PARALLEL = 50
CONCURRENCY = 3
QUEUE = 20


async def ask_fifty(lab: Lab, first: int = 1) -> list[Outcome]:
    return await asyncio.gather(
        *(ask(lab.client, Question(number, "text", number % 2 == 0)) for number in range(first, first + PARALLEL))
    )


def door(lab: Lab) -> ProviderView:
    return lab.availability.snapshot().providers[0]


async def test_concurrency_is_never_exceeded_and_who_finds_no_place_in_line_is_told() -> None:
    limits = {"concurrency": CONCURRENCY, "queue": QUEUE, "wait_ms": 20_000}
    async with alive(ChaosProvider("narrow", CHAT, ("key-1", "key-2"), pause=0.005)) as providers:
        narrow = providers["narrow"]
        config = {"Providers": [narrow.entry(limits=limits)], "Router": {"default": "narrow,big"}}
        async with running(config) as lab:
            # Nobody is done before everybody has come: a late one would find a place that was free again.
            narrow.go_on.clear()
            asking = [asyncio.create_task(ask(lab.client, Question(n, "text", n % 2 == 0))) for n in range(PARALLEL)]
            await until(lambda: sum(task.done() for task in asking) == PARALLEL - CONCURRENCY - QUEUE)
            narrow.go_on.set()
            outcomes = await asyncio.gather(*asking)
            assert (door(lab).under_way, door(lab).waiting) == (0, 0)
    assert narrow.most_at_once == CONCURRENCY
    served = [outcome for outcome in outcomes if outcome.answered]
    refused = [outcome for outcome in outcomes if not outcome.answered]
    assert len(served) == CONCURRENCY + QUEUE == len(narrow.visits)
    assert {(each.status, each.error_type) for each in refused} == {(429, "rate_limit_error")}
    assert all(int(each.retry_after) >= 1 for each in refused)


async def test_who_finds_no_room_is_served_elsewhere() -> None:
    limits = {"concurrency": CONCURRENCY, "queue": 4, "wait_before_moving_ms": 50}
    async with alive(
        ChaosProvider("narrow", ANTHROPIC, ("key-1",), pause=0.02), ChaosProvider("wide", CHAT, ("key-2",))
    ) as providers:
        narrow, wide = providers["narrow"], providers["wide"]
        config = {
            "Providers": [narrow.entry(limits=limits), wide.entry()],
            "Router": {"default": ["narrow,big", "wide,big"]},
        }
        async with running(config) as lab:
            outcomes = await ask_fifty(lab)
            assert lab.availability.snapshot().circuits == ()
    assert all(outcome.answered for outcome in outcomes)
    assert narrow.most_at_once <= CONCURRENCY
    assert len(narrow.visits) + len(wide.visits) == PARALLEL
    assert len(wide.visits) >= PARALLEL - CONCURRENCY - 4 - 2 * CONCURRENCY


async def test_clients_that_go_away_leave_no_place_taken() -> None:
    limits = {"concurrency": CONCURRENCY, "queue": 100, "wait_ms": 20_000}
    async with alive(ChaosProvider("narrow", CHAT, ("key-1",), pause=0.01)) as providers:
        narrow = providers["narrow"]
        config = {"Providers": [narrow.entry(limits=limits)], "Router": {"default": "narrow,big"}}
        async with running(config) as lab:
            for turn in range(4):
                first = turn * 1_000 + 1
                asking = [
                    asyncio.create_task(ask(lab.client, Question(number, "text", number % 2 == 0)))
                    for number in range(first, first + PARALLEL)
                ]
                # Some are answered by now, some are under way, the others stand in line.
                await asyncio.sleep(0.03 + 0.03 * turn)
                leaving = [task for number, task in enumerate(asking) if number % 5]
                for task in leaving:
                    task.cancel()
                stayed = [task for number, task in enumerate(asking) if number % 5 == 0]
                assert all(outcome.answered for outcome in await asyncio.gather(*stayed))
                await asyncio.gather(*leaving, return_exceptions=True)
            await until(lambda: (door(lab).under_way, door(lab).waiting) == (0, 0))
            narrow.most_at_once = 0
            outcomes = await asyncio.gather(
                *(ask(lab.client, Question(number, "text", streams=True)) for number in range(9_000, 9_012))
            )
            assert lab.availability.snapshot().circuits == ()
    assert all(outcome.answered for outcome in outcomes)
    assert narrow.most_at_once == CONCURRENCY


async def test_a_wrong_request_opens_no_circuit() -> None:
    async with alive(
        ChaosProvider("first", CHAT, ("key-1", "key-2")), ChaosProvider("next", ANTHROPIC, ("k",))
    ) as all_:
        config = {
            "Providers": [provider.entry() for provider in all_.values()],
            "Router": {"default": ["first,big", "next,big"]},
        }
        async with running(config) as lab:
            wrong = [Question(number, "bad", number % 2 == 0) for number in range(1, PARALLEL + 1)]
            outcomes = await asyncio.gather(*(ask(lab.client, question) for question in wrong))
            assert lab.availability.snapshot().circuits == ()
            right = await ask(lab.client, Question(99, "text", streams=True))
    assert {(each.status, each.error_type) for each in outcomes} == {(400, "invalid_request_error")}
    assert right.answered
    assert right.provider == "first"
    assert len(all_["first"].visits) == PARALLEL + 1
    assert all_["next"].visits == []
