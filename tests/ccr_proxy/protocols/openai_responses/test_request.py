"""Fields of an Anthropic request in the Responses form."""

from __future__ import annotations

from typing import Any

import pytest

from ccr_proxy.errors import ClientFault
from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.answer import EncodedRequest, Target
from ccr_proxy.protocols.model_profile import ModelProfile
from ccr_proxy.protocols.openai_responses import PROTOCOL
from ccr_proxy.protocols.openai_responses.request import encode

HELLO = [{"role": "user", "content": "hello"}]
SESSION = "0b7c1f8e-0000-4000-8000-000000000001"


def _encoded(profile: ModelProfile | None = None, **fields: Any) -> EncodedRequest:
    body = {"model": "claude", "max_tokens": 1000, "messages": HELLO, **fields}
    return encode(body, Target("acme", "gpt-4.1", profile or ModelProfile()))


def test_the_smallest_request() -> None:
    assert _encoded().body == {
        "model": "gpt-4.1",
        "input": [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hello"}]}],
        "store": False,
        "max_output_tokens": 1000,
    }


SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": False}
OPEN_SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}}


def _format(schema: JsonObject, strict: bool) -> JsonObject:
    return {"format": {"type": "json_schema", "name": "answer", "schema": schema, "strict": strict}}


@pytest.mark.parametrize(
    ("given", "field", "expected"),
    [
        ({"stream": True}, "stream", True),
        ({"system": "Be brief."}, "instructions", "Be brief."),
        (
            {
                "system": [
                    {"type": "text", "text": "A"},
                    {"type": "text", "text": "B"},
                ]
            },
            "instructions",
            "A\n\nB",
        ),
        ({"max_tokens": 1}, "max_output_tokens", 16),
        ({"temperature": 0.2}, "temperature", 0.2),
        ({"top_p": 0.9}, "top_p", 0.9),
        ({"service_tier": "standard_only"}, "service_tier", "default"),
        ({"output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}}, "text", _format(SCHEMA, True)),
        ({"output_format": {"type": "json_schema", "schema": OPEN_SCHEMA}}, "text", _format(OPEN_SCHEMA, False)),
        ({"metadata": {"user_id": f"user_ab_account__session_{SESSION}"}}, "prompt_cache_key", SESSION),
        (
            {"metadata": {"user_id": f'{{"device_id":"d","account_uuid":"","session_id":"{SESSION}"}}'}},
            "prompt_cache_key",
            SESSION,
        ),
    ],
)
def test_fields(given: JsonObject, field: str, expected: object) -> None:
    encoded = _encoded(**given)
    assert encoded.body[field] == expected
    assert encoded.left_out == []


def test_nothing_of_the_user_id_but_the_session_goes_out() -> None:
    encoded = _encoded(metadata={"user_id": f'{{"device_id":"secret","session_id":"{SESSION}"}}'})
    assert "secret" not in str(encoded.body)


@pytest.mark.parametrize(
    ("given", "left_out"),
    [
        ({"top_k": 5, "stop_sequences": ["END"]}, ["stop_sequences", "top_k"]),
        ({"context_management": {"edits": []}, "stop_sequences": []}, ["context_management"]),
        ({"metadata": {"user_id": "somebody"}}, ["metadata.user_id"]),
        ({"thinking": {"type": "enabled", "budget_tokens": 2000}}, ["thinking"]),
        ({"thinking": {"type": "disabled"}}, []),
    ],
)
def test_tuning_that_the_target_does_not_know_is_named(given: JsonObject, left_out: list[str]) -> None:
    encoded = _encoded(**given)
    assert encoded.left_out == left_out
    assert set(encoded.body) == {"model", "input", "store", "max_output_tokens"}


def test_models_without_sampling_and_with_a_smaller_output() -> None:
    encoded = _encoded(ModelProfile(sampling=False, max_output_tokens=500), temperature=1, top_p=1)
    assert encoded.left_out == ["temperature", "top_p"]
    assert encoded.body["max_output_tokens"] == 500


@pytest.mark.parametrize("field", ["mcp_servers", "container"])
def test_what_runs_at_anthropic_is_refused_by_name(field: str) -> None:
    with pytest.raises(ClientFault, match=field) as caught:
        _encoded(None, **{field: [{"type": "url"}]})
    assert caught.value.status == 400


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("https://api.openai.com", "https://api.openai.com/v1/responses"),
        ("https://api.openai.com/v1/", "https://api.openai.com/v1/responses"),
        ("https://api.openai.com/v1/responses", "https://api.openai.com/v1/responses"),
        ("https://chatgpt.com/backend-api/codex", "https://chatgpt.com/backend-api/codex/responses"),
        (
            "https://x.azure.com/openai/v1?api-version=preview",
            "https://x.azure.com/openai/v1/responses?api-version=preview",
        ),
    ],
)
def test_a_base_url_is_completed(base: str, url: str) -> None:
    assert PROTOCOL.url(base, "gpt-5", True) == url


def test_the_key_is_a_bearer_token() -> None:
    assert PROTOCOL.headers("sk-1") == {"authorization": "Bearer sk-1"}
