"""The endpoints, and what is answered where there is none."""

from __future__ import annotations

import pytest

from ccr_proxy.version import __version__
from tests.ccr_proxy.server.lab import (
    Provider,
    chat_provider,
    chat_whole,
    configuration,
    error_of,
    question,
    running_gateway,
    whole,
)


async def test_a_base_url_that_ends_in_v1_works_too(provider: Provider) -> None:
    provider.says(whole(chat_whole()))
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        assert (await client.post("/v1/v1/messages?beta=true", json=question())).status == 200
        assert (await client.post("/v1/v1/messages/count_tokens", json=question())).status == 200
        assert (await client.get("/v1/v1/models")).status == 200


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("GET", "/nowhere", 404, "not_found_error"),
        ("POST", "/v1/complete", 404, "not_found_error"),
        ("GET", "/v1/messages", 405, "invalid_request_error"),
        ("POST", "/health", 405, "invalid_request_error"),
        ("DELETE", "/v1/models", 405, "invalid_request_error"),
    ],
)
async def test_other_paths_and_methods_are_told_in_the_envelope(
    provider: Provider, method: str, path: str, status: int, kind: str
) -> None:
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        response = await client.request(method, path)
        answer = await error_of(response)
    assert answer[:2] == (status, kind)
    assert path in answer[2]
    assert response.headers["request-id"].startswith("req_")


async def test_every_answer_has_a_request_id_of_its_own(provider: Provider) -> None:
    provider.says(whole(chat_whole()))
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        ids = {(await client.post("/v1/messages", json=question())).headers["request-id"] for _ in range(3)}
    assert len(ids) == 3


async def test_health_says_which_gateway_this_is(provider: Provider) -> None:
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        health = await (await client.get("/health")).json()
    assert (health["status"], health["instance"], health["version"]) == ("ok", "instance-1", __version__)
    assert health["uptime"] > 0
    assert health["pid"] > 0
