"""What the custom router is told."""

from __future__ import annotations

from typing import Any

import pytest

from ccr_proxy.routing.custom_request import custom_request
from ccr_proxy.routing.facts import facts_of
from ccr_proxy.routing.token_estimate import TokenCounter

BODY: dict[str, Any] = {
    "model": "claude-opus-4-8",
    "messages": [{"role": "user", "content": "ultrathink"}],
    "thinking": {"type": "adaptive"},
    "tools": [{"name": "Bash"}],
    "metadata": {"user_id": "user_a_session_abc"},
}
HEADERS = {"X-Team": "red", "Authorization": "Bearer secret", "x-api-key": "secret", "Cookie": "a"}


def test_facts_are_told_and_credentials_are_not() -> None:
    request = custom_request(BODY, HEADERS, facts_of(BODY, {}, TokenCounter()), "shop")
    assert request.headers == {"x-team": "red"}
    assert (request.model, request.session_id, request.project) == ("claude-opus-4-8", "abc", "shop")
    assert (request.thinking, request.tools, request.background) == ("asked", ("Bash",), None)
    assert 0 < request.tokens < 1000
    assert "secret" not in repr(request)


def test_the_body_refuses_to_be_changed() -> None:
    request: Any = custom_request(BODY, {}, facts_of(BODY, {}, TokenCounter()), None)
    with pytest.raises(TypeError):
        request.body["model"] = "other"
    assert request.body["messages"][0]["content"] == "ultrathink"
