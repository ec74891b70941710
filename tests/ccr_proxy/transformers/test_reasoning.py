"""`reasoning`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ccr_proxy.transformers.asking import HELLO, chain, sent

ON = {"type": "enabled", "budget_tokens": 1000}
OFF = {"type": "disabled"}


@pytest.mark.parametrize(
    ("options", "thinking", "expected"),
    [
        ({}, ON, True),
        ({}, {"type": "adaptive"}, True),
        ({}, OFF, False),
        ({}, None, None),
        ({"enable": "true"}, ON, True),
        ({"enable": False}, ON, False),
        ({"enable": "false"}, None, False),
    ],
)
def test_the_switch_follows_the_client_unless_it_is_fixed(options: Any, thinking: Any, expected: bool | None) -> None:
    body = sent(chain(["reasoning", options]), {**HELLO, "thinking": thinking} if thinking else HELLO)
    assert body.get("enable_thinking") is expected
    kinds = {True: {"type": "enabled"}, False: {"type": "disabled"}, None: None}
    assert body.get("thinking") == kinds[expected]


def test_only_chat_completions_has_the_switch() -> None:
    assert "enable_thinking" not in sent(chain("reasoning"), {**HELLO, "thinking": ON}, protocol="openai-responses")
