"""`deepseek`."""

from __future__ import annotations

import pytest

from tests.ccr_proxy.transformers.asking import HELLO, chain, sent


@pytest.mark.parametrize(
    ("model", "limit"),
    [
        ("deepseek-chat", 8192),
        ("deepseek-ai/DeepSeek-V3", 8192),
        ("some-other-model", 8192),
        ("deepseek-reasoner", 65536),
        ("deepseek-r1", 65536),
        ("deepseek-v4-pro", 100000),
    ],
)
def test_the_limit_is_the_models(model: str, limit: int) -> None:
    assert sent(chain("deepseek"), {**HELLO, "max_tokens": 100000}, model=model)["max_tokens"] == limit


def test_the_limit_can_be_set() -> None:
    body = sent(chain(["deepseek", {"max_tokens": "16384"}]), model="deepseek-chat")
    assert body["max_tokens"] == 16384


def test_reasoning_of_a_tool_turn_is_given_back() -> None:
    asked = {
        **HELLO,
        "messages": [
            {"role": "user", "content": "x"},
            {
                "role": "assistant",
                "content": [
                    {"type": "thinking", "thinking": "Hm", "signature": ""},
                    {"type": "tool_use", "id": "a", "name": "Bash", "input": {}},
                ],
            },
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "a", "content": "ok"}]},
        ],
    }
    assert sent(chain("deepseek"), asked)["messages"][1]["reasoning_content"] == "Hm"
