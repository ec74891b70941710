"""Responses requests in Anthropic's words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from ccr_proxy.errors import ClientFault
from ccr_proxy.protocols.answer import Target
from ccr_proxy.protocols.inbound.openai_responses.request import decode, left_out
from ccr_proxy.protocols.model_profile import ModelProfile
from ccr_proxy.protocols.openai_responses.request import encode
from tests.ccr_proxy.protocols.inbound.requests import conversations, unmarked


def decoded(**fields: Any) -> dict[str, Any]:
    return decode({"model": "m", "input": "hi", **fields})


def test_the_smallest_request() -> None:
    assert decoded(store=False, include=["reasoning.encrypted_content"]) == {
        "model": "m",
        "messages": [{"role": "user", "content": [{"type": "text", "text": "hi"}]}],
        "max_tokens": 32_000,
    }


SCHEMA = {"type": "object", "properties": {}, "additionalProperties": False}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"instructions": "S"}, {"system": [{"type": "text", "text": "S"}]}),
        ({"max_output_tokens": 50}, {"max_tokens": 50}),
        ({"stream": True}, {"stream": True}),
        (
            {"reasoning": {"effort": "xhigh", "summary": "auto"}},
            {"thinking": {"type": "adaptive", "display": "summarized"}, "output_config": {"effort": "xhigh"}},
        ),
        (
            {"reasoning": {"effort": "low"}},
            {"thinking": {"type": "adaptive", "display": "omitted"}, "output_config": {"effort": "low"}},
        ),
        ({"reasoning": {"summary": "auto"}}, {"thinking": {"type": "adaptive", "display": "summarized"}}),
        ({"reasoning": {"effort": "none"}}, {"thinking": {"type": "disabled"}}),
        ({"reasoning": None, "text": None}, {}),
        (
            {"text": {"verbosity": "low", "format": {"type": "json_schema", "name": "x", "schema": SCHEMA}}},
            {"output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}},
        ),
        ({"prompt_cache_key": "s"}, {"metadata": {"user_id": '{"session_id":"s"}'}}),
        ({"truncation": "auto", "top_logprobs": 2, "service_tier": "flex", "previous_response_id": None}, {}),
    ],
)
def test_fields(given: dict[str, Any], expected: dict[str, Any]) -> None:
    assert decoded(**given) == {**decoded(), **expected}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"previous_response_id": "resp_1"}, "previous_response_id"),
        ({"conversation": "conv_1"}, "conversation"),
        ({"prompt": {"id": "pmpt_1"}}, "prompt"),
        ({"background": True}, "background"),
        ({"reasoning": "high"}, "reasoning"),
        ({"text": {"format": {"type": "grammar"}}}, "text.format.type"),
        ({"text": {"format": {"type": "json_schema"}}}, "text.format.schema"),
        ({"instructions": ["S"]}, "instructions"),
        ({"input": 5}, "input"),
        ({"input": []}, "messages"),
    ],
)
def test_refusals_name_the_field(given: dict[str, Any], field: str) -> None:
    with pytest.raises(ClientFault) as raised:
        decoded(**given)
    assert raised.value.status == 400
    assert raised.value.message.startswith(field + ": ")


def test_what_is_left_out_is_named() -> None:
    body = {"model": "m", "input": "hi", "truncation": "auto", "metadata": {"a": "b"}, "store": False, "include": []}
    assert left_out(body) == ["metadata", "truncation"]


PROFILE = ModelProfile(reasoning="effort")


@given(conversations(thinking=False))
def test_decoding_gives_back_what_the_encoder_was_given(body: dict[str, Any]) -> None:
    request = encode(body, Target("p", body["model"], PROFILE)).body
    assert unmarked(decode(request)) == unmarked(body)
