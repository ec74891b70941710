"""The line in front of a provider: fair, bounded, time-limited, safe against cancelling."""

from __future__ import annotations

import asyncio

import pytest

from ccr_proxy.availability.door import Door, Full
from ccr_proxy.availability.limits import Limits
from tests.ccr_proxy.availability.simulated import SimulatedTime, settle


def door(time: SimulatedTime, **limits: int) -> Door:
    return Door(Limits(**limits), time.clock, time.sleep)


async def test_first_come_first_served_one_at_a_time() -> None:
    time, order = SimulatedTime(), []
    gate = door(time, concurrency=1)

    async def visit(name: int) -> None:
        entry = await gate.enter(1, 60.0)
        order.append(name)
        assert gate.inside == 1
        await settle()
        gate.leave(entry)

    await asyncio.gather(*(visit(name) for name in range(8)))
    assert order == list(range(8))
    assert (gate.inside, gate.waiting) == (0, 0)


async def test_nobody_overtakes_the_line() -> None:
    gate = door(SimulatedTime(), concurrency=1)
    first = await gate.enter(1, 60.0)
    second = asyncio.create_task(gate.enter(1, 60.0))
    await settle()
    gate.leave(first)
    third = asyncio.create_task(gate.enter(1, 60.0))
    await settle()
    assert (second.done(), third.done()) == (True, False)
    gate.leave(second.result())
    gate.leave(await third)


async def test_the_line_is_bounded_and_patience_ends() -> None:
    time = SimulatedTime()
    gate = door(time, concurrency=1, queue=1)
    inside = await gate.enter(1, 60.0)
    with pytest.raises(Full):
        await gate.enter(1, 0.0)
    waiting = asyncio.create_task(gate.enter(1, 5.0))
    await settle()
    with pytest.raises(Full):
        await gate.enter(1, 5.0)
    await time.pass_(4.9)
    assert not waiting.done()
    await time.pass_(0.2)
    with pytest.raises(Full):
        await waiting
    assert gate.waiting == 0
    gate.leave(inside)
    gate.leave(await gate.enter(1, 0.0))


async def test_a_cancelled_waiter_leaves_no_trace() -> None:
    gate = door(SimulatedTime(), concurrency=1)
    first = await gate.enter(1, 60.0)
    second, third = (asyncio.create_task(gate.enter(1, 60.0)) for _ in range(2))
    await settle()
    second.cancel()
    await settle()
    gate.leave(first)
    gate.leave(await third)
    assert (gate.inside, gate.waiting, second.cancelled()) == (0, 0, True)


async def test_cancelled_in_the_moment_of_being_let_in_the_place_goes_to_the_next() -> None:
    gate = door(SimulatedTime(), concurrency=1)
    first = await gate.enter(1, 60.0)
    second, third = (asyncio.create_task(gate.enter(1, 60.0)) for _ in range(2))
    await settle()
    gate.leave(first)
    second.cancel()
    entry = await third
    assert second.cancelled()
    assert gate.inside == 1
    gate.leave(entry)
    assert gate.inside == 0


async def test_the_head_of_the_line_waits_for_the_minute() -> None:
    time = SimulatedTime()
    gate = door(time, requests_per_minute=1)
    gate.leave(await gate.enter(1, 0.0))
    with pytest.raises(Full) as full:
        await gate.enter(1, 0.0)
    assert full.value.seconds == 60.0
    second, third = (asyncio.create_task(gate.enter(1, 130.0)) for _ in range(2))
    await time.pass_(59.0)
    assert not second.done()
    await time.pass_(1.0)
    assert (second.done(), third.done()) == (True, False)
    await time.pass_(60.0)
    assert third.done()


async def test_new_limits_count_at_once() -> None:
    gate = door(SimulatedTime(), concurrency=1)
    await gate.enter(1, 0.0)
    waiting = asyncio.create_task(gate.enter(1, 60.0))
    await settle()
    gate.limits = Limits(concurrency=2)
    await waiting
    assert gate.inside == 2


async def test_a_crowd_that_comes_gives_up_and_is_cancelled_leaves_the_door_free() -> None:
    time = SimulatedTime()
    gate = door(time, concurrency=3, queue=50)
    served: list[int] = []

    async def visit(number: int) -> None:
        try:
            entry = await gate.enter(1, 1.1 + number % 5)
        except Full:
            return
        try:
            served.append(number)
            assert gate.inside <= 3
            await time.sleep(0.5)
        finally:
            gate.leave(entry)

    crowd = [asyncio.create_task(visit(number)) for number in range(60)]
    await settle()
    for task in crowd[5::7]:
        task.cancel()
    for _ in range(20):
        await time.pass_(0.5)
    await asyncio.gather(*crowd, return_exceptions=True)
    assert (gate.inside, gate.waiting) == (0, 0)
    assert served == sorted(served)
    assert len(served) > 10
