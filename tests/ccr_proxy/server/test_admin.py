"""The admin API: what it shows, what it changes, and whom it refuses."""

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
ENDPOINTS = [
    ("POST", "/api/explain"),
    ("GET", "/api/requests"),
    ("GET", "/api/requests/req_1"),
    ("GET", "/api/routes"),
    ("GET", "/api/availability"),
    ("POST", "/api/availability/reset"),
    ("POST", "/api/availability/check"),
    ("POST", "/api/trial"),
]


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
async def test_everything_asks_for_the_key_and_refuses_foreign_pages(
    provider: Provider, method: str, path: str
) -> None:
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        refusals: list[tuple[dict[str, str], int]] = [
            ({"x-api-key": "wrong"}, 401),
            ({"x-api-key": ""}, 401),
            ({"Origin": "https://evil.example"}, 403),
            ({"Host": "evil.example"}, 403),
        ]
        for headers, status in refusals:
            assert (await client.request(method, path, json={}, headers=headers)).status == status
    assert provider.received == []


async def test_circuits_and_providers_are_shown_and_closed_again(provider: Provider, other_provider: Provider) -> None:
    provider.says(whole({"error": {"message": "slow down"}}, 429, retry_after="40"), whole(chat_whole()))
    other_provider.says(whole(chat_whole()))
    first = chat_provider(provider, "one", api_key=SECRET, limits={"requests_per_minute": 9})
    async with running_gateway(chain(first, chat_provider(other_provider, "two"))) as (client, _):
        await client.post("/v1/messages", json=question())
        state = await _availability(client)
        (circuit,) = state["circuits"]
        assert (circuit["provider"], circuit["key"], circuit["model"]) == ("one", "#1 …WXYZ", "big-model")
        assert (circuit["phase"], circuit["failure"], circuit["status"]) == ("open", "rate_limited", 429)
        assert circuit["message"] == "slow down"
        assert 30 < circuit["seconds_left"] <= 40
        one, two = state["providers"]
        assert (one["name"], one["keys"], one["requests_last_minute"]) == ("one", ["#1 …WXYZ"], 1)
        assert list(two["first_token_ms"]) == ["big-model"]
        assert SECRET not in str(state)
        # Only what was named is closed.
        assert await _reset(client, provider="two") == 0
        assert await _reset(client, provider="ONE", model="small-model") == 0
        assert await _reset(client, key="#1 …WXYZ") == 1
        assert (await _availability(client))["circuits"] == []


async def test_a_budget_counts_what_was_really_used_and_then_moves_requests(
    provider: Provider, other_provider: Provider
) -> None:
    provider.says(whole(chat_whole()))
    other_provider.says(whole(chat_whole()))
    budget = {"per": "provider", "name": "one", "period": "day", "tokens": 5}
    config = chain(chat_provider(provider, "one"), chat_provider(other_provider, "two"))
    async with running_gateway({**config, "availability": {"budgets": [budget]}}) as (client, _):
        first = await client.post("/v1/messages", json=question())
        usage = (await first.json())["usage"]
        (state,) = (await _availability(client))["budgets"]
        second = await client.post("/v1/messages", json=question())
        candidates = (await (await client.post("/api/explain", json=question())).json())["candidates"]
    assert state["used"] == usage["input_tokens"] + usage["cache_read_input_tokens"] + usage["output_tokens"] >= 5
    assert (state["per"], state["name"], state["limit"], state["unit"]) == ("provider", "one", 5, "tokens")
    assert [each.headers["x-ccr-provider"] for each in (first, second)] == ["one", "two"]
    assert second.headers["x-ccr-attempts"] == "one,big-model #1 - over_budget"
    assert [(each["provider"], each["state"]) for each in candidates] == [("two", "ready"), ("one", "over budget")]
    assert "is used up" in candidates[1]["why"]


async def test_a_parked_circuit_has_no_time(provider: Provider) -> None:
    provider.says(whole({"error": {"message": "who are you"}}, 401))
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        await client.post("/v1/messages", json=question())
        (circuit,) = (await _availability(client))["circuits"]
        assert (circuit["parked"], circuit["seconds_left"], circuit["phase"]) == (True, None, "open")
        assert await _reset(client) == 1


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        ("reset", {"provider": "nobody"}, 404, "there are: mock"),
        ("reset", {"key": "nothing"}, 404, "there are: #1"),
        ("reset", {"provider": 5}, 400, "provider: must be text"),
        ("check", {"provider": "nobody"}, 404, "there are: mock"),
        ("check", [], 400, "must be a JSON object"),
    ],
)
async def test_what_does_not_exist_is_refused(
    provider: Provider, path: str, body: Any, status: int, words: str
) -> None:
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        said = await error_of(await client.post("/api/availability/" + path, json=body))
    assert said[0] == status
    assert words in said[2]


async def test_what_is_not_json_is_refused(provider: Provider) -> None:
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        assert (await error_of(await client.post("/api/explain", data=b"{")))[0] == 400


async def test_routes_are_listed_with_their_fallbacks(provider: Provider) -> None:
    config = chain(chat_provider(provider, "one"), chat_provider(provider, "two"))
    async with running_gateway(config) as (client, _):
        answer = await client.get("/api/routes")
        assert await answer.json() == {"routes": {"default": ["one,big-model", "two,big-model"]}}
        assert answer.headers["cache-control"] == "no-store"


async def _availability(client: Any) -> Json:
    return dict(await (await client.get("/api/availability")).json())


async def _reset(client: Any, **body: str) -> int:
    response = await client.post("/api/availability/reset", json=body)
    assert response.status == 200, await response.text()
    return int((await response.json())["closed"])
