"""Requests under /preset/NAME are answered with the preset's providers and routes, and nothing else of it counts."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ccr_proxy.presets import installed
from ccr_proxy.server.app import create_app
from ccr_proxy.server.presets import PRESETS
from ccr_proxy.usage.request_record import RequestRecord
from tests.ccr_proxy.server.lab import (
    KEY,
    Provider,
    chat_provider,
    chat_whole,
    configuration,
    error_of,
    loaded,
    question,
    running_gateway,
    whole,
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    return tmp_path


@dataclass
class Kept:
    """A ledger in memory."""

    records: list[RequestRecord] = field(default_factory=list)

    def record(self, record: RequestRecord) -> None:
        self.records.append(record)

    def problem(self) -> str:
        return ""


def put(folder: str, **manifest: Any) -> None:
    installed.put(folder, {"manifest.json": json.dumps(manifest).encode()})


def preset_of(provider: Provider, **more: Any) -> dict[str, Any]:
    """A manifest whose provider has the name of the main one, and another address and key."""
    own = chat_provider(provider, api_key="#{key}", models=["preset-model"])
    return {
        "name": "team",
        "Providers": [own],
        "Router": {"default": "mock,preset-model"},
        "schema": [{"id": "key"}],
        "userValues": {"key": "preset-key"},
        **more,
    }


async def test_a_preset_answers_with_its_own_provider_key_and_route(
    provider: Provider, other_provider: Provider
) -> None:
    provider.says(whole(chat_whole("main")))
    other_provider.says(whole(chat_whole("preset")))
    put("team", **preset_of(other_provider, APIKEY="not this", HOST="0.0.0.0", CUSTOM_ROUTER_PATH="evil.py"))
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        for path, text in (("/preset/team", "preset"), ("", "main"), ("/preset/team", "preset")):
            response = await client.post(f"{path}/v1/messages", json=question())
            assert response.status == 200
            assert (await response.json())["content"][0]["text"] == text
        models = await (await client.get("/preset/team/v1/models")).json()
        counted = await client.post("/preset/team/v1/messages/count_tokens", json=question())
        chat = await client.post("/preset/team/v1/chat/completions", json=question())
        assert [entry["id"] for entry in models["data"]] == ["anthropic/mock,preset-model"]
        assert (await counted.json())["input_tokens"] > 0
        assert (await chat.json())["choices"][0]["message"]["content"] == "preset"
    sent = other_provider.received[0]
    assert (sent.headers["authorization"], sent.body["model"]) == ("Bearer preset-key", "preset-model")
    assert len(provider.received) == 1


async def test_what_a_preset_s_provider_did_is_not_held_against_the_main_one_of_that_name(
    provider: Provider, other_provider: Provider
) -> None:
    provider.says(whole(chat_whole("main")))
    other_provider.says(whole({"error": {"message": "invalid key"}}, 401))
    put("team", **preset_of(other_provider))
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        assert (await client.post("/preset/team/v1/messages", json=question())).status == 401
        assert (await client.post("/v1/messages", json=question())).status == 200


async def test_its_requests_are_among_the_recent_ones_and_written_down(provider: Provider) -> None:
    provider.says(whole(chat_whole()))
    put("team", **preset_of(provider))
    async with running_gateway(configuration(chat_provider(provider))) as (client, gateway):
        gateway.sink = kept = Kept()
        assert (await client.post("/preset/team/v1/messages", json=question())).status == 200
        assert [record.decision.targets[0].model for record in gateway.recent.newest()] == ["preset-model"]
    assert len(kept.records) == 1


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/preset/nope", "there is no preset 'nope': `ccr preset list` shows which there are"),
        ("/preset/..%2F..%2Fhome", "there is no preset '../../home'"),
        ("/preset/empty", "no value for key: `ccr install empty` asks for it"),
        ("/preset/broken", "manifest.json:1:2: not valid JSON"),
    ],
)
async def test_what_cannot_be_used_says_why(provider: Provider, path: str, reason: str) -> None:
    put("empty", **preset_of(provider, userValues={}))
    installed.put("broken", {"manifest.json": b"{"})
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        status, kind, message = await error_of(await client.post(f"{path}/v1/messages", json=question()))
    assert (status, kind) == (404, "not_found_error")
    assert reason in message


async def test_the_gateway_s_key_is_asked_for(provider: Provider) -> None:
    put("team", **preset_of(provider, APIKEY="preset-access"))
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        for key in ("", "preset-access"):
            response = await client.post("/preset/team/v1/messages", json=question(), headers={"x-api-key": key})
            assert response.status == 401


async def test_the_name_in_the_manifest_counts_too(provider: Provider) -> None:
    provider.says(whole(chat_whole("preset")))
    put("folder", **preset_of(provider, name="published"))
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        assert (await client.post("/preset/published/v1/messages", json=question())).status == 200


async def test_a_changed_manifest_and_configuration_count_and_a_broken_one_does_not(provider: Provider) -> None:
    app = create_app(loaded(configuration(chat_provider(provider))), instance_id="i", started_at=0.0)
    seconds = [0.0]
    presets = app[PRESETS]
    presets.clock = lambda: seconds[0]

    async def model() -> str:
        seconds[0] += 2
        return (await presets.find("team")).config.router.default or ""

    put("team", **preset_of(provider))
    assert await model() == "mock,preset-model"
    put("team", **preset_of(provider, Router={"default": "mock,changed"}))
    assert await model() == "mock,changed"
    installed.put("team", {"manifest.json": b"{"})
    assert await model() == "mock,changed"
    assert await model() == "mock,changed"
    put("team", **preset_of(provider))
    assert await model() == "mock,preset-model"

    changed = configuration(chat_provider(provider), PROXY_URL="http://proxy:1", APIKEY=KEY)
    presets.main.configure(loaded(changed))
    gateway = await presets.find("team")
    assert (gateway.config.proxy_url, gateway.config.api_key) == ("http://proxy:1", KEY)
