"""A base URL is completed, a full one stays."""

from __future__ import annotations

import pytest

from ccr_proxy.protocols.openai_url import bearer, completed


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("https://h/v1/chat/completions", "https://h/v1/chat/completions"),
        ("https://h/v1/chat/completions/", "https://h/v1/chat/completions"),
        ("https://h", "https://h/v1/chat/completions"),
        ("https://h/", "https://h/v1/chat/completions"),
        ("https://h/v1", "https://h/v1/chat/completions"),
        ("https://h/v1/", "https://h/v1/chat/completions"),
        ("https://h/api/v3", "https://h/api/v3/chat/completions"),
        ("https://h/api/paas/v4", "https://h/api/paas/v4/chat/completions"),
        ("https://h/v1beta/openai/", "https://h/v1beta/openai/chat/completions"),
        ("https://h/compatible-mode/v1?x=1", "https://h/compatible-mode/v1/chat/completions?x=1"),
        ("https://h/deployments/gpt", "https://h/deployments/gpt/chat/completions"),
        ("http://localhost:1234", "http://localhost:1234/v1/chat/completions"),
    ],
)
def test_completed(base: str, url: str) -> None:
    assert completed(base, "/chat/completions") == url


def test_bearer() -> None:
    assert bearer("k") == {"authorization": "Bearer k"}
    assert bearer("") == {}
