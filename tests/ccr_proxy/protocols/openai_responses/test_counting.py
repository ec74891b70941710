"""How a Responses provider is asked for a count."""

from __future__ import annotations

import pytest

from ccr_proxy.protocols.answer import Target
from ccr_proxy.protocols.model_profile import profile_for
from ccr_proxy.protocols.openai_responses.counting import count_body, count_url
from ccr_proxy.protocols.openai_responses.request import encode


@pytest.mark.parametrize(
    ("request_url", "url"),
    [
        ("https://api.openai.com/v1/responses", "https://api.openai.com/v1/responses/input_tokens"),
        ("https://host/openai/responses?api-version=1", "https://host/openai/responses/input_tokens?api-version=1"),
        ("https://host/v1/answers", None),
    ],
)
def test_the_count_is_below_the_responses(request_url: str, url: str | None) -> None:
    assert count_url(request_url) == url


def test_only_the_fields_of_the_endpoint_are_sent() -> None:
    target = Target("p", "gpt-5", profile_for("gpt-5"))
    body = {
        "model": "claude-x",
        "max_tokens": 100,
        "stream": True,
        "system": "S",
        "messages": [{"role": "user", "content": "Hi"}],
        "tools": [{"name": "Read", "input_schema": {"type": "object"}}],
        "tool_choice": {"type": "any", "disable_parallel_tool_use": True},
        "thinking": {"type": "enabled", "budget_tokens": 2000},
    }
    encoded = encode(body, target).body
    assert {"store", "stream", "max_output_tokens"} <= encoded.keys()
    counted = count_body(encoded, target)
    names = {"model", "input", "instructions", "tools", "tool_choice", "parallel_tool_calls", "reasoning"}
    assert counted == {name: encoded[name] for name in names}
