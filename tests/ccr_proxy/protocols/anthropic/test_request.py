"""An Anthropic request for another Anthropic endpoint: everything goes on, but for foreign reasoning."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.protocols.answer import Target
from ccr_proxy.protocols.anthropic.request import encode, encode_bytes
from ccr_proxy.protocols.citation import page_citation
from ccr_proxy.protocols.model_profile import ModelProfile
from ccr_proxy.protocols.signatures import wrap
from ccr_proxy.protocols.tool_ids import signed

Json = dict[str, Any]
TARGET = Target("prov", "their-model", ModelProfile())
CAPPED = Target("prov", "their-model", ModelProfile(max_output_tokens=100))


def assistant(*blocks: Json) -> Json:
    return {"role": "assistant", "content": list(blocks)}


def thinking(**more: Any) -> Json:
    return {"type": "thinking", "thinking": "Hm", **more}


def test_open_fields_go_on_and_only_the_model_changes() -> None:
    body = {"model": "asked", "messages": [{"role": "user", "content": "Hi"}], "novelty": {"x": [1]}, "max_tokens": 5}
    assert encode(body, TARGET).body == {**body, "model": "their-model"}
    assert body["model"] == "asked"


def test_bytes_go_on_as_they_are() -> None:
    raw = b'{"model":"asked" , "messages" : [{"role":"user","content":"\\u00e4"}],  "x":1.0}'
    sent = encode_bytes(raw, json.loads(raw), TARGET)
    assert sent == raw.replace(b'"asked"', b'"their-model"')


TEXT = {"type": "text", "text": "ok"}
SIGNED = thinking(signature="EqQB")
REDACTED = {"type": "redacted_thinking", "data": "x"}


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        (assistant(SIGNED, REDACTED, TEXT), assistant(SIGNED, REDACTED, TEXT)),
        (assistant(thinking(signature=""), TEXT), assistant(TEXT)),
        (assistant(thinking(), TEXT), assistant(TEXT)),
        (assistant(thinking(signature=None), TEXT), assistant(TEXT)),
        (assistant(thinking(signature=wrap("openai-chat:x", "y")), TEXT), assistant(TEXT)),
        (assistant(thinking(signature="")), None),
        ({"role": "assistant", "content": "plain"}, {"role": "assistant", "content": "plain"}),
        ({"role": "user", "content": [thinking(signature="")]}, {"role": "user", "content": [thinking(signature="")]}),
    ],
)
def test_reasoning_that_anthropic_did_not_sign_goes_out(message: Json, kept: Json | None) -> None:
    body = {"model": "asked", "messages": [message, {"role": "user", "content": "Hi"}]}
    expected = [kept, body["messages"][1]] if kept else [body["messages"][1]]
    assert encode(body, TARGET).body["messages"] == expected
    assert json.loads(encode_bytes(json.dumps(body).encode(), body, TARGET))["messages"] == expected


def test_a_signature_in_an_id_goes_out_of_the_call_and_its_result() -> None:
    tool_id = signed("toolu_1", wrap("gemini:google", "s" * 5000))
    call = {"type": "tool_use", "id": tool_id, "name": "Bash", "input": {}}
    result = {"type": "tool_result", "tool_use_id": tool_id, "content": "ok"}
    body = {"model": "asked", "messages": [assistant(SIGNED, call), {"role": "user", "content": [result, TEXT]}]}
    plain = [
        assistant(SIGNED, {**call, "id": "toolu_1"}),
        {"role": "user", "content": [{**result, "tool_use_id": "toolu_1"}, TEXT]},
    ]
    assert encode(body, TARGET).body["messages"] == plain
    assert json.loads(encode_bytes(json.dumps(body).encode(), body, TARGET))["messages"] == plain


def test_citations_that_lack_anthropics_index_go_out_and_its_own_stay() -> None:
    foreign = page_citation("https://a.example", "A")
    own = {**foreign, "cited_text": "said", "encrypted_index": "Eo8B"}
    messages = [assistant({**TEXT, "citations": [foreign]}), assistant({**TEXT, "citations": [own]})]
    sent = encode({"model": "asked", "messages": messages}, TARGET).body["messages"]
    assert sent == [assistant(TEXT), assistant({**TEXT, "citations": [own]})]


@pytest.mark.parametrize(("limit", "sent"), [(64000, 100), (50, 50), (100, 100), (None, None)])
def test_the_output_limit_is_capped(limit: int | None, sent: int | None) -> None:
    body: Json = {"model": "asked", "messages": []} | ({"max_tokens": limit} if limit else {})
    assert encode(body, CAPPED).body.get("max_tokens") == sent
    raw = json.dumps(body, separators=(",", ":")).encode()
    assert json.loads(encode_bytes(raw, body, CAPPED)).get("max_tokens") == sent


def test_a_lowered_limit_lowers_the_thinking_budget() -> None:
    capped = Target("prov", "their-model", ModelProfile(max_output_tokens=8192))
    body: Json = {"model": "asked", "messages": [], "max_tokens": 32000}
    sent = encode(body | {"thinking": {"type": "enabled", "budget_tokens": 31999}}, capped).body
    assert (sent["max_tokens"], sent["thinking"]["budget_tokens"]) == (8192, 8191)


words = st.text(max_size=8)
signatures = st.sampled_from(["", "EqQB", "zcf1.YQ.YQ", None])
blocks = st.one_of(
    words.map(lambda text: {"type": "text", "text": text}),
    signatures.map(lambda signature: thinking(signature=signature)),
    st.just(thinking()),
    st.just(REDACTED),
)
messages = st.fixed_dictionaries(
    {"role": st.sampled_from(["user", "assistant"]), "content": words | st.lists(blocks, max_size=3)}
)
bodies = st.fixed_dictionaries(
    {"model": words, "messages": st.lists(messages, max_size=3)},
    optional={"max_tokens": st.integers(1, 200), "x": words, "system": words},
)


@given(bodies, st.sampled_from([TARGET, CAPPED]), st.booleans(), st.permutations(["model", "messages", "x"]))
def test_both_ways_of_writing_say_the_same(body: Json, target: Target, compact: bool, order: list[str]) -> None:
    body = {key: body[key] for key in order if key in body} | body
    raw = json.dumps(body, ensure_ascii=not compact, separators=(",", ":") if compact else None).encode()
    assert json.loads(encode_bytes(raw, body, target)) == encode(body, target).body
