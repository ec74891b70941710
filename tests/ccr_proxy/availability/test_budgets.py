"""What budgets count, whom they stop, and until when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.availability.availability import Availability
from ccr_proxy.availability.budgets import Budgets, CostOf, Spent
from ccr_proxy.availability.circuits import Candidate
from ccr_proxy.availability.keys import NO_KEY
from ccr_proxy.availability.read_settings import read_settings
from ccr_proxy.availability.settings import Settings
from ccr_proxy.errors import GatewayError
from ccr_proxy.protocols.usage import Usage
from ccr_proxy.routing.targets import Target
from tests.ccr_proxy.availability.simulated import SimulatedTime, ask, config, fault, gateway, provider, serve, target

P = provider("p", "m", "n", api_keys=[{"key": "sk-another-0123456789-BBBB", "label": "second"}])
Q, R = provider("q", "m"), provider("r", "m")
FIRST = "p,m #1 …efgh"
CHEAP = {"use": "r,m"}
NOON = datetime(2026, 2, 27, 12, tzinfo=UTC).timestamp()
DAY = 86_400.0


def a_dollar_per_token(where: Target, usage: Usage) -> float | None:
    """Prices are known, but not at `q`."""
    return None if where.provider_name == "q" else float(usage.input_tokens + 2 * usage.output_tokens)


def settings_of(*budgets: dict[str, Any], cost_of: CostOf = a_dollar_per_token) -> Settings:
    settings, _ = read_settings(config(P, Q, R, availability={"budgets": list(budgets)}), cost_of=cost_of)
    assert len(settings.budgets) == len(budgets)
    return settings


def budget(per: str, name: str, tokens: int = 1000, period: str = "day", **more: Any) -> dict[str, Any]:
    return {"per": per, "name": name, "period": period, "tokens": tokens, **more}


def money(per: str, name: str, usd: float, period: str = "day", **more: Any) -> dict[str, Any]:
    return {"per": per, "name": name, "period": period, "usd": usd, **more}


class Calendar:
    """A date that only moves when told."""

    def __init__(self, now: float = NOON) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def here(date: Calendar, *budgets: dict[str, Any], **more: Any) -> Availability:
    return gateway(SimulatedTime(), settings_of(*budgets), unix_time=date, cost_of=a_dollar_per_token, **more)


async def use(at: Availability, where: str, usage: Usage | int) -> None:
    """One answered request to a target, which really took so much; a number is one of output tokens."""
    async for attempt in at.start(ask(where)):
        async with attempt:
            attempt.answered()
            attempt.used(usage if isinstance(usage, Usage) else Usage(output_tokens=usage))


def asked(at: Availability, *targets: str) -> list[str]:
    """Who would be asked for a request, in order."""
    return [str(each.candidate) for each in at.preview(ask(*targets)) if not each.over_budget]


SECOND, Q1, R1, N1, N2 = "p,m second", "q,m #1 …efgh", "r,m #1 …efgh", "p,n #1 …efgh", "p,n second"


@pytest.mark.parametrize(
    ("budgets", "used", "targets", "order"),
    [
        ([budget("provider", "p")], [("p,m", 999)], ["p,m", "q,m"], [FIRST, SECOND, Q1]),
        ([budget("provider", "p")], [("p,m", 1000)], ["p,m", "q,m"], [Q1]),
        ([budget("provider", "P")], [("p,n", 600), ("p,m", 600)], ["p,m", "q,m"], [Q1]),
        ([budget("provider", "p")], [("q,m", 5000)], ["p,m"], [FIRST, SECOND]),
        ([budget("key", "p,#1")], [("p,m", 1000)], ["p,m", "q,m"], [SECOND, Q1]),
        ([budget("key", "p,second")], [("p,m", 1000)], ["p,m"], [FIRST, SECOND]),
        ([budget("route", "default")], [("q,m", 1000)], ["p,m", "q,m"], []),
        ([budget("route", "think")], [("p,m", 5000)], ["p,m"], [FIRST, SECOND]),
        ([budget("provider", "p", then="refuse")], [("p,m", 1000)], ["p,m"], []),
        ([budget("provider", "p", then=CHEAP)], [("p,m", 999)], ["p,m", "q,m"], [FIRST, SECOND, Q1]),
        ([budget("provider", "p", then=CHEAP)], [("p,m", 1000)], ["p,m", "q,m"], [R1, Q1]),
        ([budget("provider", "p", then=CHEAP)], [("p,m", 1000)], ["q,m", "p,m"], [Q1, R1]),
        ([budget("provider", "p", then=CHEAP)], [("p,m", 1000)], ["r,m", "p,m"], [R1]),
        ([budget("provider", "p", then={"use": "p,n"})], [("p,m", 1000)], ["p,m"], [N1, N2]),
        ([budget("route", "default", then=CHEAP)], [("p,m", 1000)], ["p,m", "q,m"], [R1]),
        ([budget("route", "default", then=CHEAP)], [("r,m", 9000)], ["p,m"], [FIRST, SECOND]),
        ([budget("route", "default", then=CHEAP), budget("provider", "r")], [("p,m", 999), ("r,m", 1000)],
         ["p,m"], [FIRST, SECOND]),
        ([budget("route", "default", then=CHEAP), budget("provider", "r")], [("r,m", 1000), ("p,m", 1000)],
         ["p,m"], []),
        ([budget("provider", "p", then=CHEAP), budget("provider", "r", 9, then={"use": "q,m"})],
         [("r,m", 9), ("p,m", 1000)], ["p,m"], [Q1]),
        ([budget("provider", "p", then=CHEAP), budget("provider", "r", 9, then={"use": "p,m"})],
         [("r,m", 9), ("p,m", 1000)], ["p,m"], []),
        ([budget("provider", "p", 500, then=CHEAP), budget("provider", "p")], [("p,m", 600)], ["p,m"], [R1]),
    ],
)  # fmt: skip
async def test_who_is_asked(
    budgets: list[dict[str, Any]], used: list[tuple[str, int]], targets: list[str], order: list[str]
) -> None:
    at = here(Calendar(), *budgets)
    for where, tokens in used:
        await use(at, where, tokens)
    assert asked(at, *targets) == order


@pytest.mark.parametrize(
    ("period", "now", "seconds"),
    [
        ("day", "2026-02-27T12:00:00", 12 * 3600),
        ("day", "2026-02-28T23:59:59", 1),
        ("day", "2026-03-01T00:00:00", 24 * 3600),
        ("month", "2026-02-27T12:00:00", 36 * 3600),
        ("month", "2028-02-28T12:00:00", 36 * 3600),
        ("month", "2026-12-31T23:00:00", 3600),
        ("month", "2026-01-01T00:00:00", 31 * 24 * 3600),
        ("month", "2026-01-31T00:00:00", 24 * 3600),
    ],
)
async def test_a_budget_is_refused_until_its_period_ends_and_then_it_starts_anew(
    period: str, now: str, seconds: int
) -> None:
    date = Calendar(datetime.fromisoformat(now).replace(tzinfo=UTC).timestamp())
    at = here(date, budget("provider", "p", period=period))
    await use(at, "p,m", 1200)
    run = at.start(ask("p,m"))
    assert await serve(run, {}) is None
    refusal = run.failure()
    assert (refusal.status, refusal.headers) == (429, {"retry-after": str(seconds)})
    date.now += seconds - 0.5
    assert asked(at, "p,m") == []
    date.now += 0.5
    assert asked(at, "p,m") == [FIRST, SECOND]
    assert [(view.used, view.seconds_left > 0) for view in at.snapshot().budgets] == [(0, True)]


async def test_the_refusal_says_which_budget_and_until_when_and_is_in_the_trace() -> None:
    at = here(Calendar(), budget("key", "p,second", 1_000_000), budget("provider", "p", 2_000_000, "month"))
    await use(at, "p,m", 2_500_000)
    run = at.start(ask("p,m"))
    assert await serve(run, {}) is None
    assert run.failure().message == (
        'the budget of 2,000,000 tokens per month for provider "p" is used up (2,500,000 tokens); '
        "it starts anew on 2026-03-01 at 00:00 UTC"
    )
    assert run.trace.header() == "p,m #1 ...efgh - over_budget"
    (prospect, _) = at.preview(ask("p,m"))
    assert (prospect.over_budget, prospect.wait) == (run.failure().message, 36 * 3600.0)


async def test_of_two_budgets_the_one_that_ends_later_counts() -> None:
    at = here(Calendar(), budget("provider", "p", 10), budget("provider", "p", 10, "month"))
    await use(at, "p,m", 10)
    run = at.start(ask("p,m"))
    assert await serve(run, {}) is None
    assert run.failure().headers == {"retry-after": str(36 * 3600)}


@pytest.mark.parametrize(
    ("answer", "status"),
    [(None, None), (fault(500), 500), (fault(401), 429), (fault(400), 400)],
)
async def test_the_others_are_asked_and_their_error_counts_if_it_passes_sooner(
    answer: GatewayError | None, status: int | None
) -> None:
    at = here(Calendar(), budget("provider", "p"))
    await use(at, "p,m", 1000)
    run = at.start(ask("p,m", "q,m"))
    served = await serve(run, {"q,m": answer})
    assert (served or run.failure().status) == (status or "q,m")
    assert next(iter(run.trace)).failure == "over_budget"


async def test_every_kind_of_token_counts() -> None:
    at = here(Calendar(), budget("provider", "p"), budget("provider", "p", period="month"))
    await use(at, "p,m", Usage(1, 20, 300, 4000, reasoning_tokens=5))
    assert [(view.used, view.seconds_left) for view in at.snapshot().budgets] == [
        (4321, DAY / 2),
        (4321, 1.5 * DAY),
    ]


async def test_money_is_counted_by_price() -> None:
    at = here(Calendar(), money("provider", "p", 5.0))
    await use(at, "p,m", Usage(1, 1))
    assert [(view.used, str(view.budget)) for view in at.snapshot().budgets] == [
        (3.0, 'budget of $5.00 per day for provider "p"')
    ]
    assert asked(at, "p,m") == [FIRST, SECOND]
    await use(at, "p,m", Usage(2, 0))
    assert asked(at, "p,m") == []


async def test_a_number_of_tokens_alone_is_taken_for_the_dearest_kind() -> None:
    at = here(Calendar(), money("provider", "p", 5.0))
    await use(at, "p,m", 2)
    assert at.snapshot().budgets[0].used == 4.0


async def test_what_has_no_price_is_not_asked_under_a_budget_in_money_and_is_never_free() -> None:
    at = here(Calendar(), money("route", "default", 5.0))
    run = at.start(ask("q,m"))
    assert await serve(run, {}) is None
    assert "cannot be kept: the price of q,m is not known" in run.failure().message
    assert asked(at, "q,m", "p,m") == [FIRST, SECOND]


def test_a_price_that_got_lost_uses_the_budget_up() -> None:
    prices: list[float | None] = [1.0, None]
    budgets = Budgets(settings_of(money("provider", "p", 5.0)).budgets, lambda _where, _usage: prices[0])
    candidate = Candidate(target("p,m"), NO_KEY)
    budgets.count(candidate, "default", Usage(1), NOON)
    prices.reverse()
    budgets.count(candidate, "default", Usage(1), NOON)
    assert [view.used for view in budgets.views(NOON)] == [5.0]


async def test_a_substitute_keeps_the_place_of_a_session_until_the_budget_starts_anew() -> None:
    date = Calendar()
    at = here(date, budget("provider", "p", then=CHEAP))
    request = ask("p,m", "q,m", session="s", strategy="weighted", weights=(1, 1))
    assert await serve(at.start(request), {}) == "p,m"
    await use(at, "p,m", 1000)
    assert [await serve(at.start(request), {}) for _ in range(5)] == ["r,m"] * 5
    date.now += DAY / 2
    assert await serve(at.start(request), {}) == "p,m"


async def test_without_a_substitute_a_session_moves_once() -> None:
    at = here(Calendar(), budget("provider", "p"))
    chosen = {"strategy": "weighted", "weights": (2, 1, 1)}
    request = ask("p,m", "q,m", "r,m", session="s", **chosen)  # type: ignore[arg-type]
    assert await serve(at.start(request), {}) == "p,m"
    await use(at, "p,m", 1000)
    moved = await serve(at.start(request), {})
    for name in map(str, range(8)):
        assert await serve(at.start(ask("p,m", "q,m", "r,m", session=name, **chosen)), {}) != "p,m"  # type: ignore[arg-type]
        assert await serve(at.start(request), {}) == moved


async def test_a_substitute_that_is_over_budget_too_holds_no_place() -> None:
    at = here(Calendar(), budget("provider", "p", then=CHEAP), budget("provider", "r"))
    await use(at, "r,m", 1000)
    request = ask("p,m", "q,m", session="s")
    assert await serve(at.start(request), {}) == "p,m"
    await use(at, "p,m", 1000)
    assert await serve(at.start(request), {}) == "q,m"
    (prospect, *_) = at.preview(request)
    assert (str(prospect.candidate), prospect.home) == (Q1, True)


async def test_a_substitute_that_fails_is_left_like_any_other() -> None:
    at = here(Calendar(), budget("provider", "p", then=CHEAP))
    await use(at, "p,m", 1000)
    request = ask("p,m", "q,m", session="s")
    assert await serve(at.start(request), {"r,m": fault(500)}) == "q,m"
    assert await serve(at.start(request), {}) == "q,m"


def spent(where: str, at: float, **more: Any) -> Spent:
    """1000 tokens at the first key, for a quarter of a dollar."""
    return replace(Spent(target(where), FIRST.partition(" ")[2], "default", at, 1000, 0.25), **more)


def test_budgets_begin_with_what_was_spent_before() -> None:
    date = Calendar()
    at = here(date, budget("key", "p,#1"), budget("provider", "p", 9000, "month"), money("provider", "p", 5, "month"))
    yesterday, today = date.now - DAY, date.now
    gone_key = spent("p,m", today, key_label="gone", dollars=None)
    at.begin_with([spent("p,m", yesterday), spent("p,m", today), gone_key, spent("q,m", today)])
    assert [view.used for view in at.snapshot().budgets] == [1000, 3000, 0.5]
    assert asked(at, "p,m", "r,m") == ["p,m second", "r,m #1 …efgh"]


async def test_a_changed_limit_counts_at_once_and_keeps_what_was_used() -> None:
    at = here(Calendar(), budget("provider", "p"))
    await use(at, "p,m", 1000)
    at.configure(settings_of(budget("provider", "p", 2000)))
    assert asked(at, "p,m") == [FIRST, SECOND]
    assert at.snapshot().budgets[0].used == 1000
    at.configure(settings_of(budget("provider", "p", 500)))
    assert asked(at, "p,m") == []


async def test_weights_hold_among_those_that_have_a_budget_left() -> None:
    at = here(Calendar(), budget("provider", "p"))
    await use(at, "p,m", 1000)
    request = ask("p,m", "q,m", "r,m", strategy="weighted", weights=(6, 3, 1))
    answered = [await serve(at.start(request), {}) for _ in range(40)]
    assert (answered.count("q,m"), answered.count("r,m")) == (30, 10)


@given(st.lists(st.tuples(st.sampled_from(["p,m", "p,n", "q,m", "r,m"]), st.integers(0, 400)), max_size=20))
async def test_counters_add_up_and_nobody_over_budget_is_asked(used: list[tuple[str, int]]) -> None:
    limits = {"p": 1000, "q": 500}
    at = here(Calendar(), *(budget("provider", name, limit) for name, limit in limits.items()))
    taken = dict.fromkeys("pqr", 0)
    for where, tokens in used:
        if asked(at, where):
            await use(at, where, tokens)
            taken[where[0]] += tokens
    assert [view.used for view in at.snapshot().budgets] == [taken["p"], taken["q"]]
    open_now = {each[0] for each in asked(at, "p,m", "q,m", "r,m")}
    assert open_now == {name for name in "pqr" if taken[name] < limits.get(name, 10**9)}
