"""Anthropic addresses and credentials."""

from __future__ import annotations

import pytest

from ccr_proxy.protocols.anthropic.endpoint import headers, messages_url


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("https://api.anthropic.com", "https://api.anthropic.com/v1/messages"),
        ("https://api.anthropic.com/", "https://api.anthropic.com/v1/messages"),
        ("https://api.anthropic.com/v1", "https://api.anthropic.com/v1/messages"),
        ("https://api.anthropic.com/v1/messages", "https://api.anthropic.com/v1/messages"),
        ("https://h/anthropic", "https://h/anthropic/v1/messages"),
        ("https://h/anthropic/v1/?x=1", "https://h/anthropic/v1/messages?x=1"),
    ],
)
def test_urls(base: str, url: str) -> None:
    assert messages_url(base) == url


def test_the_key_goes_out_in_both_spellings() -> None:
    assert headers("k") == {"x-api-key": "k", "authorization": "Bearer k"}
    assert headers("") == {}
