"""Sums between two times, in the reader's time zone, at the cost of today's prices."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ccr_proxy.protocols.usage import Usage
from ccr_proxy.routing.decision import Decision
from ccr_proxy.routing.targets import Target
from ccr_proxy.usage.database import Connection, open_for_writing, transaction
from ccr_proxy.usage.store import write
from ccr_proxy.usage.totals import GroupBy, Total, query_for, totals
from tests.ccr_proxy.usage.records import DAY, HOUR, NOON, attempt, record, refused

SINCE, UNTIL = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Connection]:
    connection = open_for_writing(tmp_path / "usage.sqlite3")
    yield connection
    connection.close()


def a_cent_per_input_token(provider: str, _model: str, usage: Usage, above: int) -> float | None:
    """Above 32 000 tokens it is two cents; what is at `free` has no price."""
    return None if provider == "unknown" else usage.input_tokens * (0.02 if above else 0.01)


def asked(connection: Connection, *by: GroupBy, zone: str = "UTC", since: datetime = SINCE) -> list[Total]:
    return totals(connection, by, since, UNTIL, ZoneInfo(zone), a_cent_per_input_token)


def by_group(found: list[Total]) -> dict[tuple[str, ...], int]:
    return {total.group: total.requests for total in found}


def test_everything_together(ledger: Connection) -> None:
    write(ledger, [record(refused(), attempt("q,n")), record(at=NOON + HOUR)])
    assert asked(ledger) == [Total((), 2, 3, 1, Usage(200, 40, 2000, 100, 10, True, 60), 2.0)]


def test_nothing_gives_no_group(ledger: Connection) -> None:
    write(ledger, [record(at=SINCE.timestamp() - 1), record(at=UNTIL.timestamp())])
    assert asked(ledger, GroupBy.DAY) == []


@pytest.mark.parametrize(
    ("by", "groups"),
    [
        ([GroupBy.MODEL], {("m",): 2, ("n",): 1}),
        ([GroupBy.PROVIDER], {("p",): 2, ("q",): 1}),
        ([GroupBy.ROUTE], {("default",): 2, ("rule “long”",): 1}),
        ([GroupBy.SESSION], {("",): 1, ("session-1",): 2}),
        ([GroupBy.PROJECT], {("-home-me-thing",): 3}),
        ([GroupBy.DAY, GroupBy.PROVIDER], {("2026-11-25", "p"): 1, ("2026-11-25", "q"): 1, ("2026-11-26", "p"): 1}),
    ],
)
def test_groups(ledger: Connection, by: list[GroupBy], groups: dict[tuple[str, ...], int]) -> None:
    ruled = Decision("rule", (Target("q", "n"),), "", rule="long")
    write(ledger, [record(), record(attempt("q,n"), decision=ruled), record(at=NOON + DAY, session_id=None)])
    assert by_group(asked(ledger, *by)) == groups


def test_a_session_belongs_to_its_project_from_its_first_request_on(ledger: Connection) -> None:
    write(ledger, [record(project=None), record(), record(project=None, session_id="other")])
    write(ledger, [record(project=None, session_id=None), record(session_id=None, project="p")])
    assert by_group(asked(ledger, GroupBy.PROJECT)) == {("",): 2, ("-home-me-thing",): 2, ("p",): 1}


@pytest.mark.parametrize(
    ("zone", "day", "hour"),
    [
        ("UTC", "2026-11-25", "2026-11-25T18:00"),
        ("Asia/Shanghai", "2026-11-26", "2026-11-26T02:00"),
        ("Asia/Kolkata", "2026-11-26", "2026-11-26T00:00"),
        ("Asia/Kathmandu", "2026-11-26", "2026-11-26T00:00"),
        ("America/New_York", "2026-11-25", "2026-11-25T13:00"),
    ],
)
def test_days_and_hours_are_those_of_the_reader(ledger: Connection, zone: str, day: str, hour: str) -> None:
    write(ledger, [record(at=datetime(2026, 11, 25, 18, 45, tzinfo=UTC).timestamp())])
    assert by_group(asked(ledger, GroupBy.DAY, GroupBy.HOUR, zone=zone)) == {(day, hour): 1}


def test_a_day_on_which_clocks_change_has_all_its_hours(ledger: Connection) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    midnight = datetime(2026, 10, 25, tzinfo=berlin)
    write(ledger, [record(at=midnight.timestamp() + number * HOUR) for number in range(26)])
    days = by_group(asked(ledger, GroupBy.DAY, zone="Europe/Berlin", since=midnight))
    assert days == {("2026-10-25",): 25, ("2026-10-26",): 1}


def test_an_unknown_price_is_named_and_never_counts_as_nothing(ledger: Connection) -> None:
    write(ledger, [record(attempt("unknown,m")), record(refused("unknown,m"), attempt("p,m"))])
    costs = {total.group: (total.cost, total.unpriced) for total in asked(ledger, GroupBy.PROVIDER)}
    assert costs == {("p",): (1.0, ()), ("unknown",): (None, ("unknown,m",))}
    (together,) = asked(ledger)
    assert (together.cost, together.unpriced) == (1.0, ("unknown,m",))


def test_what_took_no_tokens_costs_nothing_whatever_the_price(ledger: Connection) -> None:
    write(ledger, [record(refused("unknown,m"))])
    (total,) = asked(ledger)
    assert (total.cost, total.unpriced) == (0.0, ())


def test_long_prompts_have_their_own_price_though_they_are_summed_up(ledger: Connection) -> None:
    write(ledger, [record(attempt(usage=Usage(32_000))) for _ in range(3)] + [record(attempt(usage=Usage(32_001)))])
    (total,) = asked(ledger)
    assert total.cost == pytest.approx(3 * 320.00 + 640.02)


def test_a_year_of_many_requests_is_read_by_the_index(ledger: Connection) -> None:
    """200 000 requests in sessions of 200; of the sums only those of the days that are asked for are read."""
    sql = """
        WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 199999)
        INSERT INTO quarters SELECT 1764028800 + n / 200 * 900, 'session-' || n / 200, 'project', 'default', '', 'p',
            'm' || n % 4, '#1', 0, 1, 1, 1, 0, 100, 10, 0, 0, 0, 0 FROM numbers WHERE true
        ON CONFLICT DO UPDATE SET requests = requests + 1, attempts = attempts + 1, input = input + 100"""
    with transaction(ledger):
        ledger.execute(sql)
    for by in ((), (GroupBy.DAY, GroupBy.MODEL), (GroupBy.SESSION,), (GroupBy.HOUR, GroupBy.PROJECT)):
        plan = [row[3] for row in ledger.execute("EXPLAIN QUERY PLAN " + query_for(by), (0, 1))]
        assert any("SEARCH quarters USING PRIMARY KEY (quarter>? AND quarter<?)" in step for step in plan), plan
    since = datetime.fromtimestamp(1764028800, UTC)
    days = totals(ledger, [GroupBy.DAY], since, since + timedelta(days=400), UTC, a_cent_per_input_token)
    assert sum(day.requests for day in days) == 200_000
    assert sum(day.usage.input_tokens for day in days) == 20_000_000
