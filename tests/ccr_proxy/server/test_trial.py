"""POST /api/trial: one target answers, and nobody in its place."""

from __future__ import annotations

from typing import Any

import pytest

from ccr_proxy.config.schema import Config
from ccr_proxy.server.trial import configured_routes
from tests.ccr_proxy.protocols.transcript import Chat, read_stream
from tests.ccr_proxy.server.lab import (
    Provider,
    chain,
    chat_provider,
    chat_whole,
    configuration,
    error_of,
    question,
    running_gateway,
    stream,
    whole,
)


async def test_the_target_answers_whatever_the_routes_say(provider: Provider, other_provider: Provider) -> None:
    other_provider.says(stream(Chat.say("Hi") + Chat.finish() + Chat.DONE))
    config = configuration(chat_provider(provider, "one"), chat_provider(other_provider, "two"))
    async with running_gateway(config) as (client, _):
        body = {"target": "TWO,small-model", "request": question(stream=True)}
        response = await client.post("/api/trial", json=body)
        assert (response.headers["x-ccr-provider"], response.headers["x-ccr-model"]) == ("two", "small-model")
        assert "Hi" in str(read_stream(await response.read()))
    assert provider.received == []


async def test_nobody_answers_in_its_place(provider: Provider, other_provider: Provider) -> None:
    provider.says(whole({"error": {"message": "overloaded"}}, 503))
    other_provider.says(whole(chat_whole()))
    async with running_gateway(chain(chat_provider(provider, "one"), chat_provider(other_provider, "two"))) as (
        client, _,
    ):  # fmt: skip
        body = {"target": "one,big-model", "request": question()}
        assert (await error_of(await client.post("/api/trial", json=body)))[0] == 503
    assert other_provider.received == []


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"target": "nobody,m", "request": question()}, 404, "Configured providers: mock"),
        ({"target": 5, "request": question()}, 404, "5 is no model"),
        ({"target": "mock,big-model"}, 400, "the body must be"),
        ([], 400, "the body must be"),
        ({"target": "mock,big-model", "request": {}}, 400, "messages"),
    ],
)
async def test_what_is_no_trial_is_refused(provider: Provider, body: Any, status: int, words: str) -> None:
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        said = await error_of(await client.post("/api/trial", json=body))
    assert said[0] == status
    assert words in said[2]


def test_routes_with_their_fallbacks_and_the_rules_that_can_apply() -> None:
    provider = {"name": "p", "api_base_url": "https://p/v1", "api_key": "k", "models": ["a", "b", "c"]}
    rules = [
        {"name": "late", "when": {}, "use": ["p,b", "p,c"]},
        {"name": "broken", "when": {}, "use": "p,nothing"},
        {"name": "unreadable", "when": {"tokns": 1}, "use": "p,a"},
    ]
    config = Config.model_validate(
        {
            "Providers": [provider],
            "Router": {"default": "p,a", "think": ["b", "p,a"], "image": "nobody,m", "rules": rules},
            "fallback": {"default": ["p,c", "p,a"]},
        }
    )
    routes = {name: list(map(str, targets)) for name, targets in configured_routes(config).items()}
    assert routes == {"default": ["p,a", "p,c"], "think": ["p,b", "p,a"], "rule “late”": ["p,b", "p,c"]}
