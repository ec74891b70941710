"""Where the model list of a provider is, whatever its configured address ends in."""

from __future__ import annotations

import pytest

from ccr_proxy.protocols.model_list import is_model_list, model_list_url
from ccr_proxy.protocols.registry import PROTOCOLS


@pytest.mark.parametrize(
    ("protocol", "base", "url"),
    [
        ("openai-chat", "https://h/v1/chat/completions", "https://h/v1/models"),
        ("openai-chat", "https://h", "https://h/v1/models"),
        ("openai-chat", "https://h/api/paas/v4/", "https://h/api/paas/v4/models"),
        ("openai-chat", "https://h/v1/chat/completions?a=b", "https://h/v1/models?a=b"),
        ("openai-responses", "https://h/v1", "https://h/v1/models"),
        ("anthropic", "https://h/anthropic", "https://h/anthropic/v1/models"),
        ("anthropic", "https://h/v1/messages", "https://h/v1/models"),
        ("gemini", "https://h/v1beta/models/", "https://h/v1beta/models"),
        ("gemini", "https://h/v1beta?key=k", "https://h/v1beta/models?key=k"),
        ("vertex-gemini", "https://us-central1-aiplatform.googleapis.com", None),
    ],
)
def test_the_address(protocol: str, base: str, url: str | None) -> None:
    assert model_list_url(PROTOCOLS[protocol], base) == url


@pytest.mark.parametrize(
    ("answer", "is_one"),
    [
        ({"object": "list", "data": []}, True),
        ({"models": [{"name": "models/gemini"}]}, True),
        ({"data": "no"}, False),
        ({"error": {}}, False),
        ([], False),
        ("<html>", False),
    ],
)
def test_what_a_list_is(answer: object, is_one: bool) -> None:
    assert is_model_list(answer) is is_one
