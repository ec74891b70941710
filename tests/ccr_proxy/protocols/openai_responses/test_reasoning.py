"""Reasoning: how much is asked for, and the round trip of its items."""

from __future__ import annotations

import pytest

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.answer import Target
from ccr_proxy.protocols.model_profile import ModelProfile, profile_for
from ccr_proxy.protocols.openai_responses.request import encode

from .transcript import done, ended, message, sse

HELLO = {"role": "user", "content": "hello"}


def _request(model: str, provider: str = "acme", **fields: object) -> JsonObject:
    profile = profile_for(model) if profile_for(model).reasoning != "none" else ModelProfile(reasoning="effort")
    return encode({"model": "claude", "messages": [HELLO], **fields}, Target(provider, model, profile)).body


@pytest.mark.parametrize(
    ("model", "thinking", "effort", "expected"),
    [
        ("gpt-5", {"type": "adaptive"}, None, {"summary": "auto"}),
        ("gpt-5", {"type": "adaptive"}, "high", {"effort": "high", "summary": "auto"}),
        ("gpt-6.1-sol", {"type": "adaptive"}, "max", {"effort": "xhigh", "summary": "auto"}),
        ("gpt-6-luna", {"type": "adaptive"}, "max", {"effort": "max", "summary": "auto"}),
        ("gpt-5", {"type": "adaptive", "display": "omitted"}, "low", {"effort": "low"}),
        ("gpt-5", {"type": "enabled", "budget_tokens": 2000}, None, {"effort": "low", "summary": "auto"}),
        ("gpt-5", {"type": "enabled", "budget_tokens": 31999}, None, {"effort": "high", "summary": "auto"}),
        ("gpt-5", None, None, None),
        ("gpt-5", {"type": "disabled"}, "high", {"effort": "minimal"}),
        ("gpt-5-codex", {"type": "disabled"}, None, {"effort": "low"}),
        ("openai/gpt-5.1", {"type": "disabled"}, None, {"effort": "none"}),
        ("gpt-5", None, "max", {"effort": "high"}),
        ("gpt-5.1-codex-max", None, "xhigh", {"effort": "xhigh"}),
        ("gpt-5.4", None, "max", {"effort": "xhigh"}),
        ("gpt-5.6-sol", None, "max", {"effort": "max"}),
        ("gpt-5.2-pro", None, "low", {"effort": "medium"}),
        ("o4-mini", None, "max", {"effort": "high"}),
        ("grok-3-mini", None, "medium", {"effort": "low"}),
    ],
)
def test_effort_is_what_the_model_takes(model: str, thinking: object, effort: object, expected: object) -> None:
    config = {"effort": effort} if effort else {}
    request = _request(model, thinking=thinking, output_config=config)
    assert request.get("reasoning") == expected
    assert request["include"] == ["reasoning.encrypted_content"]


def test_hosted_tools_need_more_than_minimal_effort() -> None:
    search = {"type": "web_search_20250305", "name": "web_search"}
    request = _request("gpt-5", thinking={"type": "disabled"}, tools=[search])
    assert request["reasoning"] == {"effort": "low"}


ENCRYPTED = {
    "type": "reasoning",
    "id": "rs_1",
    "summary": [{"type": "summary_text", "text": "one"}, {"type": "summary_text", "text": "two"}],
    "encrypted_content": "gAAAA==",
}
HIDDEN = {"type": "reasoning", "id": "rs_2", "summary": [], "encrypted_content": "gBBBB=="}
PLAIN = {"type": "reasoning", "id": "rs_3", "summary": [], "content": [{"type": "reasoning_text", "text": "hm"}]}
UNUSABLE = {"type": "reasoning", "id": "rs_4", "summary": [{"type": "summary_text", "text": "lost"}]}
CALL = {"type": "function_call", "call_id": "c1", "name": "Bash", "arguments": '{"command":"ls"}'}


def _answered(*items: JsonObject) -> JsonObject:
    events = [done(index, **{**item, "kind": item["type"]}) for index, item in enumerate(items)]
    return {"role": "assistant", "content": message(sse(*events, ended()))["content"]}


def _sent_again(turn: JsonObject, provider: str = "acme") -> list[JsonObject]:
    items: list[JsonObject] = _request("gpt-5", provider, messages=[HELLO, turn])["input"]
    return items[1:]


@pytest.mark.parametrize("item", [ENCRYPTED, HIDDEN, PLAIN], ids=["encrypted", "hidden", "plain"])
def test_a_reasoning_item_comes_back_as_it_was(item: JsonObject) -> None:
    sent = _sent_again(_answered(item, CALL))
    assert sent[:2] == [item, CALL]


def test_several_reasoning_items_keep_their_places() -> None:
    turn = _answered(ENCRYPTED, HIDDEN, {"type": "message", "content": "Now."}, PLAIN, CALL)
    said = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Now."}]}
    assert _sent_again(turn)[:5] == [ENCRYPTED, HIDDEN, said, PLAIN, CALL]


def test_reasoning_does_not_go_to_another_provider() -> None:
    assert _sent_again(_answered(ENCRYPTED, CALL), "other")[0] == CALL


def test_a_summary_that_the_provider_could_not_find_again_is_not_sent() -> None:
    assert _sent_again(_answered(UNUSABLE, CALL))[0] == CALL


def test_reasoning_without_what_followed_is_not_sent() -> None:
    assert _sent_again(_answered(ENCRYPTED, HIDDEN)) == []
