"""An Anthropic request in the words of Chat Completions: legal there, and nothing lost."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccr_proxy.errors import ClientFault
from ccr_proxy.protocols.answer import Target
from ccr_proxy.protocols.model_profile import ModelProfile, profile_for
from ccr_proxy.protocols.openai_chat.request import encode
from ccr_proxy.protocols.signatures import wrap
from tests.ccr_proxy.protocols.openai_chat.conversations import (
    CONVERSATIONS,
    PNG,
    Json,
    assistant,
    call,
    request,
    result,
    text,
    user,
)
from tests.ccr_proxy.protocols.openai_rules import violations

PLAIN = ModelProfile()


def encoded(body: Json, profile: ModelProfile = PLAIN, provider: str = "prov") -> Json:
    before = copy.deepcopy(body)
    request = encode(body, Target(provider, "m", profile)).body
    assert body == before, "the client's request was changed"
    return request


def messages(body: Json, profile: ModelProfile = PLAIN) -> list[Json]:
    request = encoded(body, profile)
    assert violations(request) == []
    return list(request["messages"])


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_conversations(name: str) -> None:
    said, sent = CONVERSATIONS[name]
    assert messages(request(*said)) == sent


def test_the_system_prompt_loses_only_the_fingerprint_of_the_conversation() -> None:
    billing = "x-anthropic-billing-header: cc_version=2.1.197.abc; cc_entrypoint=cli;"
    system = [text(billing), text("You are Claude Code."), text("Rules", cache_control={"type": "ephemeral"})]
    assert messages(request(user("Hi"), system=system))[0] == {
        "role": "system",
        "content": "x-anthropic-billing-header: cc_version=2.1.197; cc_entrypoint=cli;\n\n"
        "You are Claude Code.\n\nRules",
    }
    assert messages(request(user("Hi"), system="Short"))[0] == {"role": "system", "content": "Short"}
    assert messages(request(user("Hi"), system="")) == [user("Hi")]


def test_cache_marks_stay_where_the_target_takes_them() -> None:
    mark = {"cache_control": {"type": "ephemeral"}}
    body = request(user(text("a"), text("b", **mark)), system=[text("S", **mark)])
    sent = encoded(body, ModelProfile(cache_control=True))["messages"]
    assert sent == [
        {"role": "system", "content": [text("S", **mark)]},
        {"role": "user", "content": [text("a"), text("b", **mark)]},
    ]
    assert "cache_control" not in json.dumps(encoded(body))


@pytest.mark.parametrize(
    ("block", "named"),
    [
        ({"type": "image", "source": {"type": "file", "file_id": "f"}}, "image.source.type 'file'"),
        ({"type": "document", "source": {"type": "file", "file_id": "f"}}, "document.source.type 'file'"),
    ],
)
def test_what_cannot_be_carried_is_refused_by_name(block: Json, named: str) -> None:
    with pytest.raises(ClientFault, match=named) as caught:
        encoded(request(user(block)))
    assert caught.value.status == 400


def test_a_conversation_without_content_is_refused() -> None:
    with pytest.raises(ClientFault, match="messages") as caught:
        encoded(request(user("")))
    assert caught.value.status == 400


# Tools

TOOL = {
    "name": "Bash",
    "description": "Runs",
    "input_schema": {"type": "object", "properties": {"a": {"type": "string"}}},
}


@pytest.mark.parametrize(
    ("choice", "fields"),
    [
        (None, {}),
        ({"type": "auto"}, {"tool_choice": "auto"}),
        ({"type": "any"}, {"tool_choice": "required"}),
        ({"type": "none"}, {"tool_choice": "none"}),
        ({"type": "tool", "name": "Bash"}, {"tool_choice": {"type": "function", "function": {"name": "Bash"}}}),
        ({"type": "auto", "disable_parallel_tool_use": True}, {"tool_choice": "auto", "parallel_tool_calls": False}),
    ],
)
def test_tool_choice(choice: Json | None, fields: Json) -> None:
    body = encoded(request(user("Hi"), tools=[TOOL], **({"tool_choice": choice} if choice else {})))
    assert violations(body) == []
    assert {key: body[key] for key in ("tool_choice", "parallel_tool_calls") if key in body} == fields


def test_tools() -> None:
    body = encoded(
        request(
            user("Hi"),
            tools=[
                {**TOOL, "cache_control": {"type": "ephemeral"}, "defer_loading": True},
                {"name": "X", "type": "custom"},
            ],
        )
    )
    assert violations(body) == []
    assert [tool["function"] for tool in body["tools"]] == [
        {"name": "Bash", "description": "Runs", "parameters": TOOL["input_schema"]},
        {"name": "X", "description": "", "parameters": {"type": "object", "properties": {}}},
    ]


def test_an_unusual_top_level_of_a_schema_is_adapted() -> None:
    schema = {"$schema": "x", "anyOf": [{"properties": {"a": {"type": "string"}}}, {"properties": {"b": {}}}]}
    assert violations(encoded(request(user("Hi"), tools=[{"name": "T", "input_schema": schema}]))) == []


@pytest.mark.parametrize(
    "fields", [{"tools": []}, {"tool_choice": {"type": "any"}}, {"tools": [], "tool_choice": {"type": "auto"}}]
)
def test_no_tools_no_tool_fields(fields: Json) -> None:
    body = encoded(request(user("Hi"), **fields))
    assert violations(body) == []
    assert not {"tools", "tool_choice"} & set(body)


def test_a_tool_of_the_provider_is_refused_with_advice() -> None:
    with pytest.raises(ClientFault, match=r"web_search_20250305.*Router\.webSearch"):
        encoded(request(user("Hi"), tools=[{"type": "web_search_20250305", "name": "web_search"}]))


# Values that tune


@pytest.mark.parametrize(
    ("model", "fields", "sent", "left_out"),
    [
        ("gpt-4o", {"temperature": 1, "top_p": 0.5}, {"max_tokens": 100, "temperature": 1, "top_p": 0.5}, []),
        ("gpt-5", {"temperature": 1, "top_p": 0.5}, {"max_completion_tokens": 100}, ["temperature", "top_p"]),
        ("gpt-4o", {"stop_sequences": ["a"]}, {"max_tokens": 100, "stop": ["a"]}, []),
        (
            "gpt-4o",
            {"stop_sequences": list("abcdef")},
            {"max_tokens": 100, "stop": list("abcd")},
            ["stop_sequences[4:]"],
        ),
        ("gpt-4o", {"stop_sequences": []}, {"max_tokens": 100}, []),
        (
            "gpt-4o",
            {"stream": True},
            {"max_tokens": 100, "stream": True, "stream_options": {"include_usage": True}},
            [],
        ),
        ("gpt-4o", {"stream": False}, {"max_tokens": 100}, []),
        (
            "gpt-5",
            {"output_config": {"effort": "high"}},
            {"max_completion_tokens": 100, "reasoning_effort": "high"},
            [],
        ),
        ("gpt-5", {"thinking": {"type": "disabled"}}, {"max_completion_tokens": 100}, []),
        ("gpt-4o", {"output_config": {"effort": "high"}}, {"max_tokens": 100}, ["thinking"]),
        (
            "gpt-4o",
            {"metadata": {"user_id": "u"}, "top_k": 5, "context_management": {}, "service_tier": "auto"},
            {"max_tokens": 100},
            ["context_management", "metadata", "service_tier", "top_k"],
        ),
        (
            "gpt-4o",
            {"output_config": {"format": {"type": "json_schema", "schema": {"type": "object"}}}},
            {
                "max_tokens": 100,
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"name": "answer", "schema": {"type": "object"}, "strict": True},
                },
            },
            [],
        ),
    ],
)
def test_values(model: str, fields: Json, sent: Json, left_out: list[str]) -> None:
    answer = encode(request(user("Hi"), **fields), Target("prov", model, profile_for(model)))
    assert violations(answer.body) == []
    assert {key: value for key, value in answer.body.items() if key not in ("model", "messages")} == sent
    assert answer.left_out == left_out
    assert answer.body["model"] == model


def test_the_output_limit_is_capped() -> None:
    assert encoded(request(user("Hi"), max_tokens=64000), ModelProfile(max_output_tokens=8192))["max_tokens"] == 8192
    assert encoded(request(user("Hi"), max_tokens=100), ModelProfile(max_output_tokens=8192))["max_tokens"] == 100


def test_a_reasoning_object() -> None:
    profile = ModelProfile(reasoning="object")
    assert encoded(request(user("Hi"), output_config={"effort": "low"}), profile)["reasoning"] == {"effort": "low"}
    assert encoded(request(user("Hi"), thinking={"type": "disabled"}), profile)["reasoning"] == {"enabled": False}


# Reasoning of earlier turns

HISTORY = ModelProfile(reasoning_history="reasoning_content")


def thinking(value: str, signature: str = "") -> Json:
    return {"type": "thinking", "thinking": value, "signature": signature}


def test_reasoning_goes_back_where_the_provider_demands_it() -> None:
    body = request(
        assistant(thinking("Hm"), call("1")), user(result("1", "r")), assistant(thinking("So"), text("done"))
    )
    sent = encoded(body, HISTORY)["messages"]
    assert [message.get("reasoning_content") for message in sent] == ["Hm", None, "So"]


def test_a_call_without_reasoning_carries_an_empty_one() -> None:
    sent = encoded(request(assistant(call("1")), user(result("1", "r"))), HISTORY)["messages"]
    assert sent[0]["reasoning_content"] == ""


def test_signed_details_go_back_to_the_provider_that_made_them_and_to_no_other() -> None:
    details = [{"type": "reasoning.text", "text": "Hm", "signature": "s"}]
    signed = thinking("Hm", wrap("openai-chat:prov", json.dumps(details)))
    body = request(assistant(signed, text("ok")), user("b"))
    assert encoded(body)["messages"][0]["reasoning_details"] == details
    other = encoded(body, provider="other")["messages"]
    assert violations({"messages": other}) == []
    assert encoded(body, HISTORY, provider="other")["messages"][0]["reasoning_content"] == "Hm"


def test_reasoning_that_only_its_maker_can_read_goes_nowhere() -> None:
    body = request(assistant({"type": "redacted_thinking", "data": "x"}, text("ok")), user("b"))
    assert messages(body) == [assistant("ok"), user("b")]


# Any conversation

words = st.text(st.characters(categories=["L"]), min_size=1, max_size=6).map(lambda word: f"«{word}»")
ids = st.sampled_from(["a", "b", "c", "x_-2e_y"])
blocks = st.one_of(
    words.map(text),
    st.just(text("")),
    st.builds(call, ids),
    st.builds(result, ids, words | st.lists(words.map(text), max_size=2) | st.none(), is_error=st.booleans()),
    st.just({"type": "image", "source": PNG}),
    st.just({"type": "redacted_thinking", "data": "x"}),
    st.just(thinking("hidden")),
)
contents = st.one_of(words, st.just(""), st.lists(blocks, max_size=4))
any_message = st.fixed_dictionaries({"role": st.sampled_from(["user", "assistant", "system"]), "content": contents})


def legal_for_anthropic(message: Json) -> Json:
    """Calls stand in assistant messages only, results and images in user messages only; system messages are text."""
    content = message["content"]
    if isinstance(content, str):
        return message
    kinds = {
        "user": {"text", "tool_result", "image"},
        "assistant": {"text", "tool_use", "redacted_thinking", "thinking"},
        "system": {"text"},
    }[message["role"]]
    unique = {block.get("id", number): block for number, block in enumerate(content) if block["type"] in kinds}
    return {**message, "content": list(unique.values())}


def texts_in(value: Any) -> list[str]:
    return sorted(part.split("»")[0] for part in json.dumps(value, ensure_ascii=False).split("«")[1:])


@settings(max_examples=300)
@given(st.lists(any_message.map(legal_for_anthropic), min_size=1, max_size=7), words)
def test_any_conversation_gives_a_legal_request_and_loses_no_text(said: list[Json], system: str) -> None:
    body = request(*said, user("last"), system=system)
    sent = encoded(body)
    assert violations(sent) == []
    assert texts_in(sent["messages"]) == texts_in([body["system"], body["messages"]])
