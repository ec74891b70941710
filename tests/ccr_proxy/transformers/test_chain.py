"""Several transformers together."""

from __future__ import annotations

import pytest

from ccr_proxy.protocols.model_profile import ModelProfile
from ccr_proxy.transformers.chain import TransformerChain
from ccr_proxy.transformers.transformer import Transformer, by_name
from tests.ccr_proxy.protocols.transcript import Chat
from tests.ccr_proxy.transformers.asking import BASH, HELLO, answered, chain, sent


def test_an_empty_chain_changes_nothing() -> None:
    nothing = TransformerChain()
    assert not nothing.changes_request
    assert not nothing.changes_answer
    assert nothing.profile(ModelProfile(), "m") == ModelProfile()
    assert nothing.headers({"a": "b"}) == {"a": "b"}
    assert sent(nothing) == {"model": "m", "messages": HELLO["messages"], "max_tokens": 32000}


@pytest.mark.parametrize("entry", ["maxtoken", "MaxToken", ["maxtoken"], ["maxtoken", {"max_tokens": "500"}]])
def test_an_entry_is_a_name_or_a_list(entry: object) -> None:
    expected = 500 if isinstance(entry, list) and len(entry) > 1 else 32000
    assert sent(chain(entry))["max_tokens"] == expected


def test_the_models_transformers_come_after_the_providers() -> None:
    both = chain(["openrouter", {"provider": {"sort": "price"}}], model=[["openrouter", {"provider": {"only": ["a"]}}]])
    assert sent(both)["provider"] == {"only": ["a"]}


def test_requests_pass_in_order_and_answers_from_the_other_end() -> None:
    passed: list[str] = []

    def named(name: str) -> Transformer:
        def request(body: dict, _context: object, _options: dict) -> dict:  # type: ignore[type-arg]
            passed.append(f"out {name}")
            return body

        def answer(sink: object, _context: object, _options: dict) -> object:  # type: ignore[type-arg]
            passed.append(f"wrap {name}")
            return sink

        return Transformer(name, request=request, answer=answer)  # type: ignore[arg-type]

    both = chain("first", model=["second"], known=by_name((named("first"), named("second"))))
    sent(both)
    answered(both, Chat.say("x"), Chat.finish())
    # The sink that was wrapped last hears the decoder first.
    assert passed == ["out first", "out second", "wrap first", "wrap second"]


def test_an_unknown_name_has_no_step() -> None:
    assert chain("no-such-thing").steps == ()


def test_the_configuration_of_the_routers_documentation_works_together() -> None:
    whole = chain(["maxtoken", {"max_tokens": "65536"}], "enhancetool", model=["reasoning", "tooluse"])
    asked = {**HELLO, "tools": [BASH], "thinking": {"type": "enabled", "budget_tokens": 1000}}
    body = sent(whole, asked)
    assert body["max_tokens"] == 32000
    assert body["enable_thinking"] is True
    assert body["tool_choice"] == "required"
    call = Chat.call(0, '{"command":"ls",}', id="a", name="Bash") + Chat.call(1, '{"response":"Done"}', name="ExitTool")
    lines = answered(whole, Chat.think("Hm"), call, Chat.finish("tool_calls"), asked=asked)
    assert lines == ["thinking: Hm", 'call Bash#a {"command":"ls"}', "text: Done", "stop: tool_use"]


def test_the_clients_request_is_never_changed() -> None:
    asked = {
        **HELLO,
        "tools": [BASH],
        "system": [{"type": "text", "text": "s", "cache_control": {"type": "ephemeral"}}],
        "messages": [{"role": "user", "content": [{"type": "text", "text": "x", "cache_control": {}}]}],
    }
    before = repr(asked)
    for name in ("tooluse", "forcereasoning", "cleancache", "groq", "openrouter", "reasoning", "vertex-claude"):
        sent(chain(name), asked)
        sent(chain(name), asked, protocol="anthropic")
    assert repr(asked) == before
