"""The last requests: what became of each, without what was said."""

from __future__ import annotations

import asyncio
import contextlib
import json
from pathlib import Path
from typing import Any

import pytest

from ccr_proxy.server.recent import RecentRequests
from ccr_proxy.usage.database import reading
from ccr_proxy.usage.ledger import Ledger, Pace
from tests.ccr_proxy.protocols.anthropic import answers as a
from tests.ccr_proxy.protocols.transcript import Chat
from tests.ccr_proxy.server.lab import (
    Answer,
    Json,
    Provider,
    anthropic_provider,
    chain,
    chat_provider,
    chat_whole,
    configuration,
    cut,
    error_of,
    hang,
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


# What of it the ledger keeps


async def kept(path: Path, table: str = "requests") -> list[Json]:
    """The rows of a ledger that was closed."""
    with reading(path) as connection:
        cursor = connection.execute(f"SELECT * FROM {table}")
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]


HEADERS = {"x-claude-code-session-id": "session-1"}
THEIRS = {
    "id": "msg_theirs", "type": "message", "role": "assistant", "model": "theirs", "stop_reason": "end_turn",
    "content": [{"type": "text", "text": "Hello"}], "usage": {"input_tokens": 5, "output_tokens": 2},
}  # fmt: skip


@pytest.mark.parametrize("streamed", [True, False])
async def test_ids_are_kept_as_the_client_and_its_transcript_know_them(
    tmp_path: Path, provider: Provider, streamed: bool
) -> None:
    body = a.start() + a.text(0, "Hello") + a.finish() + a.END
    answer = stream(body, headers={"request-id": "req_theirs"})
    provider.says(answer if streamed else whole(THEIRS, request_id="req_theirs"))
    ledger = Ledger(tmp_path / "usage.sqlite3", 30)
    async with running_gateway(configuration(anthropic_provider(provider)), ledger) as (client, gateway):
        response = await client.post("/v1/messages", json=question(stream=streamed), headers=HEADERS)
        told = await response.read()
        own = gateway.recent.newest()[0].id
    (row,) = await kept(ledger.path)
    assert row["request_id"] == own
    assert row["shown_id"] == response.headers["request-id"] == "req_theirs"
    assert row["message_id"].encode() in told
    assert row["message_id"].startswith("msg_")
    assert (row["session"], row["outcome"], row["streamed"]) == ("session-1", "complete", int(streamed))
    assert (row["provider"], row["model"], row["requested_model"]) == ("ant", "big-model", "claude-opus-4-8")


@pytest.mark.parametrize("streamed", [True, False])
async def test_ids_of_a_translated_answer_are_the_gateways_own(
    tmp_path: Path, provider: Provider, streamed: bool
) -> None:
    chunks = [Chat.say("Hello"), Chat.finish(), Chat.usage(30, 2), Chat.DONE]
    provider.says(stream(*chunks) if streamed else whole(chat_whole()))
    ledger = Ledger(tmp_path / "usage.sqlite3", 30)
    async with running_gateway(configuration(chat_provider(provider)), ledger) as (client, _):
        response = await client.post("/v1/messages", json=question(stream=streamed))
        told = await response.read()
    (row,) = await kept(ledger.path)
    assert row["request_id"] == row["shown_id"] == response.headers["request-id"]
    assert row["message_id"].encode() in told
    assert (row["input"], row["output"], row["reported"]) == ((30, 2, 1) if streamed else (3, 2, 1))


async def test_every_end_has_its_row_and_every_attempt_its_own(
    tmp_path: Path, provider: Provider, other_provider: Provider
) -> None:
    ledger = Ledger(tmp_path / "usage.sqlite3", 30)
    config = chain(chat_provider(provider, "one"), chat_provider(other_provider, "two"))
    async with running_gateway(config, ledger) as (client, _):
        provider.says(REFUSED)
        other_provider.says(whole(chat_whole()), whole({"error": {"message": "down"}}, 500))
        assert (await client.post("/v1/messages", json=question())).status == 200
        assert (await client.post("/v1/messages", json=question())).status == 429
        provider.says(stream(Chat.say("Hello"), then=cut))
        assert (await client.post("/v1/messages", json=question(stream=True))).status == 200
    requests = await kept(ledger.path)
    assert [(row["outcome"], row["status"], row["error_class"]) for row in requests] == [
        ("complete", 200, None), ("failed", 429, "rate_limited"), ("broke_off", 200, "broken_off"),
    ]  # fmt: skip
    attempts = await kept(ledger.path, "attempts")
    tried = [[row for row in attempts if row["request"] == request["id"]] for request in requests]
    assert [len(rows) for rows in tried] == [request["attempts"] for request in requests]
    assert [(row["provider"], row["status"], row["input"]) for row in tried[0]] == [("one", 429, None), ("two", 200, 3)]
    # Nothing was reported of the answer that broke off: its five letters are two tokens, and the request an estimate.
    broken = tried[2][-1]
    assert (broken["output"], broken["reported"], broken["input"] > 0) == (2, 0, True)
    assert [broken[name] for name in ("input", "output")] == [requests[2][name] for name in ("input", "output")]


async def test_an_answer_that_its_client_leaves_counts_by_what_was_reported_until_then(
    tmp_path: Path, provider: Provider
) -> None:
    provider.says(stream(a.start(input_tokens=5, cache_read_input_tokens=70) + a.text(0, "Hello"), then=hang))
    ledger = Ledger(tmp_path / "usage.sqlite3", 30)
    async with running_gateway(configuration(anthropic_provider(provider)), ledger) as (client, gateway):
        response = await client.post("/v1/messages", json=question(stream=True))
        await response.content.readany()
        response.close()
        await provider.gone.wait()
        for _ in range(500):
            if gateway.recent.newest():
                break
            await asyncio.sleep(0.01)
    (row,) = await kept(ledger.path)
    assert (row["outcome"], row["status"], row["input"], row["cache_read"]) == ("cancelled", 499, 5, 70)
    (tried,) = await kept(ledger.path, "attempts")
    assert (tried["verdict"], tried["input"], tried["cache_read"]) == ("abandoned", 5, 70)


async def test_the_project_is_the_folder_in_which_claude_code_keeps_the_session(
    tmp_path: Path, provider: Provider
) -> None:
    provider.says(whole(chat_whole()))
    ledger = Ledger(tmp_path / "usage.sqlite3", 30)
    transcript = tmp_path / "-home-me-thing" / "session-1.jsonl"
    transcript.parent.mkdir()
    transcript.write_text("")
    async with running_gateway(configuration(chat_provider(provider)), ledger) as (client, gateway):
        gateway.projects.projects = tmp_path
        await client.post("/v1/messages", json=question(), headers=HEADERS)
        await client.post("/v1/messages", json=question(), headers={"x-claude-code-session-id": "elsewhere"})
    assert [row["project"] for row in await kept(ledger.path)] == ["-home-me-thing", None]


async def test_a_ledger_that_cannot_be_written_stops_no_request(tmp_path: Path, provider: Provider) -> None:
    provider.says(whole(chat_whole()))
    (tmp_path / "folder").write_text("in the way")
    ledger = Ledger(tmp_path / "folder" / "usage.sqlite3", 30, pace=Pace(gather=0, again=0.01))
    async with running_gateway(configuration(chat_provider(provider)), ledger) as (client, _):
        for _ in range(3):
            assert (await client.post("/v1/messages", json=question())).status == 200
        for _ in range(500):
            health = await (await client.get("/health")).json()
            if not health["usage_recorded"]:
                return
            await asyncio.sleep(0.01)
    raise AssertionError("it is not told")


# Refused before it was routed

REFUSALS: dict[str, tuple[Any, int, str, str]] = {
    # the body -> status, what is told, the model that is known
    "no JSON": (b"{", 400, "not JSON", ""),
    "no object": (b"[]", 400, "must be a JSON object", ""),
    "no model": ({"messages": [{"role": "user", "content": "Hi"}]}, 400, "a model name is required", ""),
    "no messages": ({"model": "m"}, 400, "at least one message", ""),
    "an unknown target": (question(model="nobody,m"), 404, "nobody", "nobody,m"),
}


@pytest.mark.parametrize("name", REFUSALS)
async def test_a_request_that_is_refused_before_it_is_routed_is_remembered_with_its_error(
    provider: Provider, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    body, status, words, model = REFUSALS[name]
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        answer = await client.post("/v1/messages", data=data, headers=HEADERS)
        (summary,) = (await recent(client))["requests"]
        record = await recent(client, "/" + answer.headers["request-id"])
    assert (answer.status, summary["status"], summary["outcome"]) == (status, status, "failed")
    assert words in summary["error"]
    assert (summary["id"], summary["model"]) == (answer.headers["request-id"], model)
    assert (record["route"], record["reason"]) == ("", "refused before it was routed")
    assert (record["attempts"], record["targets"], record["considered"]) == ([], [], [])
    assert any(answer.headers["request-id"] in line and words in line for line in capsys.readouterr().err.splitlines())


async def test_a_body_that_is_too_large_is_remembered_and_a_long_error_is_cut(provider: Provider) -> None:
    async with running_gateway(configuration(chat_provider(provider))) as (client, gateway):
        client.app._client_max_size = 4_000  # type: ignore[union-attr]
        large = await client.post("/v1/messages", data=b"x" * 5_000)
        await client.post("/v1/messages", json=question(model="nobody," + "m" * 3_000))
        longest, record = gateway.recent.newest()
    assert (large.status, record.status) == (413, 413)
    assert record.error == "the request is larger than this gateway takes"
    assert len(longest.error) == 500


async def test_whoever_has_no_key_cannot_push_others_out_of_the_list_but_is_logged(
    provider: Provider, capsys: pytest.CaptureFixture[str]
) -> None:
    async with running_gateway(configuration(chat_provider(provider))) as (client, gateway):
        for _ in range(3):
            assert (await client.post("/v1/messages", data=b"{", headers={"x-api-key": "wrong"})).status == 401
        assert gateway.recent.newest() == []
    told = [line for line in capsys.readouterr().err.splitlines() if "from 127.0.0.1: wrong key" in line]
    assert len(told) == 1, "once a minute"


async def test_what_is_refused_is_in_no_ledger(tmp_path: Path, provider: Provider) -> None:
    provider.says(whole(chat_whole()))
    ledger = Ledger(tmp_path / "usage.sqlite3", 30)
    async with running_gateway(configuration(chat_provider(provider)), ledger) as (client, _):
        await client.post("/v1/messages", data=b"{")
        await client.post("/v1/messages", json=question())
    assert [row["status"] for row in await kept(ledger.path)] == [200]
