"""Whole requests."""

from __future__ import annotations

from typing import Any

import pytest

from ccr_proxy.protocols.answer import Target
from ccr_proxy.protocols.gemini import PROTOCOL, VERTEX_PROTOCOL
from ccr_proxy.protocols.model_profile import ModelProfile, profile_for
from ccr_proxy.protocols.signatures import wrap

HI = {"messages": [{"role": "user", "content": "Hi"}]}


def target(model: str = "gemini-2.5-flash", **profile: Any) -> Target:
    return Target("google", model, ModelProfile(**profile) if profile else profile_for(model))


def config(body: dict[str, Any], to: Target | None = None) -> dict[str, Any]:
    request = PROTOCOL.encode({**HI, **body}, to or target()).body
    found: dict[str, Any] = request.get("generationConfig", {})
    return found


def test_the_smallest_request() -> None:
    encoded = PROTOCOL.encode({"model": "m", "stream": True, **HI}, target())
    assert encoded.body == {"contents": [{"role": "user", "parts": [{"text": "Hi"}]}]}
    assert encoded.left_out == []


def test_the_system_prompt_keeps_its_blocks() -> None:
    system = [{"type": "text", "text": text} for text in ("You are a poet.", "Be brief.", "")]
    body = PROTOCOL.encode({**HI, "system": system}, target()).body
    assert body["systemInstruction"] == {"parts": [{"text": "You are a poet."}, {"text": "Be brief."}]}


def test_sampling_and_stop_sequences() -> None:
    settings = {"temperature": 0.2, "top_p": 0.9, "top_k": 5, "stop_sequences": ["END", ""]}
    expected = {"temperature": 0.2, "topP": 0.9, "topK": 5, "stopSequences": ["END"]}
    assert config(settings) == expected


def test_more_stop_sequences_than_gemini_takes_are_counted() -> None:
    encoded = PROTOCOL.encode({**HI, "stop_sequences": list("abcdefg")}, target())
    assert encoded.body["generationConfig"]["stopSequences"] == list("abcde")
    assert encoded.left_out == ["stop_sequences[5:]"]


@pytest.mark.parametrize(
    ("to", "asked", "sent"),
    [
        (target(), 32000, 32000),
        (target(), 128000, 65535),
        (target("gemini-2.0-flash"), 32000, 8192),
        (target("my-model"), 128000, 128000),
        (target(max_output_tokens=1000), 32000, 1000),
    ],
)
def test_the_output_limit_is_what_the_model_can_do(to: Target, asked: int, sent: int) -> None:
    assert config({"max_tokens": asked}, to)["maxOutputTokens"] == sent


def test_values_that_gemini_has_no_place_for_are_counted() -> None:
    body = {**HI, "metadata": {"user_id": "u"}, "context_management": {}, "service_tier": None, "temperature": 1}
    encoded = PROTOCOL.encode(body, target(sampling=False))
    assert encoded.left_out == ["context_management", "metadata", "temperature"]
    assert "generationConfig" not in encoded.body


@pytest.mark.parametrize("place", ["output_config", "output_format"])
def test_structured_output(place: str) -> None:
    schema = {"$schema": "x", "type": "object", "properties": {"title": {"type": "string"}}, "required": ["title"]}
    wanted = {"type": "json_schema", "schema": schema}
    found = config({place: {"format": wanted, "effort": None} if place == "output_config" else wanted})
    assert found["responseMimeType"] == "application/json"
    assert found["responseJsonSchema"] == {key: value for key, value in schema.items() if key != "$schema"}


def test_thinking_and_search_limits_have_their_places() -> None:
    tool = {"type": "web_search_20250305", "name": "web_search", "allowed_domains": ["a.example"]}
    body = {**HI, "tools": [tool], "thinking": {"type": "enabled", "budget_tokens": 2048}}
    request = PROTOCOL.encode(body, target()).body
    assert request["generationConfig"]["thinkingConfig"] == {"includeThoughts": True, "thinkingBudget": 2048}
    assert "a.example" in request["systemInstruction"]["parts"][0]["text"]


def test_signatures_of_the_gemini_api_and_of_vertex_are_kept_apart() -> None:
    signed = {"type": "thinking", "thinking": "", "signature": wrap("vertex-gemini:google", "s")}
    said = {"role": "assistant", "content": [signed, {"type": "text", "text": "x"}]}
    body = {"messages": [*HI["messages"], said]}
    assert VERTEX_PROTOCOL.encode(body, target()).body["contents"][1]["parts"][0]["thoughtSignature"] == "s"
    assert "thoughtSignature" not in PROTOCOL.encode(body, target()).body["contents"][1]["parts"][0]


def test_the_request_given_in_is_not_changed() -> None:
    tool = {"name": "t", "input_schema": {"$schema": "x", "type": "object", "properties": {"a": {"const": 1}}}}
    body = {**HI, "tools": [tool], "max_tokens": 10}
    before = repr(body)
    PROTOCOL.encode(body, target("gemini-3-pro-preview"))
    assert repr(body) == before
