"""Configurations of Claude Code Router 2, in the shapes its users have, and each thing its routing got wrong.

From the text of the file and the body of the request to the decision; no part is stubbed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ccr_proxy.config.document import parse
from ccr_proxy.config.load import LoadedConfig, evaluate
from ccr_proxy.errors import ClientFault
from ccr_proxy.routing.decide import decide
from ccr_proxy.routing.decision import Decision
from ccr_proxy.routing.facts import facts_of
from ccr_proxy.routing.token_estimate import TokenCounter

# The shape of the documented sample: every provider kind, transformers for all and for single models.
FULL = """{
  "APIKEY": "your-secret-key",
  "PROXY_URL": "http://127.0.0.1:7890",
  "LOG": true,
  "API_TIMEOUT_MS": 600000,
  "NON_INTERACTIVE_MODE": false,
  "Providers": [
    { "name": "OpenRouter", "api_base_url": "https://openrouter.ai/api/v1/chat/completions", "api_key": "sk-xxx",
      "models": ["google/gemini-2.5-pro-preview", "anthropic/claude-sonnet-4"],
      "transformer": { "use": ["openrouter"] } },
    { "name": "deepseek", "api_base_url": "https://api.deepseek.com/chat/completions", "api_key": "sk-xxx",
      "models": ["deepseek-chat", "deepseek-reasoner"],
      "transformer": { "use": ["deepseek"], "deepseek-chat": { "use": ["tooluse"] } } },
    { "name": "ollama", "api_base_url": "http://localhost:11434/v1/chat/completions", "api_key": "ollama",
      "models": ["qwen2.5-coder:latest"] },
    { "name": "gemini", "api_base_url": "https://generativelanguage.googleapis.com/v1beta/models/", "api_key": "sk-xxx",
      "models": ["gemini-2.5-pro"], "transformer": { "use": ["gemini"] } },
    { "name": "modelscope", "api_base_url": "https://api-inference.modelscope.cn/v1/chat/completions", "api_key": "",
      "models": ["Qwen/Qwen3-Coder-480B-A35B-Instruct"],
      "transformer": { "use": [["maxtoken", { "max_tokens": 65536 }], "enhancetool"] } },
  ],
  "Router": {
    "default": "deepseek,deepseek-chat",
    "background": "ollama,qwen2.5-coder:latest",
    "think": "deepseek,deepseek-reasoner",
    "longContext": "openrouter,google/gemini-2.5-pro-preview",
    "longContextThreshold": 60000,
    "webSearch": "gemini,gemini-2.5-pro",
    "image": "gemini,gemini-2.5-pro"
  },
  "fallback": {
    "default": ["openrouter,anthropic/claude-sonnet-4", "nobody,x"],
    "think": ["openrouter,anthropic/claude-sonnet-4"]
  }
}"""
# JSON5, the other spelling of Providers, variables, no transformer, no APIKEY.
SMALL = """{
  // my own
  LOG: false,
  providers: [
    {name: 'local', api_base_url: 'http://localhost:1234/v1/chat/completions', api_key: 'x', models: ['one', 'two']},
  ],
  Router: {default: '$WHERE', think: '${WHERE}', longContext: ''},
}"""
NO_ROUTER = '{"Providers": [{"name": "a", "api_base_url": "http://a/v1", "api_key": "k", "models": ["m", "n"]}]}'
SESSION = "0b6b1a3e-1f0e-4d43-8b50-5f8c2f3d5a11"
IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}}
TAG = "<CCR-SUBAGENT-MODEL>gemini,gemini-2.5-pro</CCR-SUBAGENT-MODEL>Explore."
LONG = "word " * 70_000


def loaded(text: str) -> LoadedConfig:
    return evaluate(parse(text, "config.json"), Path("config.json"), {"WHERE": "local,two"})


def decided(body: dict[str, Any], text: str = FULL) -> Decision:
    return decide(facts_of(body, {}, TokenCounter()), loaded(text).config)


def request(content: Any = "Fix it", **changes: Any) -> dict[str, Any]:
    body = {"model": "claude-opus-4-8", "messages": [{"role": "user", "content": content}], **changes}
    return {key: value for key, value in body.items() if value != "(absent)"}


def system(*texts: str) -> list[dict[str, Any]]:
    return [{"type": "text", "text": text} for text in texts]


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (
            FULL,
            ["Providers[4].api_key is empty", 'provider "modelscope" is left out', "fallback.default[1]: there is no"],
        ),
        (SMALL, ["APIKEY is not set"]),
        (NO_ROUTER, ["APIKEY is not set", "Router.default is not set"]),
    ],
)
def test_their_files_load_and_what_ccr_drops_silently_is_told(text: str, problems: list[str]) -> None:
    found = [problem.message for problem in loaded(text).problems]
    assert len(found) == len(problems)
    for message in problems:
        assert any(line.startswith(message) for line in found), (message, found)


@pytest.mark.parametrize(
    ("name", "body", "route", "targets"),
    [
        ("default", request(), "default", ["deepseek,deepseek-chat", "OpenRouter,anthropic/claude-sonnet-4"]),
        ("haiku", request(model="claude-3-5-haiku-20241022"), "background", ["ollama,qwen2.5-coder:latest"]),
        ("long", request(LONG), "longContext", ["OpenRouter,google/gemini-2.5-pro-preview"]),
        (
            "search",
            request(tools=[{"type": "web_search_20250305", "name": "web_search"}]),
            "webSearch",
            ["gemini,gemini-2.5-pro"],
        ),
        (
            "explicit, as typed when it is not listed",
            request(model="deepseek,deepseek-v9"),
            "explicit",
            ["deepseek,deepseek-v9", "OpenRouter,anthropic/claude-sonnet-4"],
        ),
    ],
)
def test_what_ccr_gets_right_stays(name: str, body: dict[str, Any], route: str, targets: list[str]) -> None:
    decision = decided(body)
    assert (decision.route, [str(target) for target in decision.targets]) == (route, targets), name


ENABLED = {"type": "enabled", "budget_tokens": 10_000}


@pytest.mark.parametrize(
    ("defect", "body", "route", "target"),
    [
        ("an exception while counting sends to default, even an explicit model",
         request("<|endoftext|>", model="gemini,gemini-2.5-pro"), "explicit", "gemini,gemini-2.5-pro"),
        ("so does a tool result without content",
         request([{"type": "tool_result", "tool_use_id": "t"}], model="gemini,gemini-2.5-pro"),
         "explicit", "gemini,gemini-2.5-pro"),
        ("and it loses long context", request(LONG + "<|endoftext|>"),
         "longContext", "OpenRouter,google/gemini-2.5-pro-preview"),
        ("no model counts as an exception", request(LONG, model="(absent)"),
         "longContext", "OpenRouter,google/gemini-2.5-pro-preview"),
        ("an image overrides an explicit model", request([IMAGE], model="deepseek,deepseek-chat"),
         "explicit", "deepseek,deepseek-chat"),
        ("only top-level images of the last message count well",
         request([{"type": "tool_result", "tool_use_id": "t", "content": [IMAGE]}]), "image", "gemini,gemini-2.5-pro"),
        ("an image in a tool result counts as text", request([{"type": "tool_result", "tool_use_id": "t", "content": [
            {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "A" * 900_000}}]}]),
         "image", "gemini,gemini-2.5-pro"),
        ("a provider in other letters is not found", request(model="OPENROUTER,Anthropic/Claude-Sonnet-4"),
         "explicit", "OpenRouter,anthropic/claude-sonnet-4"),
        ("blanks are kept", request(model=" deepseek , deepseek-reasoner "), "explicit", "deepseek,deepseek-reasoner"),
        ("a long conversation overrules the tag", request(LONG, system=system("x", TAG)),
         "subagent", "gemini,gemini-2.5-pro"),
        ("the tag is not seen in the third system block", request(system=system("billing", "You are", TAG)),
         "subagent", "gemini,gemini-2.5-pro"),
        ("nor in the first", request(system=system(TAG)), "subagent", "gemini,gemini-2.5-pro"),
        ("nor in a system prompt that is a text", request(system=TAG), "subagent", "gemini,gemini-2.5-pro"),
        ("nor in the prompt", request(TAG), "subagent", "gemini,gemini-2.5-pro"),
        ("haiku in capitals is not seen", request(model="Claude-3-5-Haiku"),
         "background", "ollama,qwen2.5-coder:latest"),
        ("disabled thinking is thinking", request(thinking={"type": "disabled"}), "default", "deepseek,deepseek-chat"),
        ("adaptive thinking, always there, is thinking", request(thinking={"type": "adaptive"}),
         "default", "deepseek,deepseek-chat"),
        ("a chosen budget still is", request(thinking=ENABLED), "think", "deepseek,deepseek-reasoner"),
        ("bare model names are not known", request(model="deepseek-reasoner"), "model", "deepseek,deepseek-reasoner"),
        ("no messages answer 500", request(messages=[]), "default", "deepseek,deepseek-chat"),
        ("so do none at all", request(messages="(absent)"), "default", "deepseek,deepseek-chat"),
        ("a user_id that is no text answers 500", request(metadata={"user_id": 5}),
         "default", "deepseek,deepseek-chat"),
    ],
)  # fmt: skip
def test_what_ccr_gets_wrong_is_right(defect: str, body: dict[str, Any], route: str, target: str) -> None:
    decision = decided(body)
    assert (decision.route, str(decision.targets[0])) == (route, target), defect


@pytest.mark.parametrize(
    "user_id",
    [f"user_ab_account__session_{SESSION}", json.dumps({"device_id": "a", "account_uuid": "", "session_id": SESSION})],
)
def test_the_session_is_known_in_both_forms(user_id: str) -> None:
    assert facts_of(request(metadata={"user_id": user_id}), {}, TokenCounter()).session_id == SESSION


def test_variables_work_in_router_too() -> None:
    assert str(decided(request(), SMALL).targets[0]) == "local,two"


def test_a_missing_router_is_no_server_error() -> None:
    decision = decided(request(), NO_ROUTER)
    assert (decision.route, str(decision.targets[0])) == ("default", "a,m")


def test_a_missing_default_says_what_to_write() -> None:
    several = FULL.replace('"default": "deepseek,deepseek-chat",', "", 1)
    with pytest.raises(ClientFault, match=r'set Router\.default to "provider,model"'):
        decided(request(), several)


def test_an_unknown_provider_says_what_was_meant() -> None:
    with pytest.raises(ClientFault, match="Did you mean “deepseek”"):
        decided(request(model="deepsek,deepseek-chat"))


def test_the_fallback_of_a_route_is_its_own_and_an_unknown_one_is_passed_over() -> None:
    think = decided(request("ultrathink"))
    assert [str(target) for target in think.reserves] == ["OpenRouter,anthropic/claude-sonnet-4"]
    image = decided(request([IMAGE]))
    assert [str(target) for target in image.reserves] == ["OpenRouter,anthropic/claude-sonnet-4"]
