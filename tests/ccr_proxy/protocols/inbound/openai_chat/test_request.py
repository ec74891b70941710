"""Chat Completions requests in Anthropic's words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from ccr_proxy.errors import ClientFault
from ccr_proxy.protocols.answer import Target
from ccr_proxy.protocols.inbound.openai_chat.request import decode, left_out
from ccr_proxy.protocols.model_profile import ModelProfile
from ccr_proxy.protocols.openai_chat.request import encode
from tests.ccr_proxy.protocols.inbound.requests import conversations, unmarked

HI = [{"role": "user", "content": "hi"}]


def decoded(**fields: Any) -> dict[str, Any]:
    return decode({"model": "m", "messages": HI, **fields})


def test_the_smallest_request() -> None:
    assert decoded() == {
        "model": "m",
        "messages": [{"role": "user", "content": [{"type": "text", "text": "hi"}]}],
        "max_tokens": 32_000,
    }


SCHEMA = {"type": "object", "properties": {}, "additionalProperties": False}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"max_tokens": 5}, {"max_tokens": 5}),
        ({"max_completion_tokens": 6, "max_tokens": 5}, {"max_tokens": 6}),
        ({"max_tokens": None}, {"max_tokens": 32_000}),
        ({"temperature": 0.5, "top_p": 0.9}, {"temperature": 0.5, "top_p": 0.9}),
        ({"stop": "END"}, {"stop_sequences": ["END"]}),
        ({"stop": ["a", "b"]}, {"stop_sequences": ["a", "b"]}),
        ({"stream": True}, {"stream": True}),
        (
            {"reasoning_effort": "high", "temperature": 0.5},
            {"thinking": {"type": "adaptive"}, "output_config": {"effort": "high"}},
        ),
        ({"reasoning_effort": "minimal"}, {"thinking": {"type": "adaptive"}, "output_config": {"effort": "low"}}),
        ({"reasoning": {"effort": "low"}}, {"thinking": {"type": "adaptive"}, "output_config": {"effort": "low"}}),
        ({"reasoning_effort": "none", "temperature": 0.5}, {"thinking": {"type": "disabled"}, "temperature": 0.5}),
        (
            {"response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": SCHEMA}}},
            {"output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}},
        ),
        ({"response_format": {"type": "text"}}, {}),
        ({"user": "u1"}, {"metadata": {"user_id": "u1"}}),
        ({"user": "u1", "prompt_cache_key": "s"}, {"metadata": {"user_id": '{"session_id":"s"}'}}),
        ({"service_tier": "default"}, {"service_tier": "standard_only"}),
        ({"seed": 1, "logprobs": True, "frequency_penalty": 0.1, "n": 1, "store": True, "modalities": ["text"]}, {}),
    ],
)
def test_fields(given: dict[str, Any], expected: dict[str, Any]) -> None:
    assert decoded(**given) == {**decoded(), **expected}


def test_json_mode_is_told_to_the_model() -> None:
    (told,) = decoded(response_format={"type": "json_object"})["system"]
    assert "JSON object" in told["text"]


def test_a_forced_call_rules_out_thinking() -> None:
    tool = {"type": "function", "function": {"name": "f"}}
    request = decoded(tools=[tool], tool_choice="required", reasoning_effort="high")
    assert "thinking" not in request
    assert request["output_config"] == {"effort": "high"}


def test_a_conversation_that_goes_on_is_marked_for_the_cache() -> None:
    mark = {"cache_control": {"type": "ephemeral"}}
    system = {"role": "system", "content": "S"}
    request = decode({"model": "m", "messages": [system, *HI], "tools": [{"function": {"name": "f"}}]})
    assert request["system"] == [{"type": "text", "text": "S", **mark}]
    assert request["messages"][-1]["content"] == [{"type": "text", "text": "hi", **mark}]


def test_marks_of_the_client_are_left_alone() -> None:
    part = {"type": "text", "text": "S", "cache_control": {"type": "ephemeral", "ttl": "1h"}}
    messages = [{"role": "system", "content": [part]}, *HI]
    request = decode({"model": "m", "messages": messages, "tools": [{"function": {"name": "f"}}]})
    assert request["system"] == [part]
    assert request["messages"][-1]["content"] == [{"type": "text", "text": "hi"}]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"n": 2}, "n"),
        ({"modalities": ["text", "audio"]}, "modalities"),
        ({"audio": {"voice": "x"}}, "audio"),
        ({"stop": 5}, "stop"),
        ({"response_format": {"type": "grammar"}}, "response_format.type"),
        ({"response_format": "json"}, "response_format"),
        ({"messages": []}, "messages"),
        ({"messages": "hi"}, "messages"),
    ],
)
def test_refusals_name_the_field(given: dict[str, Any], field: str) -> None:
    with pytest.raises(ClientFault) as raised:
        decoded(**given)
    assert raised.value.status == 400
    assert raised.value.message.startswith(field + ": ")


def test_what_is_left_out_is_named() -> None:
    body = {"model": "m", "messages": HI, "seed": 1, "logprobs": True, "top_logprobs": None, "x": 0, "user": "u"}
    assert left_out(body) == ["logprobs", "seed", "x"]


PROFILE = ModelProfile(reasoning="effort", reasoning_history="reasoning_content", cache_control=True)


@given(conversations(thinking=True))
def test_decoding_gives_back_what_the_encoder_was_given(body: dict[str, Any]) -> None:
    request = encode(body, Target("p", body["model"], PROFILE)).body
    assert unmarked(decode(request)) == unmarked(body)
