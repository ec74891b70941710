"""`openrouter` and `vercel`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ccr_proxy.transformers.asking import HELLO, chain, sent

MARKED = {**HELLO, "system": [{"type": "text", "text": "s", "cache_control": {"type": "ephemeral"}}]}
NAMES = ("openrouter", "vercel")


@pytest.mark.parametrize("name", NAMES)
def test_options_go_into_the_request(name: str) -> None:
    options = {"provider": '{"only": ["moonshotai"]}', "transforms": ["middle-out"]}
    body = sent(chain([name, options]))
    assert body["provider"] == {"only": ["moonshotai"]}
    assert body["transforms"] == ["middle-out"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("model", "kept"), [("anthropic/claude-sonnet-4", True), ("qwen/qwen3-coder", False)])
def test_cache_marks_stay_for_claude_only(name: str, model: str, kept: bool) -> None:
    assert ("cache_control" in repr(sent(chain(name), MARKED, model=model))) is kept


def test_a_data_url_is_not_written_twice() -> None:
    source = {"type": "base64", "media_type": "image/png", "data": "AAAA"}
    asked = {**HELLO, "messages": [{"role": "user", "content": [{"type": "image", "source": source}]}]}
    body = sent(chain("openrouter"), asked, model="anthropic/claude-sonnet-4")
    assert body["messages"][0]["content"][0]["image_url"]["url"] == "data:image/png;base64,AAAA"


@pytest.mark.parametrize(
    ("thinking", "reasoning"),
    [
        ({"type": "enabled", "budget_tokens": 2000}, {"effort": "low"}),
        ({"type": "adaptive"}, {"enabled": True}),
        ({"type": "disabled"}, {"enabled": False}),
        (None, None),
    ],
)
def test_reasoning_is_what_the_client_wants(thinking: Any, reasoning: Any) -> None:
    body = sent(chain("openrouter"), {**HELLO, "thinking": thinking} if thinking else HELLO)
    assert body.get("reasoning") == reasoning


def test_reasoning_in_the_options_counts() -> None:
    body = sent(chain(["openrouter", {"reasoning": {"enabled": False}}]))
    assert body["reasoning"] == {"enabled": False}
