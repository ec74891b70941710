"""`groq`."""

from __future__ import annotations

from tests.ccr_proxy.transformers.asking import HELLO, chain, sent


def test_schemas_lose_their_dialect_wherever_it_stands() -> None:
    inner = {"type": "object", "$schema": "http://json-schema.org/draft-07/schema#", "properties": {}}
    odd = {"$schema": {"type": "string"}, "part": inner}
    tool = {"name": "t", "input_schema": {"$schema": "https://x", "type": "object", "properties": odd}}
    body = sent(chain("groq"), {**HELLO, "tools": [tool, {"name": "bare"}]})
    parameters = body["tools"][0]["function"]["parameters"]
    assert parameters["properties"] == {"$schema": {"type": "string"}, "part": {"type": "object", "properties": {}}}
    assert "$schema" not in parameters
    assert body["tools"][1]["function"]["name"] == "bare"


def test_reasoning_and_cache_marks_are_left_out() -> None:
    thought = {"type": "thinking", "thinking": "Hm", "signature": ""}
    asked = {
        **HELLO,
        "thinking": {"type": "enabled", "budget_tokens": 1000},
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}]},
            {"role": "assistant", "content": [thought, {"type": "text", "text": "y"}]},
            {"role": "user", "content": "z"},
        ],
    }
    body = sent(chain("openrouter", "groq"), asked, model="moonshotai/kimi-k2-instruct")
    assert body["messages"] == [
        {"role": "user", "content": "x"},
        {"role": "assistant", "content": "y"},
        {"role": "user", "content": "z"},
    ]
    assert "reasoning" not in body
