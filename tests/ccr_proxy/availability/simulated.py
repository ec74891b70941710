"""Time that only moves when told, and a gateway's availability on it."""

from __future__ import annotations

import asyncio
from typing import Any

from ccr_proxy.availability.availability import Availability
from ccr_proxy.availability.read_settings import read_settings
from ccr_proxy.availability.run import Ask, Attempt, Run
from ccr_proxy.availability.settings import Settings
from ccr_proxy.config.schema import Config
from ccr_proxy.config.target_set import Strategy
from ccr_proxy.errors import UpstreamFault
from ccr_proxy.routing.targets import Target

UNIX_TIME = 1_790_000_000.0


class SimulatedTime:
    """`clock` and `sleep` on one time line; `slept` notes every wait that was asked for."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def clock(self) -> float:
        return self.now

    def unix_time(self) -> float:
        return UNIX_TIME + self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self.now + seconds, future))
        await future

    async def instant_sleep(self, seconds: float) -> None:
        """For tests that only count: the time passes at once."""
        self.slept.append(seconds)
        self.now += seconds

    async def pass_(self, seconds: float) -> None:
        """Let time pass, waking whoever is due, in order."""
        await settle()
        end = self.now + seconds
        while due := [at for at, future in self._sleepers if at <= end and not future.done()]:
            self.now = max(self.now, min(due))
            for at, future in self._sleepers:
                if at <= self.now and not future.done():
                    future.set_result(None)
            await settle()
        self.now = end
        await settle()


async def settle() -> None:
    """Let every task run until it waits."""
    for _ in range(20):
        await asyncio.sleep(0)


def provider(name: str, *models: str, **more: Any) -> dict[str, Any]:
    key = f"sk-{name}-0123456789abcdefgh"
    return {"name": name, "api_base_url": f"https://{name}.example/v1", "api_key": key, "models": models, **more}


def config(*providers: dict[str, Any], **more: Any) -> Config:
    return Config.model_validate({"Providers": list(providers), **more})


def settings_of(*providers: dict[str, Any], **more: Any) -> Settings:
    """Settings from a configuration in which nothing is wrong."""
    settings, findings = read_settings(config(*providers, **more))
    assert findings == ()
    return settings


def gateway(time: SimulatedTime, settings: Settings, **more: Any) -> Availability:
    parts = {"clock": time.clock, "unix_time": time.unix_time, "sleep": time.instant_sleep, "random": lambda: 0.5}
    return Availability(settings, **{**parts, **more})


def ask(
    *targets: str,
    session: str | None = None,
    tokens: int = 100,
    strategy: Strategy = "ordered",
    weights: tuple[float, ...] = (),
) -> Ask:
    """A request on the default route; `strategy` and `weights` as in `Ask`."""
    chosen = tuple(target(each) for each in targets)
    return Ask("default", chosen, lambda model: tokens, session, strategy, weights)


def target(text: str) -> Target:
    name, _, model = text.partition(",")
    return Target(name, model)


def fault(status: int, message: str = "no", **headers: str) -> UpstreamFault:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return UpstreamFault(status, message, headers=named)


async def serve(run: Run, answers: dict[str, Any]) -> str | None:
    """Play a run to its end: who answered, or None. `answers` says by "provider,model" or by key label what fails:
    an UpstreamFault, a (fault, cause) pair, or a list of those and None (for an answer) to be used one by one."""
    async for attempt in run:
        async with attempt:
            outcome = _outcome(attempt, answers)
            if outcome is None:
                attempt.answered()
                return str(attempt.target)
            attempt.failed(*(outcome if isinstance(outcome, tuple) else (outcome,)))
    return None


def _outcome(attempt: Attempt, answers: dict[str, Any]) -> Any:
    planned = answers.get(attempt.key.label, answers.get(str(attempt.target)))
    return planned.pop(0) if isinstance(planned, list) else planned
