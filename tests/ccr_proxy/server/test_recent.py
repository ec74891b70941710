"""The last requests: what became of each, without what was said."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import pytest

from ccr_proxy.server.recent import RecentRequests
from tests.ccr_proxy.protocols.transcript import Chat
from tests.ccr_proxy.server.lab import (
    Answer,
    Json,
    Provider,
    chain,
    chat_provider,
    chat_whole,
    configuration,
    cut,
    error_of,
    never,
    question,
    running_gateway,
    stream,
    whole,
)

REFUSED = whole({"error": {"message": "slow down"}}, 429)


async def recent(client: Any, path: str = "") -> Json:
    response = await client.get("/api/requests" + path)
    assert response.status == 200, await response.text()
    return dict(await response.json())


async def test_an_answered_request_with_everything_but_its_words(provider: Provider, other_provider: Provider) -> None:
    provider.says(REFUSED)
    other_provider.says(whole(chat_whole("the secret answer")))
    config = chain(chat_provider(provider, "one"), chat_provider(other_provider, "two"))
    body = question(messages=[{"role": "user", "content": "the secret question"}])
    async with running_gateway(config) as (client, _):
        headers = {"x-claude-code-session-id": "session-1"}
        answer = await client.post("/v1/messages", json=body, headers=headers)
        (summary,) = (await recent(client))["requests"]
        record = await recent(client, "/" + answer.headers["request-id"])
        assert (await recent(client, "/" + answer.headers["request-id"][:12])) == record
    assert summary["id"] == answer.headers["request-id"]
    assert (summary["route"], summary["outcome"], summary["status"]) == ("default", "answered", 200)
    assert summary["answered_by"] == "two,big-model"
    assert [(each["provider"], each["status"], each["verdict"]) for each in summary["attempts"]] == [
        ("one", 429, "next key"), ("two", 200, "answered"),
    ]  # fmt: skip
    assert summary["usage"] == {
        "input_tokens": 3, "output_tokens": 2, "cache_read_input_tokens": 0, "cache_creation_input_tokens": 0,
    }  # fmt: skip
    assert record.items() >= summary.items()
    assert record["facts"]["model"] == "claude-opus-4-8"
    assert record["considered"][-1]["outcome"] == "chosen"
    assert record["fallback"] == ["two,big-model"]
    assert summary["session"]
    assert all(word not in str(record) for word in ("secret", "session-1", "provider-key"))


@pytest.mark.parametrize(
    ("answers", "streams", "outcome", "status", "error"),
    [
        ([REFUSED], False, "failed", 429, "slow down"),
        ([REFUSED], True, "failed", 429, "slow down"),
        ([stream(Chat.say("Hel"), then=cut)], True, "broke off after content", 200, "broke off"),
    ],
)
async def test_how_requests_fail(
    provider: Provider, answers: list[Answer], streams: bool, outcome: str, status: int, error: str
) -> None:
    provider.says(*answers)
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        await (await client.post("/v1/messages", json=question(stream=streams))).read()
        (record,) = (await recent(client))["requests"]
    assert (record["outcome"], record["status"]) == (outcome, status)
    assert error in record["error"]
    assert record["usage"] is None


async def test_a_rule_about_sessions_does_not_tell_their_id(provider: Provider) -> None:
    provider.says(whole(chat_whole()))
    config = configuration(chat_provider(provider))
    config["Router"]["rules"] = [{"name": "r", "when": {"session": "session-*"}, "use": "mock,small-model"}]
    async with running_gateway(config) as (client, gateway):
        headers = {"x-claude-code-session-id": "session-1"}
        answer = await client.post("/v1/messages", json=question(), headers=headers)
        assert "session-1" in answer.headers["x-ccr-reason"]
        record = await recent(client, "/" + answer.headers["request-id"])
        assert "session-1" not in str(record) + repr(gateway.recent.newest())
    assert (record["rule"], len(record["session"])) == ("r", 12)


async def test_a_client_that_leaves(provider: Provider) -> None:
    provider.says(never)
    async with running_gateway(configuration(chat_provider(provider))) as (client, gateway):
        asking = asyncio.create_task(client.post("/v1/messages", json=question()))
        await provider.asked.wait()
        asking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asking
        await provider.gone.wait()
        for _ in range(500):
            if gateway.recent.newest():
                break
            await asyncio.sleep(0.01)
        (record,) = (await recent(client))["requests"]
    assert (record["outcome"], record["status"], record["answered_by"]) == ("abandoned", 499, "mock,big-model")


async def test_only_the_last_are_kept_and_the_newest_come_first(provider: Provider) -> None:
    provider.says(whole(chat_whole()))
    async with running_gateway(configuration(chat_provider(provider))) as (client, gateway):
        gateway.recent = RecentRequests(most=3)
        ids = [(await client.post("/v1/messages", json=question())).headers["request-id"] for _ in range(5)]
        assert [record["id"] for record in (await recent(client))["requests"]] == ids[:1:-1]
        assert [record["id"] for record in (await recent(client, "?limit=2"))["requests"]] == ids[:2:-1]
        assert (await error_of(await client.get("/api/requests/" + ids[0])))[0] == 404
        assert (await error_of(await client.get("/api/requests/req_")))[0] == 404
        assert (await error_of(await client.get("/api/requests?limit=x")))[0] == 400
