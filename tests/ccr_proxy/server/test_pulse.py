"""Signs of life for clients whose provider is silent."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from ccr_proxy.server.pulse import LOOK_EVERY_SECONDS, SILENCE_SECONDS, Pulse


@dataclass(eq=False)
class Answer:
    last_sent: float
    fault: BaseException | None = None
    beats: int = 0

    async def keep_alive(self) -> None:
        self.beats += 1
        if self.fault is not None:
            raise self.fault


async def test_only_those_who_heard_nothing_for_long_are_told() -> None:
    pulse = Pulse(clock=lambda: 1000.0)
    silent, talking = Answer(1000.0 - SILENCE_SECONDS), Answer(1000.0 - SILENCE_SECONDS + 1)
    with pulse.watching(silent), pulse.watching(talking):
        await pulse.look()
    await pulse.look()
    assert (silent.beats, talking.beats) == (1, 0)


@pytest.mark.parametrize("fault", [ConnectionResetError("Cannot write to closing transport"), RuntimeError("defect")])
async def test_a_client_that_went_away_does_not_stop_the_others(fault: Exception) -> None:
    pulse = Pulse(clock=lambda: 1000.0)
    answers = [Answer(0.0), Answer(0.0, fault), Answer(0.0), Answer(0.0)]
    with ExitStack() as watched:
        for answer in answers:
            watched.enter_context(pulse.watching(answer))
        await pulse.look()
    assert [answer.beats for answer in answers] == [1, 1, 1, 1]


async def test_it_looks_again_and_again() -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) > 3:
            raise asyncio.CancelledError

    pulse = Pulse(clock=lambda: 1000.0, sleep=sleep)
    silent = Answer(0.0)
    with pulse.watching(silent), pytest.raises(asyncio.CancelledError):
        await pulse.run()
    assert waits == [LOOK_EVERY_SECONDS] * 4
    assert silent.beats == 3
