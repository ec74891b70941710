"""Reasoning details that come back from a client."""

from __future__ import annotations

from typing import Any

import pytest

from ccr_proxy.protocols.inbound.openai_chat.reasoning import (
    earlier_reasoning,
    encrypted_detail,
    signature_detail,
    text_detail,
)

Json = dict[str, Any]


def thinking(text: str, signature: str = "") -> Json:
    return {"type": "thinking", "thinking": text, "signature": signature}


@pytest.mark.parametrize(
    ("details", "blocks"),
    [
        ([text_detail(0, "a"), text_detail(0, "b"), signature_detail(0, "s")], [thinking("ab", "s")]),
        ([text_detail(0, "a"), text_detail(1, "b")], [thinking("a"), thinking("b")]),
        ([signature_detail(0, "s"), signature_detail(1, "t")], [thinking("", "s"), thinking("", "t")]),
        ([encrypted_detail(0, "x"), text_detail(1, "a")], [{"type": "redacted_thinking", "data": "x"}, thinking("a")]),
        ([{"type": "reasoning.summary", "summary": "a"}], [thinking("a")]),
        ([{"type": "reasoning.text", "text": "a", "signature": "s"}] * 2, [thinking("a", "s")] * 2),
        ([{"type": "reasoning.text", "text": None, "signature": None}], []),
        (["odd", {"type": "reasoning.other"}, {}], []),
        ("odd", []),
        (None, []),
    ],
)
def test_details_become_thinking_blocks(details: Any, blocks: list[Json]) -> None:
    assert earlier_reasoning({"reasoning_details": details}) == blocks
