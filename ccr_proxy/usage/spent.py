"""What the ledger knows of the present month, for budgets to begin with."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from ccr_proxy.availability.budgets import Spent
from ccr_proxy.protocols.usage import Usage
from ccr_proxy.routing.targets import Target
from ccr_proxy.usage.database import reading
from ccr_proxy.usage.totals import CostOfSum

_DAY = 86_400

_QUERY = f"""
    SELECT quarter / {_DAY} * {_DAY}, CASE WHEN rule = '' THEN route ELSE rule END, provider, model, key_label,
        prompt_above, sum(input), sum(output), sum(cache_read), sum(cache_write_5m), sum(cache_write_1h)
    FROM quarters WHERE quarter >= ? AND provider != ''
    GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1"""  # noqa: S608 - only the number is filled in


def spent_this_month(path: Path, now: float, cost_of: CostOfSum) -> list[Spent]:
    """What was taken in the month (of UTC) of `now`, in Unix seconds, the oldest first; nothing where there is no file
    yet. Raises LedgerFault when it cannot be read."""
    if not path.exists():
        return []
    began = datetime.fromtimestamp(now, UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    with reading(path) as connection:
        rows = connection.execute(_QUERY, (int(began.timestamp()),)).fetchall()
    spent = []
    for day, route, provider, model, key_label, above, *tokens in rows:
        taken, output, cache_read, cache_write_5m, cache_write_1h = tokens
        usage = Usage(taken, output, cache_read, cache_write_5m + cache_write_1h, cache_write_1h_tokens=cache_write_1h)
        dollars = cost_of(provider, model, usage, above)
        spent.append(Spent(Target(provider, model), key_label, route, float(day), sum(tokens), dollars))
    return spent
