"""POST /api/explain: the decision that a request would get, and nothing is sent."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ccr_proxy.server.lab import (
    Json,
    Provider,
    chain,
    chat_provider,
    chat_whole,
    configuration,
    error_of,
    question,
    running_gateway,
    whole,
)

SECRET = "sk-secret-0123456789-WXYZ"


def two_providers(provider: Provider, **more: Any) -> Json:
    return chain(chat_provider(provider, "one", api_key=SECRET), chat_provider(provider, "two"), **more)


async def explained(client: Any, body: Json, **headers: str) -> Json:
    response = await client.post("/api/explain", json=body, headers=headers)
    assert response.status == 200, await response.text()
    return dict(await response.json())


async def test_facts_steps_route_and_candidates_are_told_and_nothing_is_sent(provider: Provider) -> None:
    provider.says(whole(chat_whole()))
    async with running_gateway(two_providers(provider)) as (client, _):
        said = await explained(client, question(tools=[{"name": "Look", "input_schema": {"type": "object"}}]))
    assert provider.received == []
    assert said["facts"]["model"] == "claude-opus-4-8"
    assert said["facts"]["tools"] == ["Look"]
    assert said["considered"][-1] == {
        "step": "default", "outcome": "chosen", "why": said["reason"].removeprefix("default: "),
    }  # fmt: skip
    assert (said["route"], said["rule"], said["strategy"]) == ("default", None, "ordered")
    assert (said["targets"], said["fallback"]) == (["one,big-model"], ["two,big-model"])
    assert [(each["provider"], each["key"], each["state"]) for each in said["candidates"]] == [
        ("one", "#1 …WXYZ", "ready"), ("two", "#1", "ready"),
    ]  # fmt: skip
    assert SECRET not in str(said)


async def test_it_is_the_decision_that_the_request_gets(provider: Provider) -> None:
    provider.says(whole(chat_whole()))
    rule = {"name": "small", "when": {"header": {"x-team": "red"}}, "use": "one,small-model"}
    config = two_providers(provider)
    config["Router"]["rules"] = [rule]
    async with running_gateway(config) as (client, _):
        rules = []
        for headers in ({}, {"x-team": "red"}):
            said = await explained(client, question(), **headers)
            answer = await client.post("/v1/messages", json=question(), headers=headers)
            assert answer.headers["x-ccr-route"] == said["route"]
            assert f"{answer.headers['x-ccr-provider']},{answer.headers['x-ccr-model']}" == said["targets"][0]
            rules.append(said["rule"])
    assert rules == [None, "small"]


async def test_headers_in_the_body_count_as_those_of_the_request(provider: Provider) -> None:
    async with running_gateway(two_providers(provider)) as (client, _):
        said = await explained(client, {"request": question(), "headers": {"X-Claude-Code-Session-Id": "s-1"}})
    assert said["facts"]["session"] == "s-1"


async def test_other_formats_of_clients(provider: Provider) -> None:
    request = {"model": "two,small-model", "messages": [{"role": "user", "content": "Hi"}]}
    async with running_gateway(two_providers(provider)) as (client, _):
        said = await explained(client, {"request": request, "format": "openai-chat"})
    assert (said["route"], said["targets"]) == ("explicit", ["two,small-model"])


async def test_what_cools_and_where_a_session_stays_is_told(provider: Provider) -> None:
    provider.says(whole({"error": {"message": "slow down"}}, 429, retry_after="40"), whole(chat_whole()))
    headers = {"x-claude-code-session-id": "s-1"}
    async with running_gateway(two_providers(provider)) as (client, _):
        assert (await client.post("/v1/messages", json=question(), headers=headers)).status == 200
        first, second = (await explained(client, question(), **headers))["candidates"]
    assert (first["provider"], first["state"], first["session_stays_here"]) == ("two", "ready", True)
    assert (second["provider"], second["state"], second["session_stays_here"]) == ("one", "cooling", False)
    assert 30 < second["wait_seconds"] <= 40


async def test_a_rejected_key_is_parked(provider: Provider) -> None:
    provider.says(whole({"error": {"message": "no"}}, 401), whole(chat_whole()))
    async with running_gateway(two_providers(provider)) as (client, _):
        await client.post("/v1/messages", json=question())
        candidates = (await explained(client, question(messages=[{"role": "user", "content": "Else"}])))["candidates"]
    assert [(each["state"], each["wait_seconds"]) for each in candidates] == [("parked", None), ("ready", 0)]


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"model": "m"}, 400, "messages"),
        ({"request": 5}, 400, "request: must be an object"),
        ({"request": {}, "headers": []}, 400, "headers: must be an object"),
        ({"request": {}, "format": "xml"}, 400, "format: must be one of anthropic, openai-chat, openai-responses"),
        (question(model="nobody,m"), 404, "nobody"),
        ([], 400, "must be a JSON object"),
    ],
)
async def test_what_is_no_request_is_refused(provider: Provider, body: Any, status: int, words: str) -> None:
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        said = await error_of(await client.post("/api/explain", json=body))
    assert said[0] == status
    assert words in said[2]
