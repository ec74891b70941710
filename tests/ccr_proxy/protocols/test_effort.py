"""How much to think, from what Claude Code sends."""

from __future__ import annotations

from typing import Any

import pytest

from ccr_proxy.protocols.effort import effort_of


@pytest.mark.parametrize(
    ("body", "effort"),
    [
        ({}, ""),
        ({"thinking": {"type": "adaptive"}}, ""),
        ({"thinking": {"type": "adaptive"}, "output_config": {"effort": "high"}}, "high"),
        ({"thinking": {"type": "adaptive"}, "output_config": {"effort": "max"}}, "high"),
        ({"output_config": {"effort": "xhigh"}}, "high"),
        ({"output_config": {"effort": "low"}}, "low"),
        ({"output_config": {"effort": "unheard-of"}}, ""),
        ({"thinking": {"type": "disabled"}, "output_config": {"effort": "high"}}, ""),
        ({"thinking": {"type": "enabled", "budget_tokens": 1024}}, "low"),
        ({"thinking": {"type": "enabled", "budget_tokens": 10000}}, "medium"),
        ({"thinking": {"type": "enabled", "budget_tokens": 31999}}, "high"),
        ({"thinking": {"type": "enabled"}}, "high"),
        ({"thinking": "yes", "output_config": "no"}, ""),
        ({"output_config": {"effort": ["high"]}}, ""),
    ],
)
def test_effort(body: dict[str, Any], effort: str) -> None:
    assert effort_of(body) == effort
