"""How an Anthropic provider is asked for a count."""

from __future__ import annotations

import pytest

from ccr_proxy.protocols.answer import Target
from ccr_proxy.protocols.anthropic.counting import count_body, count_url
from ccr_proxy.protocols.model_profile import profile_for


@pytest.mark.parametrize(
    ("request_url", "url"),
    [
        ("https://api.anthropic.com/v1/messages", "https://api.anthropic.com/v1/messages/count_tokens"),
        ("https://host/messages/v1/messages?beta=true", "https://host/messages/v1/messages/count_tokens?beta=true"),
        ("https://us-east5-aiplatform.googleapis.com/v1/publishers/anthropic/models/claude-x:rawPredict", None),
    ],
)
def test_the_count_is_beside_the_messages(request_url: str, url: str | None) -> None:
    assert count_url(request_url) == url


def test_what_shapes_only_the_answer_is_not_sent() -> None:
    counted = {
        "model": "claude-x",
        "messages": [{"role": "user", "content": "Hi"}],
        "system": "S",
        "tools": [],
        "tool_choice": {"type": "auto"},
        "thinking": {"type": "adaptive"},
        "output_config": {"effort": "high"},
    }
    shaping = {"max_tokens": 5, "stream": True, "temperature": 1, "metadata": {"user_id": "u"}, "stop_sequences": ["x"]}
    assert count_body(counted | shaping, Target("p", "claude-x", profile_for("claude-x"))) == counted
