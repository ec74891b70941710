"""Weights over thousands of sessions, and sessions that stay where they are, through the whole gateway."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable

from tests.chaos.gateway import Client, Json, running
from tests.chaos.provider import ChaosProvider, Conditions
from tests.chaos.providers import alive
from tests.chaos.visitor import Outcome, Question, ask
from tests.chaos.wire import ANTHROPIC, CHAT, GEMINI

SESSIONS = 2_000
WEIGHTS = {"left": 5, "middle": 3, "right": 2}
AT_ONCE = 16


def demo(name: str) -> Json:
    """A provider that answers inside the gateway."""
    return {"name": name, "protocol": "demo", "models": ["demo"]}


async def ask_all(client: Client, questions: Iterable[Question]) -> list[Outcome]:
    free = asyncio.Semaphore(AT_ONCE)

    async def one(question: Question) -> Outcome:
        async with free:
            return await ask(client, question)

    return await asyncio.gather(*map(one, questions))


def questions(numbers: Iterable[int], sessions: int) -> list[Question]:
    return [Question(number, "text", number % 2 == 0, session=f"session-{number % sessions}") for number in numbers]


async def test_weights_are_kept_over_two_thousand_sessions_and_each_session_keeps_its_target() -> None:
    targets = [{"use": f"{name},demo", "weight": weight} for name, weight in WEIGHTS.items()]
    config = {"Providers": [demo(name) for name in WEIGHTS], "Router": {"default": targets}}
    async with running(config) as lab:
        first = await ask_all(lab.client, questions(range(1, SESSIONS + 1), SESSIONS))
        again = await ask_all(lab.client, questions(range(SESSIONS + 1, SESSIONS + 501), SESSIONS))
    homes = {outcome.question.session: outcome.provider for outcome in first}
    assert len(homes) == SESSIONS
    shares = Counter(homes.values())
    for name, weight in WEIGHTS.items():
        expected = SESSIONS * weight / sum(WEIGHTS.values())
        assert abs(shares[name] - expected) <= 0.05 * expected, shares
    assert [outcome.provider for outcome in again] == [homes[outcome.question.session] for outcome in again]


async def test_a_session_moves_once_when_its_target_fails_and_stays_there_when_that_comes_back() -> None:
    async with alive(
        ChaosProvider("left", CHAT, ("key-1", "key-2")),
        ChaosProvider("middle", ANTHROPIC, ("key-3",)),
        ChaosProvider("right", GEMINI, ("key-4",)),
    ) as providers:
        targets = [{"use": f"{name},big", "weight": 1} for name in providers]
        config = {"Providers": [each.entry() for each in providers.values()], "Router": {"default": targets}}
        async with running(config, speed=50.0) as lab:
            places: dict[str, list[str]] = defaultdict(list)
            numbers = iter(range(1, 10_000))
            sessions = 45

            async def everybody(times: int) -> None:
                for _ in range(times):
                    some = [next(numbers) for _ in range(sessions)]
                    for outcome in await ask_all(lab.client, questions(some, sessions)):
                        assert outcome.answered, outcome
                        places[outcome.question.session].append(outcome.provider)

            await everybody(2)
            home = {session: each[-1] for session, each in places.items()}
            assert Counter(home.values()) == {"left": 15, "middle": 15, "right": 15}
            await providers["left"].die()
            await everybody(3)
            await providers["left"].start()
            await everybody(2)
            providers["middle"].conditions = Conditions(models={"big": "503"})
            await everybody(2)
            providers["middle"].conditions = Conditions()
            lab.time.push(600.0)  # all circuits let somebody pass again
            await everybody(3)

    moves = {session: _moves(each) for session, each in places.items()}
    for session, path in moves.items():
        assert len(path) == len(set(path)) or path[0] == "left", f"{session} went back and forth: {path}"
        assert len(path) - 1 <= (home[session] != "right") + ("middle" in path[1:]), path
    assert {session for session, path in moves.items() if len(path) == 1} == {
        session for session, name in home.items() if name == "right"
    }


def _moves(places: list[str]) -> list[str]:
    """The places of a session in order, each stay once."""
    return [name for number, name in enumerate(places) if number == 0 or places[number - 1] != name]
