"""Active health checks: what is asked, and what the circuits learn from it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import web

from ccr_proxy.server.gateway import Gateway
from ccr_proxy.server.health_checks import check_in_background, check_providers
from tests.ccr_proxy.server.lab import (
    Answer,
    Json,
    Provider,
    chain,
    chat_provider,
    chat_whole,
    configuration,
    loaded,
    question,
    running_gateway,
    whole,
)
from tests.ccr_proxy.server.upstreams import UPSTREAMS, Upstream

LIST = whole({"object": "list", "data": [{"id": "big-model"}]})
NO_LIST = whole({"error": {"message": "Not Found"}}, 404)
DEAD = "http://127.0.0.1:1/v1/chat/completions"


def serving(provider: Provider, models: Answer, answer: Answer) -> None:
    """The provider answers its list of models one way, and requests another."""

    async def either(request: web.Request) -> web.StreamResponse:
        return await (models if request.method == "GET" else answer)(request)

    provider.says(either)


def told(results: Any) -> list[tuple[str, str, str, str]]:
    return [(each.provider, each.model, each.how, each.outcome) for each in results]


async def test_where_there_is_a_model_list_nothing_else_is_asked(provider: Provider) -> None:
    serving(provider, LIST, whole(chat_whole()))
    async with running_gateway(configuration(chat_provider(provider))) as (_, gateway):
        results = await check_providers(gateway)
    assert told(results) == [("mock", "", "model list", "ok")]
    (received,) = provider.received
    assert (received.path, received.raw) == ("/v1/models", b"")
    assert received.headers["authorization"] == "Bearer provider-key"


@pytest.mark.parametrize(
    "no_list", [NO_LIST, whole({}, 500), whole({"error": "no"}, 401), whole(b"<html>", content_type="text/html")]
)
async def test_where_there_is_none_each_target_gets_a_request_of_one_token(provider: Provider, no_list: Answer) -> None:
    serving(provider, no_list, whole(chat_whole()))
    config = configuration(chat_provider(provider))
    config["Router"]["think"] = "mock,small-model"
    async with running_gateway(config) as (client, gateway):
        results = await check_providers(gateway)
        assert (await (await client.get("/api/availability")).json())["circuits"] == []
    assert told(results) == [("mock", "big-model", "request", "ok"), ("mock", "small-model", "request", "ok")]
    bodies = [received.body for received in provider.received[1:]]
    assert [body["model"] for body in bodies] == ["big-model", "small-model"]
    assert {body.get("max_tokens") or body.get("max_completion_tokens") for body in bodies} == {1}


@pytest.mark.parametrize("upstream", UPSTREAMS.values(), ids=UPSTREAMS)
async def test_every_protocol_can_be_asked_for_one_token(provider: Provider, upstream: Upstream) -> None:
    serving(provider, NO_LIST, upstream.text.answer(streams=False))
    async with running_gateway(configuration(upstream.entry(provider))) as (_, gateway):
        assert told(await check_providers(gateway)) == [("mock", "big-model", "request", "ok")]


@pytest.mark.parametrize("upstream", UPSTREAMS.values(), ids=UPSTREAMS)
async def test_every_protocol_has_its_model_list(provider: Provider, upstream: Upstream) -> None:
    serving(provider, LIST, whole({}, 500))
    async with running_gateway(configuration(upstream.entry(provider))) as (_, gateway):
        assert told(await check_providers(gateway)) == [("mock", "", "model list", "ok")]
    assert provider.received[0].path.endswith("/models")


async def test_what_fails_opens_the_circuits_that_a_request_would(provider: Provider) -> None:
    serving(provider, NO_LIST, whole({"error": {"message": "pay first"}}, 402))
    async with running_gateway(configuration(chat_provider(provider))) as (client, gateway):
        (result,) = await check_providers(gateway)
        (circuit,) = (await (await client.get("/api/availability")).json())["circuits"]
    assert (result.outcome, result.status, result.message) == ("failed", 402, "pay first")
    assert (circuit["phase"], circuit["failure"]) == ("open", "no_credit")


async def test_a_provider_that_is_not_reached_counts_as_one_failure(provider: Provider) -> None:
    config = configuration(chat_provider(provider, api_base_url=DEAD, api_keys=["second-key"]))
    async with running_gateway(config) as (client, gateway):
        assert told(await check_providers(gateway)) == [("mock", "", "model list", "failed")]
        (circuit,) = (await (await client.get("/api/availability")).json())["circuits"]
    assert (circuit["key"], circuit["model"], circuit["failures"]) == ("", "", 1)
    assert circuit["failure"] == "unreachable"


async def test_a_model_list_says_nothing_about_a_key_without_credit(provider: Provider) -> None:
    refused = whole({"error": {"message": "pay first"}}, 402)
    serving(provider, LIST, refused)
    async with running_gateway(configuration(chat_provider(provider))) as (client, gateway):
        await client.post("/v1/messages", json=question())
        left_alone = await check_providers(gateway)
        asked_all_the_same = await check_providers(gateway, also_cooling=True)
        assert (await (await client.get("/api/availability")).json())["circuits"] != []
        serving(provider, LIST, whole(chat_whole()))
        back_again = await check_providers(gateway, also_cooling=True)
        assert (await (await client.get("/api/availability")).json())["circuits"] == []
    assert told(left_alone) == [("mock", "big-model", "request", "skipped")]
    assert told(asked_all_the_same)[1] == ("mock", "big-model", "request", "failed")
    assert told(back_again)[1] == ("mock", "big-model", "request", "ok")


@pytest.mark.parametrize(
    "garbled", [whole(b"<html>", content_type="text/html"), whole([1]), whole({"error": {"message": "x", "code": 503}})]
)
async def test_an_answer_that_is_none_is_a_failure(provider: Provider, garbled: Answer) -> None:
    serving(provider, NO_LIST, garbled)
    async with running_gateway(configuration(chat_provider(provider))) as (_, gateway):
        assert [result.outcome for result in await check_providers(gateway)] == ["failed"]


async def test_all_keys_are_asked_and_the_demo_never(provider: Provider) -> None:
    serving(provider, NO_LIST, whole(chat_whole()))
    demo = {"name": "demo", "protocol": "demo", "models": ["demo"]}
    config = chain(chat_provider(provider, api_keys=[{"key": "other-key", "label": "team"}]), demo)
    async with running_gateway(config) as (client, _):
        checks = (await (await client.post("/api/availability/check", json={})).json())["checks"]
        nothing = (await (await client.post("/api/availability/check", json={"provider": "demo"})).json())["checks"]
    assert [(each["provider"], each["key"], each["outcome"]) for each in checks] == [
        ("mock", "#1", "ok"), ("mock", "team", "ok"),
    ]  # fmt: skip
    assert nothing == []


class Pauses:
    """Lets a background task go on so many times, and notes for how long it wanted to sleep."""

    def __init__(self, times: int) -> None:
        self.slept: list[float] = []
        self._times = times

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if len(self.slept) > self._times:
            raise asyncio.CancelledError
        await asyncio.sleep(0)


async def in_background(gateway: Gateway, times: int) -> list[float]:
    pauses = Pauses(times)
    with pytest.raises(asyncio.CancelledError):
        await check_in_background(gateway, pauses.sleep, lambda: 0.0)
    return pauses.slept


@pytest.mark.parametrize(
    ("health_checks", "asked", "slept"),
    [
        (None, 0, [30.0, 30.0, 30.0]),
        ("on_start", 1, [30.0, 30.0, 30.0]),
        ({"when": "periodic", "interval_ms": 100_000, "jitter": 0.2}, 3, [80.0, 80.0, 80.0]),
    ],
)
async def test_when_is_asked_in_the_background(
    provider: Provider, health_checks: Any, asked: int, slept: list[float]
) -> None:
    serving(provider, LIST, whole(chat_whole()))
    async with running_gateway(configuration(chat_provider(provider))) as (_, gateway):
        config: Json = configuration(chat_provider(provider), availability={"health_checks": health_checks})
        gateway.configure(loaded(config))
        assert await in_background(gateway, 2) == slept
    assert len(provider.received) == asked


async def test_what_the_last_background_check_found_is_shown(provider: Provider, other_provider: Provider) -> None:
    serving(provider, LIST, whole(chat_whole()))
    serving(other_provider, whole(b"", 404), whole({"error": {"message": "bad key"}}, 401))
    providers = chat_provider(provider, "good"), chat_provider(other_provider, "bad")
    async with running_gateway(chain(*providers)) as (client, gateway):
        before = await (await client.get("/api/availability")).json()
        gateway.configure(loaded(chain(*providers, availability={"health_checks": "on_start"})))
        pauses = Pauses(0)
        with pytest.raises(asyncio.CancelledError):
            await check_in_background(gateway, pauses.sleep, lambda: 0.0, lambda: 1_790_000_000.0)
        shown = (await (await client.get("/api/availability")).json())["health_check"]
    assert before["health_check"] is None
    assert shown["at"] == 1_790_000_000.0
    found = [(each["provider"], each["how"], each["outcome"], each["status"]) for each in shown["checks"]]
    assert found == [("good", "model list", "ok", 200), ("bad", "request", "failed", 401)]
    assert "bad key" in shown["checks"][1]["message"]


async def test_checks_begin_when_the_configuration_changes(provider: Provider) -> None:
    serving(provider, LIST, whole(chat_whole()))
    changed = loaded(configuration(chat_provider(provider), availability={"health_checks": "periodic"}))
    async with running_gateway(configuration(chat_provider(provider))) as (_, gateway):
        slept: list[float] = []

        async def sleep(seconds: float) -> None:
            slept.append(seconds)
            gateway.configure(changed)
            if len(slept) > 2:
                raise asyncio.CancelledError

        with pytest.raises(asyncio.CancelledError):
            await check_in_background(gateway, sleep, lambda: 0.5)
    assert slept == [30.0, 300.0, 300.0]
    assert len(provider.received) == 1


async def test_a_running_gateway_checks_at_its_start(provider: Provider) -> None:
    serving(provider, LIST, whole(chat_whole()))
    config = configuration(chat_provider(provider), availability={"health_checks": "on_start"})
    async with running_gateway(config):
        async with asyncio.timeout(30):
            await provider.asked.wait()
    assert [received.path for received in provider.received] == ["/v1/models"]
