"""Where a call goes, and with which credential."""

from __future__ import annotations

import pytest

from ccr_proxy.protocols.gemini.endpoint import gemini_headers, generate_url, vertex_headers

GOOGLE = "https://generativelanguage.googleapis.com"
VERTEX = "https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/us-central1"


@pytest.mark.parametrize(
    "base",
    [
        GOOGLE,
        GOOGLE + "/",
        GOOGLE + "/v1beta",
        GOOGLE + "/v1beta/",
        GOOGLE + "/v1beta/models",
        GOOGLE + "/v1beta/models/",
        GOOGLE + "/v1beta/models/other:generateContent",
        GOOGLE + "/v1beta/models/other:streamGenerateContent?alt=sse",
    ],
)
def test_a_base_url_may_end_anywhere(base: str) -> None:
    assert generate_url(base, "gemini-x", False) == GOOGLE + "/v1beta/models/gemini-x:generateContent"
    assert generate_url(base, "gemini-x", True) == GOOGLE + "/v1beta/models/gemini-x:streamGenerateContent?alt=sse"


@pytest.mark.parametrize(
    "base",
    [
        VERTEX,
        VERTEX + "/publishers/google",
        VERTEX + "/publishers/google/models/",
        VERTEX + "/publishers/google/models/other:streamGenerateContent",
    ],
)
def test_vertex_paths(base: str) -> None:
    expected = VERTEX + "/publishers/google/models/gemini-x:streamGenerateContent?alt=sse"
    assert generate_url(base, "gemini-x", True) == expected


@pytest.mark.parametrize(
    ("base", "model", "expected"),
    [
        ("https://aiplatform.googleapis.com", "m", "https://aiplatform.googleapis.com/v1/publishers/google/models/m"),
        (GOOGLE + "/v1", "models/m", GOOGLE + "/v1/models/m"),
        ("http://127.0.0.1:9000", "m", "http://127.0.0.1:9000/v1beta/models/m"),
        ("https://relay.example/gemini/v1beta", "a/b c", "https://relay.example/gemini/v1beta/models/a/b%20c"),
    ],
)
def test_other_hosts_versions_and_names(base: str, model: str, expected: str) -> None:
    assert generate_url(base, model, False) == expected + ":generateContent"


def test_the_query_of_the_base_is_kept() -> None:
    assert generate_url(GOOGLE + "/v1beta?key=a%2Bb", "m", True).endswith("?key=a%2Bb&alt=sse")


def test_credentials() -> None:
    assert gemini_headers("k") == {"x-goog-api-key": "k"}
    assert vertex_headers("ya29.token") == {"authorization": "Bearer ya29.token"}
    assert vertex_headers("AIzaKey") == {"x-goog-api-key": "AIzaKey"}
    assert gemini_headers("") == vertex_headers("") == {}
