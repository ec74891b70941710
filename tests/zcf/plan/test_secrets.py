"""What is shown of a secret: not the secret."""

from __future__ import annotations

from typing import Any

import pytest

from zcf.plan.secrets import holds_secret, is_secret, masked, without_secrets


@pytest.mark.parametrize(
    ("path", "value", "secret"),
    [
        (("APIKEY",), "sk-1", True),
        (("Providers", 0, "api_key"), "sk-1", True),
        (("Providers", 0, "api_key"), "$OPENAI_API_KEY", False),
        (("Providers", 0, "api_key"), "${my_key}", False),
        (("env", "ANTHROPIC_AUTH_TOKEN"), "x", True),
        (("customApiKeyResponses", "approved"), "last-20-characters", True),
        (("customApiKeyResponses", "approved", 0), "last-20-characters", True),
        (("transformer", "use", 0, 1, "max_tokens"), "65536", False),
        (("env", "ANTHROPIC_BASE_URL"), "http://127.0.0.1:1", False),
        (("env", "ANTHROPIC_API_KEY"), "", False),
        (("PORT",), 3456, False),
    ],
)
def test_what_is_a_secret(path: Any, value: Any, secret: bool) -> None:
    assert is_secret(path, value) is secret
    assert holds_secret(path[:-1], {path[-1]: value}) is secret or path[-1] == 0


@pytest.mark.parametrize("secret", ["", "k", "sk-short", "123456789012345", "sk-0123456789abcdef"])
def test_at_most_four_characters_are_shown(secret: str) -> None:
    shown = masked(secret).removeprefix("…")
    assert len(shown) <= 4
    assert shown == "" or len(secret) >= 16


def test_masking_reaches_everything_inside() -> None:
    value = {"name": "x", "api_key": "sk-0123456789abcdef", "headers": {"Authorization": "Bearer abc"}}
    assert without_secrets(("Providers",), [value]) == [
        {"name": "x", "api_key": "…cdef", "headers": {"Authorization": "…"}}
    ]
