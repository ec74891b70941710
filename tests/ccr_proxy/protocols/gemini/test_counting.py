"""How Gemini is asked for a count, in the two shapes of its two services."""

from __future__ import annotations

import pytest

from ccr_proxy.protocols.answer import Target
from ccr_proxy.protocols.gemini.counting import count_body, count_body_for_vertex, count_url
from ccr_proxy.protocols.gemini.endpoint import generate_url
from ccr_proxy.protocols.gemini.request import encode
from ccr_proxy.protocols.model_profile import profile_for

GOOGLE = "https://generativelanguage.googleapis.com/v1beta"
VERTEX = "https://aiplatform.googleapis.com/v1/projects/p/locations/global/publishers/google"
TARGET = Target("p", "gemini-3-pro", profile_for("gemini-3-pro"))
REQUEST = {
    "model": "claude-x",
    "max_tokens": 100,
    "system": "S",
    "messages": [{"role": "user", "content": "Hi"}],
    "tools": [{"name": "Read", "input_schema": {"type": "object"}}],
    "tool_choice": {"type": "any"},
}


@pytest.mark.parametrize("streams", [True, False])
@pytest.mark.parametrize("base", [GOOGLE, VERTEX])
def test_counting_is_another_method_of_the_model(base: str, streams: bool) -> None:
    assert count_url(generate_url(base, "gemini-x", streams)) == f"{base}/models/gemini-x:countTokens"


def test_a_key_in_the_query_is_kept() -> None:
    url = generate_url(GOOGLE + "?key=k", "gemini-x", True)
    assert count_url(url) == f"{GOOGLE}/models/gemini-x:countTokens?key=k"


def test_an_address_of_another_kind_has_no_count() -> None:
    assert count_url("https://host/v1/answer") is None


@pytest.mark.parametrize("model", ["gemini-3-pro", "models/gemini-3-pro"])
def test_the_gemini_api_gets_the_whole_request_with_its_model(model: str) -> None:
    encoded = encode(REQUEST, TARGET).body
    counted = count_body(encoded, Target("p", model, TARGET.profile))
    assert counted == {"generateContentRequest": {"model": "models/gemini-3-pro", **encoded}}


def test_vertex_gets_the_parts_that_it_counts() -> None:
    encoded = encode(REQUEST, TARGET).body
    assert "toolConfig" in encoded
    counted = count_body_for_vertex(encoded, TARGET)
    assert counted == {name: encoded[name] for name in ("contents", "systemInstruction", "tools", "generationConfig")}
