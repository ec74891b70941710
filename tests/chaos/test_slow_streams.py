"""Two hundred streams that stand still at once: other requests pass them by, and none is lost."""

from __future__ import annotations

import asyncio

from tests.chaos.gateway import Client, running
from tests.chaos.provider import ChaosProvider
from tests.chaos.providers import alive, until
from tests.chaos.visitor import Outcome, Question, ask
from tests.chaos.wire import ANTHROPIC, CHAT, GEMINI, RESPONSES

SLOW = 200
QUICK = 200


async def test_other_requests_pass_slow_streams_and_none_of_them_is_lost() -> None:
    slow = [
        ChaosProvider(name, wire, (f"{name}-key",))
        for name, wire in (("ant", ANTHROPIC), ("chat", CHAT), ("gem", GEMINI), ("resp", RESPONSES))
    ]
    async with alive(*slow, ChaosProvider("quick", CHAT, ("quick-key",))) as providers:
        rules = [
            {"name": provider.name, "when": {"header": {"x-plan": provider.name}}, "use": f"{provider.name},big"}
            for provider in slow
        ]
        config = {
            "Providers": [provider.entry() for provider in providers.values()],
            "Router": {"default": "quick,big", "rules": rules},
        }
        for provider in slow:
            provider.go_on.clear()
        async with running(config) as lab:
            asking = [
                asyncio.create_task(
                    ask(lab.client, Question(number, "call" if number % 3 else "text", True, slow[number % 4].name))
                )
                for number in range(1, SLOW + 1)
            ]
            await until(lambda: sum(len(provider.visits) for provider in slow) == SLOW)
            quick = await _quick_ones(lab.client)
            assert not any(task.done() for task in asking)
            assert sum(provider.under_way for provider in lab.availability.snapshot().providers) == SLOW
            for provider in slow:
                provider.go_on.set()
            outcomes = await asyncio.gather(*asking)
    assert all(outcome.answered for outcome in quick)
    answers = {visit.request: visit.answer.said for provider in slow for visit in provider.visits}
    assert {outcome.question.number: outcome.said for outcome in outcomes} == answers
    assert all(outcome.answered for outcome in outcomes)


async def _quick_ones(client: Client) -> list[Outcome]:
    """Requests one after the other, so that each has to pass the slow ones."""
    numbers = range(SLOW + 1, SLOW + QUICK + 1)
    return [await ask(client, Question(number, "text", number % 2 == 0)) for number in numbers]
