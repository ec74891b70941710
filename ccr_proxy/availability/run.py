"""The attempts of one request: who is asked, in which order, until one has answered.

    async for attempt in run:
        async with attempt:
            try:
                return await ask(attempt.target, attempt.key)   # calls attempt.answered() at the first content
            except GatewayError as fault:
                attempt.failed(fault, cause)
    raise run.failure()

Leaving an attempt without a word counts as answered; leaving it by any other exception as abandoned by the client.
`changed` and `taken_up` instead of `failed` make the same candidate the next attempt, also after content.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import TracebackType

from ccr_proxy.availability.affinity import Affinity
from ccr_proxy.availability.breaker import Happened
from ccr_proxy.availability.budgets import Budgets, Plan, total_tokens
from ccr_proxy.availability.circuits import Candidate, Circuits
from ccr_proxy.availability.classify import Cause, failure_of
from ccr_proxy.availability.door import Door, Full
from ccr_proxy.availability.failures import TABLE, Failure, Situation, Step, verdict_of
from ccr_proxy.availability.keys import ApiKey
from ccr_proxy.availability.limits import Entry
from ccr_proxy.availability.line import Line
from ccr_proxy.availability.most_useful import Failed, most_useful
from ccr_proxy.availability.retry_after import retry_after, stated_retry_after
from ccr_proxy.availability.settings import Settings
from ccr_proxy.availability.shared_state import Binding
from ccr_proxy.availability.speed import Speeds
from ccr_proxy.availability.trace import ABANDONED, ANSWERED, BROKE_OFF, CHANGED, TAKEN_UP, AttemptRecord, Trace
from ccr_proxy.config.target_set import Strategy
from ccr_proxy.errors import GatewayError
from ccr_proxy.protocols.usage import Usage
from ccr_proxy.routing.targets import Target


@dataclass(frozen=True, slots=True)
class Ask:
    """A request that wants an answer: its route (or rule), the targets that routing chose, its estimated tokens by
    model, and the key of its session (`affinity.session_key`).

    `strategy` chooses among the first targets, as many as there are `weights`; the others are reserves, in order.
    """

    route: str
    targets: tuple[Target, ...]
    tokens_for: Callable[[str], int]
    session: str | None = None
    strategy: Strategy = "ordered"
    weights: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Means:
    """What the runs of a gateway share. `clock` gives seconds and never goes back, `unix_time` the date in seconds,
    `random` numbers from 0 to below 1; `under_way` counts attempts by target."""

    settings: Settings
    budgets: Budgets
    circuits: Circuits
    affinity: Affinity
    speeds: Speeds
    under_way: Counter[Target]
    door_of: Callable[[str], Door | None]
    clock: Callable[[], float]
    unix_time: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]]
    random: Callable[[], float]


@dataclass(frozen=True, slots=True)
class _Repeat:
    candidate: Candidate
    number: int
    pause: float


class Run:
    """One request under way; an asynchronous iterator of its attempts. Made by `Availability.start`."""

    def __init__(self, means: Means, ask: Ask, plan: Plan) -> None:
        self._means = means
        self._ask = ask
        self._plan = plan
        self._line = Line(plan.candidates)
        self._first_lost = plan.is_meant_lost
        self._were_full: set[str] = set()
        self._answered = False
        self._repeat: _Repeat | None = None
        self._failed: list[Failed] = []
        self._broke: GatewayError | None = None  # the break after which an answer is to be finished
        self.trace = Trace()
        told: set[str] = set()
        for each in plan.passed_over:
            # All keys of a provider fall to one budget, which is told once.
            if each.why in told:
                continue
            told.add(each.why)
            self._not_asked(each.candidate, Failure.OVER_BUDGET, GatewayError(429, each.why), each.seconds)

    def __aiter__(self) -> Run:
        return self

    async def __anext__(self) -> Attempt:
        """Wait for whatever the next attempt has to wait for, and start it."""
        while self._repeat or not self._answered:
            repeat, self._repeat = self._repeat, None
            if repeat:
                await self._pause(repeat.pause)
                candidate, steered = repeat.candidate, False
            else:
                next_one, was_available = self._take()
                if next_one is None:
                    raise StopAsyncIteration
                candidate, steered = next_one, was_available
            attempt = await self._begin(candidate, repeat, steered=steered)
            if attempt:
                return attempt
        raise StopAsyncIteration

    def failure(self) -> GatewayError:
        """The error for the client when no attempt was answered: the most useful one. What broke off behind content and
        could not be taken up is told as that break."""
        if self._broke is not None:
            return self._broke
        if not self._failed:
            return GatewayError(503, f"route {self._ask.route!r} has no target that could be asked")
        told = most_useful(self._failed)
        if told.retry_after is not None and "retry-after" not in {name.lower() for name in told.fault.headers}:
            told.fault.headers = {**told.fault.headers, "retry-after": str(math.ceil(told.retry_after))}
        return told.fault

    def _wait(self, candidate: Candidate) -> float:
        return self._means.circuits.wait(candidate, self._means.clock())

    def _take(self) -> tuple[Candidate | None, bool]:
        """The next candidate, and whether its circuits let it pass."""
        candidate, self._line = self._line.take(self._wait)
        self._first_lost = self._first_lost or any(map(self._plan.is_meant, self._line.cooling))
        return candidate, candidate is not None and self._wait(candidate) == 0

    async def _pause(self, seconds: float) -> None:
        if seconds > 0:
            await self._means.sleep(seconds)

    async def _begin(self, candidate: Candidate, repeat: _Repeat | None, *, steered: bool) -> Attempt | None:
        """The attempt, once there is room for it; None when there is not, or when the candidate failed meanwhile."""
        door = self._means.door_of(candidate.target.provider_name)
        entry = None
        if door:
            try:
                entry = await door.enter(self._ask.tokens_for(candidate.target.model), self._patience(door, candidate))
            except Full as full:
                self._was_full(candidate, full)
                return None
            if steered and self._wait(candidate) > 0 and not self._line.is_empty(self._wait):
                door.leave(entry)
                self._line = self._line.set_aside_cooling(candidate)
                self._first_lost = self._first_lost or self._plan.is_meant(candidate)
                return None
        self._line = self._line.tried()
        return Attempt(self, candidate, door, entry, repeat.number if repeat else 0, repeat.pause if repeat else 0.0)

    def _patience(self, door: Door, candidate: Candidate) -> float:
        """How long to wait at the door. Once content has gone out there is nobody else to ask."""
        limits = door.limits
        if self._answered:
            return limits.wait
        elsewhere = self._line.only(lambda other: other.target.provider_name != candidate.target.provider_name)
        return limits.wait if elsewhere.is_empty(self._wait) else limits.wait_before_moving

    def _was_full(self, candidate: Candidate, full: Full) -> None:
        provider = candidate.target.provider_name
        fault = GatewayError(
            429, f"{provider} is busy: its configured limits leave no room", headers=_wait_header(full)
        )
        if self._answered:
            self._not_asked(candidate, Failure.BUSY, fault, full.seconds, BROKE_OFF)
            return
        elsewhere = self._line.only(lambda other: other.target.provider_name != provider)
        for_later = provider not in self._were_full and not elsewhere.is_empty(self._wait)
        self._line = self._line.set_aside_busy(candidate) if for_later else elsewhere
        self._were_full.add(provider)
        self._not_asked(candidate, Failure.BUSY, fault, full.seconds)

    def _not_asked(
        self, candidate: Candidate, failure: Failure, fault: GatewayError, seconds: float, verdict: str = ""
    ) -> None:
        """Note a candidate that could not even be asked, and for how many seconds that is so."""
        self._failed.append(Failed(failure, fault, seconds))
        verdict = verdict or TABLE[failure].then.value
        record = AttemptRecord(candidate.target, candidate.key.label, 0, failure, fault.message, 0, verdict)
        self.trace.attempts.append(record)

    def _judge(self, attempt: Attempt, failure: Failure, failed: Failed) -> Step:
        """What follows a failed attempt; puts it into effect."""
        then = TABLE[failure].then
        rest = self._line.after(then, attempt.candidate, self._ask.tokens_for)
        situation = Situation(
            repetitions=attempt.repetitions,
            is_last=rest.is_empty(self._wait),
            retry_after=failed.retry_after,
            must_not_repeat=_header(failed.fault, "x-should-retry") == "false",
            jitter=self._means.random(),
        )
        verdict = verdict_of(failure, situation, self._means.settings.patience)
        if verdict.step is Step.AGAIN:
            self._repeat = _Repeat(attempt.candidate, attempt.repetitions + 1, verdict.pause)
        else:
            self._line = rest
        self._failed.append(failed)
        if TABLE[failure].cools is not None and self._plan.is_meant(attempt.candidate):
            self._first_lost = True
        return verdict.step

    def _once_more(self, attempt: Attempt) -> None:
        """The same candidate is to be asked next, at once. That is none of the table's repetitions."""
        self._repeat = _Repeat(attempt.candidate, attempt.repetitions, 0.0)

    def _settle(self, candidate: Candidate, now: float) -> None:
        """The run is over. The session stays where it was answered, unless its own place is merely full; who takes
        somebody's place keeps it for that one."""
        self._answered = True
        is_meant = self._plan.is_meant(candidate)
        if is_meant or self._first_lost:
            kept = self._plan.places[candidate]
            place = Binding(kept.target.provider_name, kept.target.model, kept.key.identity, now, now)
            self._means.affinity.answered(self._ask.session, place, now, moved=not is_meant)


class Attempt:
    """One try at one candidate. Enter it at once; it holds a place at its provider until it is left."""

    def __init__(
        self, run: Run, candidate: Candidate, door: Door | None, entry: Entry | None, repetitions: int, pause: float
    ) -> None:
        self._run = run
        self._means = run._means
        self._door = door
        self._entry = entry
        self._pause = pause
        self.candidate = candidate
        self.repetitions = repetitions
        self._began = self._means.clock()
        self._first_token: float | None = None
        self._usage: Usage | None = None
        self._measure: Callable[[], Usage | None] | None = None
        self._record: AttemptRecord | None = None
        self._claims = self._means.circuits.claim(candidate, self._began)
        self._means.under_way[candidate.target] += 1

    @property
    def target(self) -> Target:
        """Provider and model to ask."""
        return self.candidate.target

    @property
    def key(self) -> ApiKey:
        """The key to ask with: `key.secret` for the provider, `key.label` for people."""
        return self.candidate.key

    async def __aenter__(self) -> Attempt:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._record is None and error is None:
            self._finish()
        elif self._record is None:
            self._write(200 if self._first_token is not None else 0, None, "", ABANDONED)
        self._count_what_is_known()
        self._means.circuits.release(self._claims)
        self._means.under_way[self.target] -= 1
        if self._door and self._entry:
            self._door.leave(self._entry, total_tokens(self._usage) if self._usage else None)

    def answered(self) -> None:
        """The first content has come: the candidate works, and the session stays with it. Later calls do nothing."""
        if self._first_token is not None:
            return
        now = self._means.clock()
        self._first_token = now - self._began
        self._means.speeds.record(self.target, self._first_token, now)
        self._means.circuits.answered(self.candidate, self._began, self._claims, now)
        self._claims = ()
        self._run._settle(self.candidate, now)

    def measured_by(self, measure: Callable[[], Usage | None]) -> None:
        """Who tells what the request took so far, None when nothing is known: asked when the attempt is left without
        `used`, because it failed, broke off or was abandoned."""
        self._measure = measure

    def used(self, usage: Usage) -> None:
        """What the request really took, for the limit per minute and the budgets; to be called once."""
        self._usage = usage
        self._means.budgets.count(self.candidate, self._run._ask.route, usage, self._means.unix_time())
        if self._record is not None:
            self._record = self._run.trace.amend(self._record, usage)

    def failed(self, fault: GatewayError, cause: Cause = Cause.ANSWER) -> Step:
        """The attempt failed, and nothing has gone out to the client. Returns what follows.

        After `answered`, of this attempt or of the one that it takes up, nothing can follow: then this is the same as
        `broke_off`.
        """
        if self._run._answered:
            self.broke_off(fault, cause)
            return Step.CLIENT
        failure = self._failure_of(fault, cause)
        asked = self._cool(fault, failure)
        step = self._run._judge(self, failure, Failed(failure, fault, asked))
        self._write(_status(fault, cause), failure, fault.message, step.value)
        return step

    def broke_off(self, fault: GatewayError, cause: Cause = Cause.BROKEN_OFF) -> None:
        """The answer failed after content had gone out: counted, but the request cannot move any more."""
        failure = self._failure_of(fault, cause)
        self._cool(fault, failure)
        self._write(_status(fault, cause), failure, fault.message, BROKE_OFF)

    def changed(self, fault: GatewayError) -> None:
        """The request was refused in a way that tells how to change it: the same is to be asked next, with the change.
        That cools nothing, because whoever explains a refusal works."""
        self._write(fault.status, self._failure_of(fault, Cause.ANSWER), fault.message, CHANGED)
        self._run._once_more(self)

    def taken_up(self, fault: GatewayError, cause: Cause = Cause.BROKEN_OFF) -> None:
        """The answer failed after content had gone out, and the same is to be asked next for the rest of it.

        What it took is counted now: the measure may begin anew for the next attempt.
        """
        failure = self._failure_of(fault, cause)
        self._cool(fault, failure)
        self._count_what_is_known()
        self._write(_status(fault, cause), failure, fault.message, TAKEN_UP)
        self._run._broke = fault
        self._run._once_more(self)

    def _count_what_is_known(self) -> None:
        measure, self._measure = self._measure, None
        usage = measure() if measure and self._usage is None else None
        if usage is not None:
            self.used(usage)

    def _failure_of(self, fault: GatewayError, cause: Cause) -> Failure:
        return failure_of(fault, cause, provider=self.target.provider_name, rules=self._means.settings.error_rules)

    def _cool(self, fault: GatewayError, failure: Failure) -> float | None:
        """Tell the circuits. Returns the seconds that the provider asked for."""
        unix_time = self._means.unix_time()
        if failure is Failure.RATE_LIMITED:
            asked = retry_after(fault.headers, fault.message, unix_time)
        else:
            asked = stated_retry_after(fault.headers, unix_time)
        happened = Happened(failure, fault.status, fault.message, self._began, retry_after=asked)
        claims, self._claims = self._claims, ()
        self._means.circuits.failed(self.candidate, happened, claims, self._means.clock())
        return asked

    def _finish(self) -> None:
        self.answered()
        self._means.circuits.finished(self.candidate, self._began)
        self._write(200, None, "", ANSWERED)

    def _write(self, status: int, failure: Failure | None, error: str, verdict: str) -> None:
        record = AttemptRecord(
            self.target,
            self.key.label,
            status,
            failure,
            error[:500],
            round((self._means.clock() - self._began) * 1000),
            verdict,
            None if self._first_token is None else round(self._first_token * 1000),
            round(self._pause * 1000),
            self._usage,
        )
        self._record = record
        self._run.trace.attempts.append(record)


def _status(fault: GatewayError, cause: Cause) -> int:
    """The status that the provider gave; 0 when there was none."""
    if cause is Cause.ANSWER:
        return fault.status
    return 200 if cause in (Cause.IDLE_TIMEOUT, Cause.BROKEN_OFF, Cause.EMPTY, Cause.GARBLED) else 0


def _header(fault: GatewayError, wanted: str) -> str:
    return next((value.lower() for name, value in fault.headers.items() if name.lower() == wanted), "")


def _wait_header(full: Full) -> dict[str, str]:
    return {"retry-after": str(math.ceil(full.seconds))}
