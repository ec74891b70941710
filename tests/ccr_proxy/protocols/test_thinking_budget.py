"""A lowered output limit lowers the thinking budget."""

from __future__ import annotations

from typing import Any

import pytest

from ccr_proxy.protocols.thinking_budget import within_limit


def enabled(budget: Any) -> dict[str, Any]:
    return {"type": "enabled", "budget_tokens": budget}


@pytest.mark.parametrize(
    ("limit", "thinking", "fitted"),
    [
        (32000, enabled(31999), enabled(31999)),
        (8192, enabled(31999), enabled(8191)),
        (8192, enabled(8192), enabled(8191)),
        (1025, enabled(2000), enabled(1024)),
        (1024, enabled(2000), {"type": "disabled"}),
        (100, enabled(31999), {"type": "disabled"}),
        (100, {"type": "adaptive"}, {"type": "adaptive"}),
        (100, enabled(None), enabled(None)),
        (None, enabled(5000), enabled(5000)),
    ],
)
def test_within_limit(limit: int | None, thinking: dict[str, Any], fitted: dict[str, Any]) -> None:
    body = {"max_tokens": limit, "thinking": thinking, "x": 1}
    assert within_limit(body) == {"max_tokens": limit, "thinking": fitted, "x": 1}
    assert (within_limit(body) is body) == (fitted == thinking)


@pytest.mark.parametrize("body", [{}, {"max_tokens": 5}, {"thinking": None, "max_tokens": 5}, {"thinking": enabled(5)}])
def test_nothing_to_fit(body: dict[str, Any]) -> None:
    assert within_limit(body) is body
