"""GET /v1/models: names that Claude Code shows, and that it can then ask for."""

from __future__ import annotations

import pytest

from ccr_proxy.server.models import plain_name
from tests.ccr_proxy.server.lab import Provider, chat_provider, configuration, running_gateway


async def test_every_configured_model_is_listed_once(provider: Provider) -> None:
    config = configuration(chat_provider(provider), chat_provider(provider, "other", models=["m,with,commas"]))
    async with running_gateway(config) as (client, _):
        response = await client.get("/v1/models?limit=1000")
        page = await response.json()
    assert [entry["id"] for entry in page["data"]] == [
        "anthropic/mock,big-model",
        "anthropic/mock,small-model",
        "anthropic/other,m,with,commas",
    ]
    assert all(entry["display_name"] and entry["type"] == "model" for entry in page["data"])
    assert (page["has_more"], page["first_id"], page["last_id"]) == (
        False,
        "anthropic/mock,big-model",
        "anthropic/other,m,with,commas",
    )


@pytest.mark.parametrize(
    ("listed", "plain"),
    [
        ("anthropic/mock,m", "mock,m"),
        ("mock,m", "mock,m"),
        ("anthropic/claude-sonnet-4.6", "anthropic/claude-sonnet-4.6"),
    ],
)
def test_plain_name(listed: str, plain: str) -> None:
    assert plain_name(listed) == plain
