"""`sampling`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ccr_proxy.transformers.asking import HELLO, chain, sent

OPTIONS = {"temperature": "0.7", "top_p": 0.8, "top_k": "20", "repetition_penalty": 1.05, "max_tokens": 1000}
COMMON = {"temperature": 0.7, "top_p": 0.8}


@pytest.mark.parametrize(
    ("protocol", "expected"),
    [
        ("openai-chat", {**COMMON, "top_k": 20, "repetition_penalty": 1.05, "max_tokens": 1000}),
        ("openai-responses", {**COMMON, "max_output_tokens": 1000, "top_k": None}),
        ("anthropic", {**COMMON, "top_k": 20, "max_tokens": 1000, "repetition_penalty": None}),
        ("gemini", {"generationConfig": {"maxOutputTokens": 1000, "temperature": 0.7, "topP": 0.8, "topK": 20}}),
        ("vertex-gemini", {"generationConfig": {"maxOutputTokens": 1000, "temperature": 0.7, "topP": 0.8, "topK": 20}}),
    ],
)
def test_values_are_set_in_the_formats_own_words(protocol: str, expected: dict[str, Any]) -> None:
    body = sent(chain(["sampling", OPTIONS]), {**HELLO, "temperature": 1}, protocol=protocol)
    assert {key: body.get(key) for key in expected} == expected


def test_without_options_the_client_decides() -> None:
    assert sent(chain("sampling"), {**HELLO, "temperature": 1})["temperature"] == 1
