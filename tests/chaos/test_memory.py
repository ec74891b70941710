"""An hour's worth of mixed traffic in fast motion leaves nothing behind.

Half of the requests meet a failure on their way, some clients leave in the middle. What is counted is objects that the
collector knows, which tells a leak of one object per request exactly, and the memory of the process, generously. A leak
grows in every round of traffic, a memory that is still filling or a late timer of another test does not: the round that
grew least is judged.
"""

from __future__ import annotations

import asyncio
import gc
import os
from itertools import pairwise

import psutil

from ccr_proxy.routing.token_estimate import TokenCounter
from tests.chaos.gateway import Client, Json, Lab, running
from tests.chaos.provider import ChaosProvider, Conditions
from tests.chaos.providers import alive, until
from tests.chaos.visitor import Question, ask
from tests.chaos.wire import ANTHROPIC, CHAT, GEMINI, RESPONSES

ROUNDS = 4
ROUND = int(os.environ.get("CHAOS_MEMORY_REQUESTS", "4000")) // ROUNDS
WARM_UP = 1_000
AT_ONCE = 16
OBJECTS_PER_REQUEST = 0.1
KILOBYTES_PER_REQUEST = 6.0
CHANGING = ("answers", "503", "answers", "cut before content once", "answers", "error after content", "500", "429")


async def test_memory_stays_flat() -> None:
    async with (
        alive(
            ChaosProvider("ant", ANTHROPIC, ("ant-1", "ant-2"), pause=0.0),
            ChaosProvider("chat", CHAT, ("chat-1", "chat-2"), pause=0.0),
            ChaosProvider("gem", GEMINI, ("gem-1",), pause=0.0),
            ChaosProvider("resp", RESPONSES, ("resp-1",), pause=0.0),
        ) as providers,
        running(_config(providers), speed=1_000.0) as lab,
    ):
        lab.gateway.counter = TokenCounter(entries=500)  # full, like all other memories, after the warm-up
        await _traffic(lab, providers, 1, WARM_UP)
        seen = [await _settled(lab, providers)]
        for number in range(ROUNDS):
            await _traffic(lab, providers, 1 + WARM_UP + number * ROUND, ROUND)
            seen.append(await _settled(lab, providers))
    growth = [(objects - before, size - size_before) for (before, size_before), (objects, size) in pairwise(seen)]
    assert min(objects for objects, _ in growth) < OBJECTS_PER_REQUEST * ROUND, f"objects and bytes, by round: {seen}"
    assert min(size for _, size in growth) < KILOBYTES_PER_REQUEST * 1_000 * ROUND, f"objects and bytes: {seen}"


def _config(providers: dict[str, ChaosProvider]) -> Json:
    limits = {"concurrency": 8, "requests_per_minute": 100_000}
    targets = [{"use": f"{name},big", "weight": 1} for name in providers]
    return {
        "Providers": [provider.entry(limits=limits) for provider in providers.values()],
        "Router": {"default": targets},
    }


async def _traffic(lab: Lab, providers: dict[str, ChaosProvider], first: int, count: int) -> None:
    """So many requests; the conditions change every hundred of them."""
    for start in range(first, first + count, 100):
        for number, provider in enumerate(providers.values()):
            provider.conditions = Conditions(models={"big": CHANGING[(start // 100 + 3 * number) % len(CHANGING)]})
        free = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(_one(lab.client, number, free) for number in range(start, start + 100)))
        for provider in providers.values():
            provider.forget()
        lab.runs.clear()


async def _one(client: Client, number: int, free: asyncio.Semaphore) -> None:
    kind = ("text", "call", "text", "bad")[number // 2 % 4]
    question = Question(number, kind, number % 2 == 0, session=f"session-{number % 200}")
    async with free:
        asking = asyncio.create_task(ask(client, question))
        if number % 10:
            await asking
            return
        await asyncio.sleep(0.002)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)


async def _settled(lab: Lab, providers: dict[str, ChaosProvider]) -> tuple[int, int]:
    """Objects and bytes once nothing is under way any more."""
    await until(lambda: not any(view.under_way or view.waiting for view in lab.availability.snapshot().providers))
    await asyncio.sleep(0.3)
    for provider in providers.values():
        provider.forget()
    gc.collect()
    return len(gc.get_objects()), psutil.Process().memory_info().rss
