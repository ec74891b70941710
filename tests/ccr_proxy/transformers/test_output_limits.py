"""`maxtoken` and `maxcompletiontokens` in every wire format."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ccr_proxy.transformers.asking import chain, sent


@pytest.mark.parametrize(
    ("protocol", "path"),
    [
        ("openai-chat", ("max_tokens",)),
        ("openai-responses", ("max_output_tokens",)),
        ("gemini", ("generationConfig", "maxOutputTokens")),
        ("anthropic", ("max_tokens",)),
    ],
)
def test_maxtoken_caps_what_is_asked_for(protocol: str, path: tuple[str, ...]) -> None:
    value: Any = sent(chain(["maxtoken", {"max_tokens": "4096"}]), protocol=protocol)
    for key in path:
        value = value[key]
    assert value == 4096


@pytest.mark.parametrize(
    ("uses", "limit"),
    [
        ([["maxtoken", {"max_tokens": 100000}]], 32000),
        ([["maxtoken", {"max_tokens": 8000}], ["maxtoken", {"max_tokens": 16000}]], 8000),
        ([["maxtoken", {"max_tokens": 0}]], 32000),
        ([["maxtoken", {"max_tokens": ""}]], 32000),
        ([["maxtoken", {}]], 32000),
    ],
)
def test_the_smallest_limit_counts(uses: list[Any], limit: int) -> None:
    assert sent(chain(*uses))["max_tokens"] == limit


def test_maxcompletiontokens_renames_the_limit() -> None:
    body = sent(chain("maxcompletiontokens", ["maxtoken", {"max_tokens": 9}]))
    assert body["max_completion_tokens"] == 9
    assert "max_tokens" not in body
