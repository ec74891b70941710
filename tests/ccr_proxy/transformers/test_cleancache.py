"""`cleancache`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ccr_proxy.transformers.asking import BASH, HELLO, chain, sent

MARK: dict[str, Any] = {"cache_control": {"type": "ephemeral"}}
RESULT = {"type": "tool_result", "tool_use_id": "a", "content": [{"type": "text", "text": "r", **MARK}], **MARK}
ASKED = {
    **HELLO,
    **MARK,
    "system": [{"type": "text", "text": "s", **MARK}],
    "tools": [{**BASH, **MARK}],
    "messages": [
        {"role": "user", "content": [{"type": "text", "text": "x", **MARK}]},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "a", "name": "Bash", "input": MARK, **MARK}]},
        {"role": "user", "content": [RESULT]},
    ],
}


@pytest.mark.parametrize("protocol", ["openai-chat", "openai-responses", "gemini"])
def test_no_mark_is_sent(protocol: str) -> None:
    body = sent(chain("openrouter", "cleancache"), ASKED, protocol=protocol, model="anthropic/claude")
    assert repr(body).count("cache_control") == 1  # the argument


def test_an_anthropic_request_loses_its_marks_and_keeps_what_others_wrote() -> None:
    body = sent(chain("Anthropic", "cleancache"), ASKED, protocol="anthropic")
    assert body["messages"][1]["content"] == [{"type": "tool_use", "id": "a", "name": "Bash", "input": MARK}]
    assert repr(body).count("cache_control") == 1
