"""What budgets begin with after a restart."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccr_proxy.availability.budgets import Spent
from ccr_proxy.protocols.usage import Usage
from ccr_proxy.routing.decision import Decision
from ccr_proxy.routing.targets import Target
from ccr_proxy.usage.database import LedgerFault, open_for_writing
from ccr_proxy.usage.spent import spent_this_month
from ccr_proxy.usage.store import write
from tests.ccr_proxy.usage.records import DAY, NOON, attempt, record, refused

TODAY = NOON - DAY / 2


def a_dollar_per_input_token(provider: str, _model: str, usage: Usage, above: int) -> float | None:
    return None if provider == "unknown" else usage.input_tokens * (2.0 if above else 1.0)


def test_the_month_by_day_route_target_and_key(tmp_path: Path) -> None:
    path = tmp_path / "usage.sqlite3"
    connection = open_for_writing(path)
    ruled = Decision("rule", (Target("p", "m"),), "", rule="long")
    last_month = record(at=NOON - 25 * DAY)
    write(connection, [last_month, record(refused(), attempt()), record(at=NOON - DAY), record(at=NOON + 3600)])
    write(connection, [record(attempt(usage=Usage(40_000)), decision=ruled), record(attempt("unknown,m"))])
    connection.close()
    found = spent_this_month(path, NOON, a_dollar_per_input_token)
    assert found == [
        Spent(Target("p", "m"), "#1", "default", TODAY - DAY, 1170, 100.0),
        Spent(Target("p", "m"), "#1", "default", TODAY, 2340, 200.0),
        Spent(Target("unknown", "m"), "#1", "default", TODAY, 1170, None),
        Spent(Target("p", "m"), "#1", "long", TODAY, 40_000, 80_000.0),
    ]


def test_no_file_is_nothing_and_a_broken_one_is_told(tmp_path: Path) -> None:
    path = tmp_path / "usage.sqlite3"
    assert spent_this_month(path, NOON, a_dollar_per_input_token) == []
    path.write_text("broken" * 1000)
    with pytest.raises(LedgerFault):
        spent_this_month(path, NOON, a_dollar_per_input_token)
