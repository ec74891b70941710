"""`cerebras`."""

from __future__ import annotations

import pytest

from tests.ccr_proxy.transformers.asking import HELLO, chain, sent

ON, OFF = {"type": "enabled", "budget_tokens": 1000}, {"type": "disabled"}


@pytest.mark.parametrize(
    ("model", "thinking", "expected"),
    [
        ("zai-glm-4.7", ON, {}),
        ("zai-glm-4.7", OFF, {"disable_reasoning": True}),
        ("gpt-oss-120b", ON, {"reasoning_effort": "low"}),
        ("gpt-oss-120b", OFF, {}),
    ],
)
def test_reasoning_is_asked_for_in_cerebras_words(model: str, thinking: object, expected: object) -> None:
    body = sent(chain("openrouter", "cerebras"), {**HELLO, "thinking": thinking}, model=model)
    if model == "gpt-oss-120b" and thinking is ON:
        body = sent(chain("cerebras"), {**HELLO, "thinking": thinking}, model=model)
    assert {key: value for key, value in body.items() if "reasoning" in key} == expected
