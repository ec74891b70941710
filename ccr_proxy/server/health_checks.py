"""Active health checks: providers are asked how they are, as cheaply as they let us.

Each provider's model list is asked for first. It says that the provider is reached, and nothing about keys (some lists
are public) or models; so it closes or opens the provider's own circuit only. A request of one token follows where there
is no list, and for what is cooling: only an answer can say that a key has credit again or a model is back.

What is found goes into the same circuits that live requests use. The demo is never asked.
"""

from __future__ import annotations

import asyncio
import logging
import random as random_numbers
import time
from collections.abc import Awaitable, Callable

from ccr_proxy.availability.availability import Prospect
from ccr_proxy.availability.breaker import Phase
from ccr_proxy.availability.circuits import Candidate
from ccr_proxy.availability.classify import Cause
from ccr_proxy.availability.health_checks import When
from ccr_proxy.availability.keys import NO_KEY
from ccr_proxy.availability.read_settings import read_settings
from ccr_proxy.availability.run import Ask
from ccr_proxy.config import checks
from ccr_proxy.config.schema import Config
from ccr_proxy.errors import GatewayError, UpstreamFault
from ccr_proxy.routing.targets import Target, named_target
from ccr_proxy.server.check_result import BackgroundCheck, CheckResult
from ccr_proxy.server.gateway import Gateway
from ccr_proxy.server.health_probe import ask_briefly, has_model_list

_LOOK_AGAIN_SECONDS = 30.0  # while checks are off, which a changed configuration may end
_NOT_REACHED = frozenset({"connect", "connect_timeout"})

_log = logging.getLogger("ccr_proxy")


async def check_in_background(
    gateway: Gateway,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    random: Callable[[], float] = random_numbers.random,
    unix_time: Callable[[], float] = time.time,
) -> None:
    """Check as `availability.health_checks` says, also when that changes, until cancelled. What the last one found is
    kept as `gateway.checked`."""
    settings = read_settings(gateway.config)[0].health_checks
    if settings.when is not When.OFF:
        await _check_and_tell(gateway, unix_time())
    while True:
        settings = read_settings(gateway.config)[0].health_checks
        is_periodic = settings.when is When.PERIODIC
        await sleep(settings.pause(random) if is_periodic else _LOOK_AGAIN_SECONDS)
        if is_periodic:
            await _check_and_tell(gateway, unix_time())


async def check_providers(gateway: Gateway, *, only: str = "", also_cooling: bool = False) -> list[CheckResult]:
    """Ask every provider that some route may come to, or `only` the one of that name; providers at the same time,
    the keys and models of one after the other. What is cooling is left in peace unless `also_cooling`."""
    asked = {name: targets for name, targets in _routed(gateway.config).items() if only in ("", name)}
    rounds = await asyncio.gather(*(_Round(gateway, name, also_cooling).run(asked[name]) for name in asked))
    return [result for results in rounds for result in results]


async def _check_and_tell(gateway: Gateway, at: float) -> None:
    try:
        results = await check_providers(gateway)
    except Exception:  # noqa: BLE001 - the boundary of a background task: a defect must not end all later checks
        _log.exception("the health check failed")
        return
    gateway.checked = BackgroundCheck(at, tuple(results))
    for result in results:
        if result.outcome == "failed":
            where = ",".join(filter(None, (result.provider, result.model)))
            _log.warning("health check: %s %s: %s", where, result.key, result.message)
    _log.info("health check: %d of %d ok", sum(each.outcome == "ok" for each in results), len(results))


def _routed(config: Config) -> dict[str, list[Target]]:
    """The targets of all routes, fallbacks and rules, by provider; the demo is none."""
    found: dict[Target, None] = {}
    for _, name in checks.targets(config):
        target = named_target(name, config)
        provider = config.provider(target.provider_name) if target else None
        if target and provider and provider.protocol != "demo":
            found[target] = None
    by_provider: dict[str, list[Target]] = {}
    for target in found:
        by_provider.setdefault(target.provider_name, []).append(target)
    return by_provider


def _cooling(wait: float) -> str:
    return f"cooling, {wait:.0f} s left" if wait < float("inf") else "parked until its key is changed or reset"


class _Round:
    """One check of one provider."""

    def __init__(self, gateway: Gateway, provider: str, also_cooling: bool) -> None:
        self._gateway = gateway
        self._availability = gateway.availability
        self._provider = provider
        self._also_cooling = also_cooling
        self._patience = read_settings(gateway.config)[0].health_checks.patience
        self._results: list[CheckResult] = []

    async def run(self, targets: list[Target]) -> list[CheckResult]:
        """Ask, tell the circuits, and return what was found."""
        candidates = [candidate for target in targets for candidate in self._availability.candidates_of(target)]
        to_ask = [candidate for candidate in candidates if self._is_to_be_asked(candidate)]
        # Looked up before anything is asked: the list's answer closes the provider's circuit.
        troubled = [candidate for candidate in to_ask if self._is_troubled(candidate)]
        if to_ask:
            is_listed = await self._ask_for_list(to_ask[0])
            if is_listed is not None:
                for candidate in troubled if is_listed else to_ask:
                    await self._ask(candidate)
        return self._results

    async def _ask_for_list(self, candidate: Candidate) -> bool | None:
        """Whether the provider's model list came; None when the provider cannot be reached at all."""
        began = time.monotonic()
        to = self._gateway.destination(candidate.target.provider_name, candidate.target.model)
        try:
            if not await has_model_list(self._gateway, to, candidate.key.secret, self._patience):
                return False
        except UpstreamFault as fault:
            if fault.cause not in _NOT_REACHED:
                return False
            self._availability.observe(candidate, fault, Cause(fault.cause))
            self._add("", "", "failed", "model list", began, message=fault.message)
            return None
        # A key and a model that do not exist: only the provider's own circuit is told.
        self._availability.observe(Candidate(Target(self._provider, ""), NO_KEY), None)
        self._add("", "", "ok", "model list", began, 200)
        return True

    async def _ask(self, candidate: Candidate) -> None:
        began, target = time.monotonic(), candidate.target
        to = self._gateway.destination(target.provider_name, target.model)
        try:
            await ask_briefly(self._gateway, to, candidate.key.secret, self._patience)
        except GatewayError as fault:
            cause = Cause(fault.cause) if isinstance(fault, UpstreamFault) else Cause.ANSWER
            self._availability.observe(candidate, fault, cause)
            status = fault.status if cause is Cause.ANSWER else 0
            self._add(target.model, candidate.key.label, "failed", "request", began, status, fault.message)
        else:
            self._availability.observe(candidate, None)
            self._add(target.model, candidate.key.label, "ok", "request", began, 200)

    def _is_to_be_asked(self, candidate: Candidate) -> bool:
        """What is cooling is noted as skipped, unless it is to be asked too."""
        prospect = self._prospect(candidate)
        if prospect.wait == 0 or self._also_cooling:
            return True
        message = prospect.over_budget or _cooling(prospect.wait)
        self._results.append(
            CheckResult(
                self._provider, candidate.target.model, candidate.key.label, "skipped", "request", message=message
            )
        )
        return False

    def _prospect(self, candidate: Candidate) -> Prospect:
        ask = Ask("health check", (candidate.target,), lambda _model: 0)
        prospects = self._availability.preview(ask)
        return next(each for each in prospects if each.candidate == candidate)

    def _is_troubled(self, candidate: Candidate) -> bool:
        """Whether a circuit above, of a key or a model, is not closed."""
        return any(
            view.provider == self._provider
            and view.phase is not Phase.CLOSED
            and (view.key or view.model)
            and view.key in ("", candidate.key.label)
            and view.model in ("", candidate.target.model)
            for view in self._availability.snapshot().circuits
        )

    def _add(
        self, model: str, key: str, outcome: str, how: str, began: float, status: int = 0, message: str = ""
    ) -> None:
        milliseconds = round((time.monotonic() - began) * 1000)
        self._results.append(CheckResult(self._provider, model, key, outcome, how, status, milliseconds, message))
