"""What the headers of an answer and of a refusal tell, and that nothing of a failed attempt reaches the client."""

from __future__ import annotations

import pytest

from tests.ccr_proxy.protocols.transcript import Chat
from tests.ccr_proxy.server.clients import Asking, ask_chat, ask_messages, ask_responses
from tests.ccr_proxy.server.lab import (
    Json,
    Provider,
    anthropic_provider,
    chain,
    chat_provider,
    chat_whole,
    configuration,
    question,
    running_gateway,
    stream,
    whole,
)
from tests.ccr_proxy.server.upstreams import CHAT

FAILS_BEHIND_CONTENT = stream(Chat.say("half of it") + Chat.packet(error={"message": "oh", "code": 500}))
ANSWERS = stream(Chat.say("Hel", "lo"), Chat.finish(), Chat.usage(30, 4), Chat.DONE)
BODIES = [question(), question(stream=True)]


@pytest.mark.parametrize("body", BODIES)
async def test_an_answer_at_the_first_attempt_tells_who_gave_it(provider: Provider, body: Json) -> None:
    provider.says(stream(CHAT.text.streamed) if "stream" in body else whole(chat_whole()))
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        headers = (await client.post("/v1/messages", json=body)).headers
    assert (headers["x-ccr-provider"], headers["x-ccr-model"], headers["x-ccr-route"]) == (
        "mock",
        "big-model",
        "default",
    )
    assert headers["x-ccr-reason"]
    assert "x-ccr-attempts" not in headers


@pytest.mark.parametrize("path", ["/v1/messages", "/v1/chat/completions"])
@pytest.mark.parametrize("body", BODIES)
async def test_the_attempts_before_are_told(
    provider: Provider, other_provider: Provider, path: str, body: Json
) -> None:
    provider.says(whole({"error": {"message": "no"}}, 401), whole({"error": {"message": "slow"}}, 429))
    other_provider.says(stream(CHAT.text.streamed))
    first = chat_provider(provider, api_keys=[{"key": "another-key", "label": "téam"}])
    async with running_gateway(chain(first, chat_provider(other_provider, "spare"))) as (client, _):
        headers = (await client.post(path, json=body)).headers
    assert headers["x-ccr-attempts"] == ("mock,big-model #1 401 key_refused; mock,big-model t?am 429 rate_limited")
    assert "provider-key" not in str(headers)
    assert headers["x-ccr-provider"] == "spare"


@pytest.mark.parametrize("body", BODIES)
async def test_an_error_tells_all_attempts(provider: Provider, other_provider: Provider, body: Json) -> None:
    provider.says(whole({"error": {"message": "no"}}, 404))
    other_provider.says(whole({"error": {"message": "busy"}}, 529, x_should_retry="false"))
    config = chain(chat_provider(provider), chat_provider(other_provider, "spare"))
    async with running_gateway(config) as (client, _):
        response = await client.post("/v1/messages", json=body)
    assert response.status == 529
    assert response.headers["x-ccr-attempts"] == ("mock,big-model #1 404 missing; spare,big-model #1 529 overloaded")


async def test_what_a_provider_says_about_its_limits_goes_on_with_its_refusal(provider: Provider) -> None:
    limits = {"anthropic_ratelimit_unified_status": "rejected", "retry_after": "3000", "set_cookie": "secret=1"}
    error = {"type": "error", "error": {"type": "rate_limit_error", "message": "limit"}}
    provider.says(whole(error, 429, **limits))
    async with running_gateway(configuration(anthropic_provider(provider))) as (client, _):
        response = await client.post("/v1/messages", json=question())
        assert await response.json() == error
    assert response.headers["anthropic-ratelimit-unified-status"] == "rejected"
    assert response.headers["retry-after"] == "3000"
    assert "set-cookie" not in response.headers


async def test_an_error_before_any_attempt_tells_none(provider: Provider) -> None:
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        response = await client.post("/v1/messages", json=question(model="nobody,nothing"))
    assert response.status >= 400
    assert "x-ccr-attempts" not in response.headers


@pytest.mark.parametrize("asking", [ask_messages, ask_chat, ask_responses])
async def test_content_that_has_not_gone_out_leaves_no_trace_in_the_next_attempt(
    provider: Provider, other_provider: Provider, asking: Asking
) -> None:
    provider.says(FAILS_BEHIND_CONTENT)
    other_provider.says(ANSWERS)
    async with running_gateway(chain(chat_provider(provider), chat_provider(other_provider, "spare"))) as (client, _):
        heard = await asking(client, streams=True)
    assert heard.text == "Hello"
    assert heard.calls == []
