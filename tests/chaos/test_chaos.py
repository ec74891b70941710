"""Over a thousand requests while providers die, refuse, stall, cut and come back.

Every request that some target could have served is answered completely and once, every other ends in a correct error,
nothing hangs, and every attempt is accounted for. `CHAOS_PHASES` makes the same test longer, `CHAOS_SEED` different.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random

from ccr_proxy.availability.breaker import Phase
from tests.chaos.audit import Case, could_answer
from tests.chaos.gateway import Json, Lab, running
from tests.chaos.provider import KEY_ACTS, MODEL_ACTS, ChaosProvider, Conditions, Visit
from tests.chaos.providers import alive
from tests.chaos.visitor import Outcome, Question, ask
from tests.chaos.wire import ANTHROPIC, CHAT, GEMINI, RESPONSES

PHASES = int(os.environ.get("CHAOS_PHASES", "11"))
REQUESTS_PER_PHASE = 100
AT_ONCE = 24
SEED = int(os.environ.get("CHAOS_SEED", "20260"))
# A stall of a provider takes this long to be noticed; a busy machine must not look like one.
STALL_MILLISECONDS = 1_500
# Circuits and pauses live fast: the first cool-down of 10 s is over after 0.2 s.
SPEED = 50.0

PLANS: dict[str, tuple[object, tuple[tuple[str, str], ...]]] = {
    # rule -> what it says, and its targets
    "chain": (
        ["ant,big", "chat,big", "gem,big", "resp,big"],
        (("ant", "big"), ("chat", "big"), ("gem", "big"), ("resp", "big")),
    ),
    "pair": (["chat,big", "chat,small"], (("chat", "big"), ("chat", "small"))),
    "weighted": (
        [{"use": "resp,big", "weight": 3}, {"use": "gem,small", "weight": 1}, {"use": "spare,big", "weight": 1}],
        (("resp", "big"), ("gem", "small"), ("spare", "big")),
    ),
    "least busy": (
        {"targets": ["gem,big", "ant,small"], "strategy": "least_busy"},
        (("gem", "big"), ("ant", "small")),
    ),
    "fastest": (
        {"targets": ["chat,small", "resp,small", "spare,small"], "strategy": "fastest"},
        (("chat", "small"), ("resp", "small"), ("spare", "small")),
    ),
    "alone": ("spare,big", (("spare", "big"),)),
}


def providers() -> tuple[ChaosProvider, ...]:
    return (
        ChaosProvider("ant", ANTHROPIC, ("ant-key-1", "ant-key-2")),
        ChaosProvider("chat", CHAT, ("chat-key-1", "chat-key-2", "chat-key-3")),
        ChaosProvider("gem", GEMINI, ("gem-key-1", "gem-key-2")),
        ChaosProvider("resp", RESPONSES, ("resp-key-1",)),
        ChaosProvider("spare", CHAT, ("spare-key-1", "spare-key-2")),
    )


def configuration(all_providers: dict[str, ChaosProvider]) -> Json:
    rules = [
        {"name": name, "when": {"header": {"x-plan": name}}, "use": said} for name, (said, _targets) in PLANS.items()
    ]
    stall = STALL_MILLISECONDS
    return {
        "Providers": [provider.entry() for provider in all_providers.values()],
        "Router": {"default": "spare,big", "rules": rules},
        "timeouts": {"connect_ms": 5_000, "first_byte_ms": stall, "idle_ms": stall},
    }


@dataclass
class World:
    """The providers, the gateway before them, and what came of the requests so far."""

    providers: dict[str, ChaosProvider]
    lab: Lab
    random: Random
    rejected: set[str] = field(default_factory=set)  # keys that the gateway uses no more
    ends: Counter[str] = field(default_factory=Counter)
    asked: int = 0

    def questions(self, count: int) -> list[Question]:
        first, self.asked = self.asked + 1, self.asked + count
        draw = self.random
        return [
            Question(
                number,
                kind=draw.choices(("text", "call", "bad"), (55, 42, 3))[0],
                streams=number % 2 == 0,
                plan=draw.choice(tuple(PLANS)),
                session=f"session-{draw.randrange(60)}" if draw.random() < 0.4 else "",
            )
            for number in range(first, first + count)
        ]

    def change_conditions(self) -> None:
        """New weather for every provider."""
        draw = self.random
        for provider in self.providers.values():
            models = {model: draw.choice(MODEL_ACTS) for model in ("big", "small") if draw.random() < 0.55}
            lost = next((act for act in models.values() if act.startswith("reset")), None)
            if lost:
                # Lost connections speak of the whole provider.
                models = {"big": lost, "small": lost}
            keys = {key: draw.choice(KEY_ACTS) for key in provider.keys if draw.random() < 0.25}
            self.rejected |= {key for key, act in keys.items() if act == "401"}
            provider.conditions = Conditions(keys, models)

    async def ask_all(self, questions: list[Question], dying: ChaosProvider | None) -> list[Outcome]:
        """Ask with so many at once; a provider that dies does so in the middle of it."""
        free = asyncio.Semaphore(AT_ONCE)

        async def one(question: Question) -> Outcome:
            async with free:
                return await ask(self.lab.client, question)

        tasks = [asyncio.create_task(one(question)) for question in questions]
        if dying is not None:
            await asyncio.wait(tasks[: len(tasks) // 3], return_when=asyncio.ALL_COMPLETED)
            await dying.die()
        return await asyncio.gather(*tasks)

    def judge(self, outcomes: list[Outcome], dying: frozenset[str]) -> None:
        """Check every one of them."""
        visits: dict[int, list[Visit]] = {outcome.question.number: [] for outcome in outcomes}
        for provider in self.providers.values():
            for visit in provider.visits:
                visits[visit.request].append(visit)
            provider.visits.clear()
        out = dying | self.rejected
        for outcome in outcomes:
            question = outcome.question
            _, targets = PLANS[question.plan]
            seen = sorted(visits[question.number], key=lambda visit: visit.at)
            could = could_answer(question, targets, self.providers, frozenset(out))
            trace = tuple(self.lab.runs.pop(question.number).trace)
            case = Case(outcome, seen, trace, self.providers, could, dying)
            try:
                self.ends[case.check()] += 1
            except AssertionError as error:
                lines = "\n".join(map(repr, (*seen, *trace)))
                raise AssertionError(f"{error}\n{outcome}\n{lines}\nout: {sorted(out)}") from error


@asynccontextmanager
async def world(seed: int) -> AsyncIterator[World]:
    async with (
        alive(*providers()) as all_providers,
        running(configuration(all_providers), speed=SPEED, seed=seed) as lab,
    ):
        yield World(all_providers, lab, Random(seed))


async def test_whatever_happens_every_request_is_answered_once_or_ends_in_a_true_error() -> None:
    async with world(SEED) as all_of_it:
        for phase in range(PHASES):
            await _phase(all_of_it, phase)
        await _everybody_comes_back(all_of_it)
        assert all_of_it.asked >= PHASES * REQUESTS_PER_PHASE
        assert all_of_it.ends["answered"] > all_of_it.asked // 2
        assert set(all_of_it.ends) >= {"answered", "refused", "refused as wrong", "broken after content"}
        _nothing_is_left_over(all_of_it.lab)


async def _phase(all_of_it: World, phase: int) -> None:
    """New weather; every third time somebody is down from the start, every second time somebody dies on the way."""
    draw = all_of_it.random
    if phase % 3 == 0:
        all_of_it.lab.availability.reset()
        all_of_it.rejected.clear()
    all_of_it.change_conditions()
    names = draw.sample(sorted(all_of_it.providers), 2)
    down = [names[0]] if phase % 3 == 1 else []
    dying = [names[1]] if phase % 2 == 1 else []
    for name in down:
        await all_of_it.providers[name].die()
    goes = all_of_it.providers[dying[0]] if dying else None
    outcomes = await all_of_it.ask_all(all_of_it.questions(REQUESTS_PER_PHASE), goes)
    all_of_it.judge(outcomes, frozenset((*down, *dying)))
    for name in {*down, *dying}:
        await all_of_it.providers[name].start()


async def _everybody_comes_back(all_of_it: World) -> None:
    """All is well, and all cool-downs are over: every request is answered by the first that is asked."""
    for provider in all_of_it.providers.values():
        provider.conditions = Conditions()
    all_of_it.lab.time.push(2 * 3600.0)
    all_of_it.lab.availability.reset()
    all_of_it.rejected.clear()
    questions = [question for question in all_of_it.questions(120) if question.kind != "bad"]
    outcomes = await all_of_it.ask_all(questions, None)
    assert all(outcome.answered and not outcome.failed_attempts for outcome in outcomes)
    all_of_it.judge(outcomes, frozenset())


def _nothing_is_left_over(lab: Lab) -> None:
    snapshot = lab.availability.snapshot()
    assert [provider.under_way for provider in snapshot.providers] == [0] * 5
    assert [circuit for circuit in snapshot.circuits if circuit.phase is Phase.PROBING] == []
