"""A configured provider as requests meet it: its transformers take effect from end to end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ccr_proxy.usage.ledger import Ledger
from tests.ccr_proxy.protocols.anthropic import answers as a
from tests.ccr_proxy.protocols.transcript import Chat, read_stream
from tests.ccr_proxy.server.lab import (
    Json,
    Provider,
    Received,
    anthropic_provider,
    chat_provider,
    chat_whole,
    configuration,
    question,
    running_gateway,
    stream,
    whole,
)

TOOL = {
    "name": "Bash",
    "input_schema": {"type": "object", "properties": {"command": {"type": "string"}}, "required": ["command"]},
}
MESSAGE = {"type": "message", "content": [{"type": "text", "text": "Hello"}], "stop_reason": "end_turn"}


async def sent(provider: Provider, entry: Json, body: Json) -> Received:
    """What reaches a provider of that configuration."""
    provider.says(whole(MESSAGE if entry["api_base_url"].endswith("/messages") else chat_whole()))
    async with running_gateway(configuration(entry)) as (client, _):
        response = await client.post("/v1/messages", json=body)
        assert response.status == 200, await response.text()
    return provider.received[-1]


@pytest.mark.parametrize("kind", [chat_provider, anthropic_provider])
async def test_maxtoken_caps_the_answer(provider: Provider, kind: Any) -> None:
    entry = kind(provider, transformer={"use": [["maxtoken", {"max_tokens": 4096}]]})
    assert (await sent(provider, entry, question(max_tokens=32000))).body["max_tokens"] == 4096
    assert (await sent(provider, entry, question(max_tokens=100))).body["max_tokens"] == 100


async def test_the_transformers_of_one_model_leave_the_others_alone(provider: Provider) -> None:
    entry = chat_provider(provider, transformer={"small-model": {"use": [["maxtoken", {"max_tokens": 4096}]]}})
    body = question(max_tokens=32000)
    assert (await sent(provider, entry, body)).body["max_tokens"] == 32000
    assert (await sent(provider, entry, body | {"model": "mock,small-model"})).body["max_tokens"] == 4096


async def test_options_of_openrouter_are_fields_of_the_request(provider: Provider) -> None:
    routing = {"only": ["moonshotai/fp8"], "allow_fallbacks": False}
    entry = chat_provider(provider, transformer={"use": [["openrouter", {"provider": routing}]]})
    body = question(thinking={"type": "enabled", "budget_tokens": 2000}, max_tokens=4000)
    received = await sent(provider, entry, body)
    assert received.body["provider"] == routing
    assert received.body["reasoning"] == {"effort": "low"}


BROKEN = ["{'command': 'ls'}", '{"command": "ls"', '{command: "ls",}']


@pytest.mark.parametrize("streams", [True, False], ids=["streamed", "whole"])
@pytest.mark.parametrize("broken", BROKEN)
async def test_enhancetool_repairs_arguments(provider: Provider, broken: str, streams: bool) -> None:
    function = {"name": "Bash", "arguments": broken}
    calls = [{"id": "c1", "type": "function", "function": function}]
    provider.says(
        stream(Chat.call(0, broken[:5], id="c1", name="Bash"), Chat.call(0, broken[5:]), Chat.finish("tool_calls"))
        if streams
        else whole(chat_whole("", tool_calls=calls))
    )
    entry = chat_provider(provider, transformer={"use": ["enhancetool"]})
    async with running_gateway(configuration(entry)) as (client, _):
        response = await client.post("/v1/messages", json=question(stream=streams, tools=[TOOL]))
        if streams:
            ((name, arguments),) = read_stream(await response.read()).calls
            called = (name, json.loads(arguments))
        else:
            (block,) = (await response.json())["content"]
            called = (block["name"], block["input"])
    assert called == ("Bash", {"command": "ls"})


async def test_enhancetool_repairs_the_answers_of_an_anthropic_provider_too(provider: Provider) -> None:
    provider.says(stream(a.start() + a.call(0, "toolu_1", "Bash", BROKEN[0]) + a.finish("tool_use") + a.END))
    entry = anthropic_provider(provider, transformer={"use": ["Anthropic", "enhancetool"]})
    async with running_gateway(configuration(entry)) as (client, _):
        response = await client.post("/v1/messages", json=question(stream=True, tools=[TOOL]))
        ((_, arguments),) = read_stream(await response.read()).calls
    assert json.loads(arguments) == {"command": "ls"}


@pytest.mark.parametrize(
    ("use", "credentials"),
    [
        ("Anthropic", {"x-api-key": "provider-key", "authorization": "Bearer provider-key"}),
        (["Anthropic", {"UseBearer": True}], {"authorization": "Bearer provider-key"}),
        (["Anthropic", {"UseBearer": False}], {"x-api-key": "provider-key"}),
    ],
)
async def test_use_bearer_says_how_the_key_is_named(provider: Provider, use: Any, credentials: dict[str, str]) -> None:
    received = await sent(provider, anthropic_provider(provider, transformer={"use": [use]}), question())
    assert {name: received.headers[name] for name in ("x-api-key", "authorization") if name in received.headers} == (
        credentials
    )


async def test_a_transformer_of_the_answer_leaves_the_request_to_anthropic_as_it_is(provider: Provider) -> None:
    body = question(novelty={"x": 1}, tools=[TOOL])
    received = await sent(provider, anthropic_provider(provider, transformer={"use": ["enhancetool"]}), body)
    assert received.body == body | {"model": "big-model"}


async def test_a_budget_in_money_outlives_the_gateway(tmp_path: Path, provider: Provider) -> None:
    # 3 tokens in and 2 out at a dollar each: the second request exceeds eight dollars, the third is refused.
    price = {"input": 1_000_000, "output": 1_000_000}
    budget = {"per": "provider", "name": "mock", "period": "month", "usd": 8}
    config = configuration(
        chat_provider(provider), availability={"budgets": [budget]}, usage={"prices": {"mock": {"*": price}}}
    )
    provider.says(whole(chat_whole()))
    statuses = []
    for _ in range(3):
        async with running_gateway(config, Ledger(tmp_path / "usage.sqlite3", 30)) as (client, gateway):
            statuses.append((await client.post("/v1/messages", json=question())).status)
            (view,) = gateway.availability.snapshot().budgets
    assert statuses == [200, 200, 429]
    assert view.used == 10


async def test_a_ledger_that_cannot_be_read_does_not_keep_the_gateway_from_starting(
    tmp_path: Path, provider: Provider, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "usage.sqlite3"
    path.write_text("broken" * 1000)
    provider.says(whole(chat_whole()))
    async with running_gateway(configuration(chat_provider(provider)), Ledger(path, 30)) as (client, _):
        assert (await client.post("/v1/messages", json=question())).status == 200
    assert "budgets begin at nothing" in capsys.readouterr().err
