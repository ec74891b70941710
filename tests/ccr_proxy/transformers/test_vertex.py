"""Models in a Google Cloud project."""

from __future__ import annotations

from typing import Any

import pytest

from ccr_proxy.errors import GatewayError
from ccr_proxy.protocols.registry import PROTOCOLS
from tests.ccr_proxy.transformers.asking import HELLO, chain, context_for, sent

GOOGLE = "https://aiplatform.googleapis.com"
ENVIRON = {"GOOGLE_CLOUD_PROJECT": "env-p", "GOOGLE_CLOUD_LOCATION": "europe-west1"}
STREAMED = {**HELLO, "stream": True}


@pytest.mark.parametrize(
    ("base", "options", "environ", "url"),
    [
        (GOOGLE, {"project": "p", "location": "global"}, {}, f"{GOOGLE}/v1/projects/p/locations/global"),
        (
            GOOGLE,
            {},
            ENVIRON,
            "https://europe-west1-aiplatform.googleapis.com/v1/projects/env-p/locations/europe-west1",
        ),
        (
            "https://us-central1-aiplatform.googleapis.com",
            {"project": "p"},
            ENVIRON,
            "https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/us-central1",
        ),
        (
            "https://asia-east1-aiplatform.googleapis.com/v1/projects/q/locations/asia-east1",
            {},
            ENVIRON,
            "https://asia-east1-aiplatform.googleapis.com/v1/projects/q/locations/asia-east1",
        ),
        (GOOGLE, {"project": "p"}, {}, "https://us-east5-aiplatform.googleapis.com/v1/projects/p/locations/us-east5"),
        ("http://localhost:1", {"project": "p"}, {}, "http://localhost:1/v1/projects/p/locations/us-east5"),
    ],
)
def test_claude_is_asked_in_its_project(base: str, options: Any, environ: dict[str, str], url: str) -> None:
    context = context_for(STREAMED, model="claude-sonnet-4@20250514", protocol="anthropic", environ=environ)
    written = PROTOCOLS["anthropic"].url(base, context.model, True)
    found = chain(["vertex-claude", options]).url(written, context)
    assert found == f"{url}/publishers/anthropic/models/claude-sonnet-4@20250514:streamRawPredict"


def test_claudes_body_has_the_version_and_no_model() -> None:
    body = sent(chain("vertex-claude"), protocol="anthropic")
    assert body == {
        "anthropic_version": "vertex-2023-10-16",
        "max_tokens": 32000,
        "messages": HELLO["messages"],
    }


def test_only_the_access_token_is_sent() -> None:
    headers = chain("vertex-claude").headers(PROTOCOLS["anthropic"].headers("token"))
    assert headers == {"authorization": "Bearer token"}


@pytest.mark.parametrize("name", ["vertex-claude", "vertex-openai"])
def test_a_missing_project_is_named(name: str) -> None:
    with pytest.raises(GatewayError, match="GOOGLE_CLOUD_PROJECT"):
        chain(name).url(GOOGLE, context_for())


def test_openai_models_have_one_address() -> None:
    url = chain(["vertex-openai", {"project": "p"}]).url(f"{GOOGLE}/v1/chat/completions", context_for())
    assert url == (
        "https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/us-central1/endpoints/openapi/chat/completions"
    )


@pytest.mark.parametrize(
    ("base", "options", "expected"),
    [
        (GOOGLE, {}, f"{GOOGLE}/v1/publishers/google/models/gemini-2.5-pro:streamGenerateContent?alt=sse"),
        (
            GOOGLE,
            {"project": "p"},
            "https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/us-central1"
            "/publishers/google/models/gemini-2.5-pro:streamGenerateContent?alt=sse",
        ),
        (
            "https://us-central1-aiplatform.googleapis.com/v1beta1/projects/p/locations/us-central1",
            {},
            "https://us-central1-aiplatform.googleapis.com/v1beta1/projects/p/locations/us-central1"
            "/publishers/google/models/gemini-2.5-pro:streamGenerateContent?alt=sse",
        ),
    ],
)
def test_gemini_keeps_an_address_that_is_complete(base: str, options: Any, expected: str) -> None:
    context = context_for(STREAMED, model="gemini-2.5-pro", protocol="vertex-gemini")
    written = PROTOCOLS["vertex-gemini"].url(base, context.model, True)
    assert chain(["vertex-gemini", options]).url(written, context) == expected
