"""What a failure means: the kinds, one table, and one function that reads it.

The table decides three things about every kind of failure: is the same target asked again, who is asked next, and
which circuit counts it. Three laws stand behind its rows:

* What is the request's own fault goes straight to the client and cools nothing: another target would refuse it too,
  and one bad request must not take a key away from everybody else.
* There is no waiting when the target changes. A pause stands only before asking the same target again, and that is
  done with a pause only when nobody else is left.
* A failure cools the least that explains it: a key for its rejection, a model for its trouble, a provider only when
  its address cannot be reached.

docs/availability.md shows the table; a test keeps both alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Failure(StrEnum):
    """Every way in which an attempt fails; the values are the names in configuration, traces and documentation."""

    REQUEST = "request"
    TOO_LONG = "too_long"
    INCAPABLE = "incapable"
    KEY_REFUSED = "key_refused"
    NO_CREDIT = "no_credit"
    FORBIDDEN = "forbidden"
    MISSING = "missing"
    RATE_LIMITED = "rate_limited"
    OVERLOADED = "overloaded"
    SERVER_ERROR = "server_error"
    TRANSIENT = "transient"
    UNREACHABLE = "unreachable"
    CONNECT_TIMEOUT = "connect_timeout"
    FIRST_BYTE_TIMEOUT = "first_byte_timeout"
    IDLE_TIMEOUT = "idle_timeout"
    BROKEN_OFF = "broken_off"
    EMPTY = "empty"
    GARBLED = "garbled"
    BUSY = "busy"
    OVER_BUDGET = "over_budget"


class Step(StrEnum):
    """What happens to the request now."""

    AGAIN = "same target again"
    NEXT_KEY = "next key"
    NEXT_MODEL = "next model"
    NEXT_PROVIDER = "next provider"
    LARGER_MODEL = "a model with room for it"
    CLIENT = "to the client"


class Scope(StrEnum):
    """Which circuit counts a failure."""

    KEY = "key"
    KEY_AND_MODEL = "key and model"
    MODEL = "model"
    PROVIDER = "provider"


class Opening(StrEnum):
    """How much it takes to open a circuit; with a Retry-After one failure is always enough."""

    AT_ONCE = "at once"
    AFTER_SEVERAL = "after several in a row"


class Length(StrEnum):
    """How long a circuit stays open when the provider does not say."""

    GROWING = "growing"
    LONG = "long"
    PARKED = "until changed or reset"


@dataclass(frozen=True, slots=True)
class Cooling:
    """How a failure weighs on a circuit."""

    scope: Scope
    opening: Opening = Opening.AFTER_SEVERAL
    length: Length = Length.GROWING


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: `again` times at once on the same target, then `then`. `may_pass`: the same target may well answer a
    second later, so when nobody else is left it is asked again after a pause."""

    means: str
    then: Step
    cools: Cooling | None = None
    again: int = 0
    may_pass: bool = True


TABLE: dict[Failure, Rule] = {
    Failure.REQUEST: Rule(
        "400, 422 and every other 4xx that is not below: the request is wrong", Step.CLIENT, may_pass=False
    ),
    Failure.TOO_LONG: Rule("the prompt exceeds the model's context (400, 422), 413", Step.LARGER_MODEL, may_pass=False),
    Failure.INCAPABLE: Rule(
        "the model or its protocol cannot take this content (images, documents, tools)",
        Step.NEXT_MODEL,
        may_pass=False,
    ),
    Failure.KEY_REFUSED: Rule(
        "401, or a 400 or 403 that says the API key is wrong",
        Step.NEXT_KEY,
        Cooling(Scope.KEY, Opening.AT_ONCE, Length.PARKED),
        may_pass=False,
    ),
    Failure.NO_CREDIT: Rule(
        "402, or a 400, 403 or 429 that says the credit is used up",
        Step.NEXT_KEY,
        Cooling(Scope.KEY, Opening.AT_ONCE, Length.LONG),
        may_pass=False,
    ),
    Failure.FORBIDDEN: Rule("403, 451", Step.NEXT_KEY, Cooling(Scope.KEY_AND_MODEL), may_pass=False),
    Failure.MISSING: Rule(
        "404, 405, 410, 501, or a 400 that says the model does not exist",
        Step.NEXT_MODEL,
        Cooling(Scope.MODEL, Opening.AT_ONCE),
        may_pass=False,
    ),
    Failure.RATE_LIMITED: Rule("429", Step.NEXT_KEY, Cooling(Scope.KEY_AND_MODEL, Opening.AT_ONCE)),
    Failure.OVERLOADED: Rule("503, 529", Step.NEXT_MODEL, Cooling(Scope.MODEL)),
    Failure.SERVER_ERROR: Rule("407, every other 5xx", Step.NEXT_MODEL, Cooling(Scope.MODEL)),
    Failure.TRANSIENT: Rule("408, 409, 421, 425, 499", Step.NEXT_MODEL, Cooling(Scope.MODEL), again=1),
    Failure.UNREACHABLE: Rule(
        "no connection, or one that was lost before an answer began",
        Step.NEXT_PROVIDER,
        Cooling(Scope.PROVIDER),
        again=1,
    ),
    Failure.CONNECT_TIMEOUT: Rule(
        "no connection in time", Step.NEXT_PROVIDER, Cooling(Scope.PROVIDER, Opening.AT_ONCE), may_pass=False
    ),
    Failure.FIRST_BYTE_TIMEOUT: Rule(
        "connected, but no answer began in time", Step.NEXT_MODEL, Cooling(Scope.MODEL), may_pass=False
    ),
    Failure.IDLE_TIMEOUT: Rule(
        "the answer fell silent for too long", Step.NEXT_MODEL, Cooling(Scope.MODEL), may_pass=False
    ),
    Failure.BROKEN_OFF: Rule(
        "a 200 that broke off before its first content", Step.NEXT_MODEL, Cooling(Scope.MODEL), again=1
    ),
    Failure.EMPTY: Rule("a 200 that ended without any content", Step.NEXT_MODEL, Cooling(Scope.MODEL)),
    Failure.GARBLED: Rule(
        "a 200 that is not an answer (an HTML page, broken JSON)", Step.NEXT_MODEL, Cooling(Scope.MODEL)
    ),
    Failure.BUSY: Rule("the limits configured here leave no room in time", Step.NEXT_MODEL, may_pass=False),
    Failure.OVER_BUDGET: Rule("a budget configured here is used up", Step.NEXT_KEY, may_pass=False),
}


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long to insist on the last target.

    `retries`: paused repetitions; `longest_pause`: seconds, also the longest Retry-After that is waited for in here
    (a longer one is the client's to wait for, who shows it).
    """

    retries: int = 1
    longest_pause: float = 5.0
    first_pause: float = 0.5


@dataclass(frozen=True, slots=True)
class Situation:
    """What has happened so far with the target that just failed.

    `repetitions`: how often it was asked again already. `is_last`: nobody else is left. `retry_after`: seconds the
    provider asked for. `must_not_repeat`: the provider said `x-should-retry: false`. `jitter`: 0 to 1.
    """

    repetitions: int = 0
    is_last: bool = False
    retry_after: float | None = None
    must_not_repeat: bool = False
    jitter: float = 0.5


@dataclass(frozen=True, slots=True)
class Verdict:
    """The next step, after a pause of so many seconds, which is 0 unless the step is AGAIN."""

    step: Step
    pause: float = 0.0


def verdict_of(failure: Failure, situation: Situation, patience: Patience) -> Verdict:
    """What to do after a failure."""
    rule = TABLE[failure]
    if not situation.must_not_repeat and not situation.retry_after and situation.repetitions < rule.again:
        return Verdict(Step.AGAIN)
    paused = situation.repetitions - rule.again
    if situation.is_last and rule.may_pass and not situation.must_not_repeat and paused < patience.retries:
        pause = _pause(failure, max(paused, 0), situation, patience)
        if pause is not None:
            return Verdict(Step.AGAIN, pause)
    return Verdict(rule.then)


def _pause(failure: Failure, number: int, situation: Situation, patience: Patience) -> float | None:
    """Seconds before asking the last target again; None when that is not worth it."""
    if situation.retry_after is not None:
        return situation.retry_after if situation.retry_after <= patience.longest_pause else None
    if failure is Failure.RATE_LIMITED:
        # A limit without a date does not pass within seconds.
        return None
    doubled: float = patience.first_pause * 2.0**number
    return min(doubled * (0.5 + situation.jitter), patience.longest_pause)
