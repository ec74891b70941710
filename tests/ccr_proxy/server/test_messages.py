"""POST /v1/messages from end to end: a real provider behind, a real client before."""

from __future__ import annotations

import asyncio
import io
import json
from typing import Any

import pytest
from aiohttp import web

from ccr_proxy.protocols.tool_names import fitting
from tests.ccr_proxy.protocols.anthropic import answers as a
from tests.ccr_proxy.protocols.transcript import Chat, read_stream, seen
from tests.ccr_proxy.server.lab import (
    KEY,
    PATIENT,
    Json,
    Provider,
    anthropic_provider,
    chat_provider,
    chat_whole,
    configuration,
    cut,
    error_of,
    question,
    reset,
    running_gateway,
    silent,
    speechless,
    stream,
    whole,
)

HELLO = [Chat.say("Hel", "lo"), Chat.finish(), Chat.usage(30, 4), Chat.DONE]
STREAMED = question(stream=True)


async def test_a_streamed_answer(provider: Provider) -> None:
    provider.says(stream(*HELLO))
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        response = await client.post("/v1/messages?beta=true", json=STREAMED)
        result = read_stream(await response.read())
    assert (response.status, response.content_type) == (200, "text/event-stream")
    assert response.headers["request-id"].startswith("req_")
    assert response.headers["x-ccr-route"] == "default"
    assert (result.model, result.text, result.stop_reason) == ("claude-opus-4-8", "Hello", "end_turn")
    assert (result.usage["input_tokens"], result.usage["output_tokens"]) == (30, 4)
    assert result.start_usage["input_tokens"] > 0
    (request,) = provider.received
    assert request.path == "/v1/chat/completions"
    assert request.headers["authorization"] == "Bearer provider-key"
    assert KEY not in str(request.headers)
    assert request.body["model"] == "big-model"
    assert request.body["stream_options"] == {"include_usage": True}


async def test_a_whole_answer(provider: Provider) -> None:
    provider.says(whole(chat_whole()))
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        response = await client.post("/v1/messages", json=question())
        message = await response.json()
    assert message["content"] == [{"type": "text", "text": "Hello"}]
    assert (message["model"], message["stop_reason"]) == ("claude-opus-4-8", "end_turn")
    assert (message["usage"]["input_tokens"], message["usage"]["output_tokens"]) == (3, 2)
    assert response.headers["request-id"]


async def test_streaming_is_incremental(provider: Provider) -> None:
    more = asyncio.Event()
    provider.says(stream(Chat.say("first"), when=more))
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        response = await client.post("/v1/messages", json=STREAMED)
        async with asyncio.timeout(30):
            read = b""
            while b"first" not in read:
                read += await response.content.readany()
        more.set()
        assert b"error" in await response.read()


LONG_NAME = "mcp__company-internal-knowledge-base__search_documents_by_semantic_similarity"


@pytest.mark.parametrize("streamed", [True, False])
async def test_a_tool_name_that_is_too_long_for_the_provider_goes_out_shorter_and_comes_back(
    provider: Provider, streamed: bool
) -> None:
    short = fitting(LONG_NAME)
    call = {"id": "c1", "type": "function", "function": {"name": short, "arguments": '{"q":"x"}'}}
    provider.says(
        stream(Chat.call(0, '{"q":"x"}', id="c1", name=short), Chat.finish("tool_calls"), Chat.DONE)
        if streamed
        else whole({"choices": [{"message": {"tool_calls": [call]}, "finish_reason": "tool_calls"}]})
    )
    tools = [{"name": LONG_NAME, "input_schema": {"type": "object", "properties": {"q": {"type": "string"}}}}]
    asked = question(stream=streamed) | {"tools": tools, "tool_choice": {"type": "tool", "name": LONG_NAME}}
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        answer = await (await client.post("/v1/messages", json=asked)).read()
        (record,) = (await (await client.get("/api/requests")).json())["requests"]
    assert LONG_NAME.encode() in answer
    assert short.encode() not in answer
    (sent,) = provider.received
    assert [tool["function"]["name"] for tool in sent.body["tools"]] == [short]
    assert sent.body["tool_choice"]["function"]["name"] == short
    assert record["notes"] == ["tool names that the target does not take were replaced"]


async def test_anthropic_is_passed_through(provider: Provider) -> None:
    provider.says(stream(a.WHOLE, headers={"request-id": "req_theirs", "anthropic-ratelimit-tokens-limit": "9"}))
    async with running_gateway(configuration(anthropic_provider(provider))) as (client, _):
        headers = {
            "anthropic-beta": "one,two",
            "anthropic-version": "2023-06-01",
            "x-other": "no",
            "user-agent": "claude-cli",
        }
        response = await client.post("/v1/messages?beta=true", json=STREAMED | {"novelty": 1}, headers=headers)
        sent = await response.read()
    assert seen(sent) == a.WHOLE_LINES
    assert read_stream(sent).model == "claude-opus-4-8"
    assert response.headers["request-id"] == "req_theirs"
    assert response.headers["anthropic-ratelimit-tokens-limit"] == "9"
    (request,) = provider.received
    assert (request.path, request.query) == ("/v1/messages", "beta=true")
    assert request.body == STREAMED | {"novelty": 1, "model": "big-model"}
    assert request.headers["anthropic-beta"] == "one,two"
    assert request.headers["x-api-key"] == "provider-key"
    assert "x-other" not in request.headers
    assert KEY not in str(request.headers)


async def test_a_whole_anthropic_answer_keeps_what_is_new_in_it(provider: Provider) -> None:
    answer = {
        "type": "message",
        "model": "big-model",
        "content": [{"type": "text", "text": "x"}],
        "stop_reason": "end_turn",
        "novelty": 1,
    }
    provider.says(whole(answer))
    async with running_gateway(configuration(anthropic_provider(provider))) as (client, _):
        response = await client.post("/v1/messages", json=question())
        assert await response.json() == answer | {"model": "claude-opus-4-8"}


@pytest.mark.parametrize("kind", [chat_provider, anthropic_provider])
async def test_json_answered_to_a_stream_request(provider: Provider, kind: Any) -> None:
    message = {"type": "message", "content": [{"type": "text", "text": "Hello"}], "stop_reason": "end_turn"}
    provider.says(whole(chat_whole() if kind is chat_provider else message))
    async with running_gateway(configuration(kind(provider))) as (client, _):
        response = await client.post("/v1/messages", json=STREAMED)
        assert seen(await response.read()) == ["text: Hello", "stop: end_turn"]
    assert response.content_type == "text/event-stream"


@pytest.mark.parametrize("kind", [chat_provider, anthropic_provider])
async def test_a_stream_answered_to_a_whole_request(provider: Provider, kind: Any) -> None:
    events = [a.start(), a.text(0, "Hello"), a.finish(), a.END]
    provider.says(stream(*(HELLO if kind is chat_provider else events)))
    async with running_gateway(configuration(kind(provider))) as (client, _):
        response = await client.post("/v1/messages", json=question())
        message = await response.json()
    assert message["content"] == [{"type": "text", "text": "Hello"}]


async def test_a_compressed_stream_is_read(provider: Provider) -> None:
    async def compressed(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        response.enable_compression(web.ContentCoding.gzip)
        await response.prepare(request)
        await response.write(b"".join(HELLO))
        await response.write_eof()
        return response

    provider.says(compressed)
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        response = await client.post("/v1/messages", json=STREAMED)
        assert read_stream(await response.read()).text == "Hello"
    assert provider.received[0].headers["accept-encoding"] == "identity"


# Requests that are none


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is not JSON"),
        (b"{", "is not JSON"),
        (b"[" * 50_000, "nested too deeply"),
        (b"[]", "must be a JSON object"),
        (b"{}", "model"),
        (b'{"model": 5, "messages": [1]}', "model"),
        (b'{"model": "m"}', "messages"),
        (b'{"model": "m", "messages": []}', "messages"),
        (b'{"model": "m", "messages": [{"role": "user", "content": ""}]}', "messages"),
    ],
)
async def test_a_bad_request_is_told_what_is_wrong(provider: Provider, data: bytes, message: str) -> None:
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        status, kind, text = await error_of(await client.post("/v1/messages", data=data))
    assert (status, kind) == (400, "invalid_request_error")
    assert message in text
    assert provider.received == []


async def test_lone_surrogates_of_a_javascript_client_are_sent_on(provider: Provider) -> None:
    provider.says(whole(chat_whole()))
    body = b'{"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "cut \\ud83d"}]}'
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        assert (await client.post("/v1/messages", data=body)).status == 200
    assert provider.received[0].body["messages"] == [{"role": "user", "content": "cut �"}]


async def test_a_large_body_is_taken(provider: Provider) -> None:
    provider.says(whole(chat_whole()))
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        body = question(messages=[{"role": "user", "content": "x" * 3_000_000}])
        assert (await client.post("/v1/messages", data=io.BytesIO(json.dumps(body).encode()))).status == 200
    assert len(provider.received[0].raw) > 3_000_000


async def test_a_field_that_cannot_be_expressed_is_named(provider: Provider) -> None:
    image = {"type": "image", "source": {"type": "file", "file_id": "f"}}
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        body = question(messages=[{"role": "user", "content": [image]}])
        status, _, message = await error_of(await client.post("/v1/messages", json=body))
    assert status == 400
    assert "image.source.type" in message


# Providers that fail before anything was sent


@pytest.mark.parametrize("body", [question(), STREAMED])
@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (whole({"error": {"message": "slow down"}}, 429, retry_after="7"), (429, "rate_limit_error", "slow down")),
        (whole({"error": {"message": "bad key"}}, 401), (401, "authentication_error", "bad key")),
        (whole({"error": {"message": "no money"}}, 402), (402, "billing_error", "no money")),
        (whole(b"<html><body>Bad gateway</body></html>", 503, "text/html"), (503, "overloaded_error", "Bad gateway")),
        (whole(b"", 500), (500, "api_error", "500")),
        (whole(b"<html>Welcome</html>", 200, "text/html"), (502, "api_error", "not JSON")),
        (whole({"error": {"message": "in disguise", "code": 429}}), (429, "rate_limit_error", "in disguise")),
        (whole({"choices": []}), (502, "api_error", "broke off")),
        (
            stream(Chat.packet(error={"message": "first", "type": "overloaded_error"})),
            (529, "overloaded_error", "first"),
        ),
        (stream(), (502, "api_error", "broke off")),
        (stream(b"data: {garbage\n\n"), (502, "api_error", "not JSON")),
        (stream(then=cut), (502, "api_error", "broke off")),
        (stream(then=silent), (504, "timeout_error", "sent nothing")),
        (speechless, (504, "timeout_error", "did not answer")),
        (reset, (502, "api_error", "could not be reached")),
        (whole({}, 302, location="http://elsewhere/"), (502, "api_error", "302")),
    ],
)
async def test_a_failure_before_the_first_byte_is_a_real_http_error(
    provider: Provider, body: Json, answer: Any, expected: tuple[int, str, str]
) -> None:
    provider.says(answer)
    async with running_gateway(configuration(chat_provider(provider), **PATIENT)) as (client, _):
        response = await client.post("/v1/messages", json=body)
        status, kind, message = await error_of(response)
    assert (status, kind) == expected[:2]
    assert expected[2] in message
    assert response.headers["request-id"]
    assert response.headers.get("retry-after") == ("7" if status == 429 and "slow" in message else None)
    assert response.headers.get("x-should-retry") == ("false" if status == 401 else None)


async def test_a_provider_that_is_not_there(provider: Provider, unused_tcp_port: int) -> None:
    entry = chat_provider(provider) | {"api_base_url": f"http://127.0.0.1:{unused_tcp_port}/v1/chat/completions"}
    async with running_gateway(configuration(entry)) as (client, _):
        status, kind, message = await error_of(await client.post("/v1/messages", json=STREAMED))
    assert (status, kind) == (502, "api_error")
    assert "mock,big-model" in message


async def test_an_overflow_makes_the_client_compact(provider: Provider) -> None:
    text = "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens."
    provider.says(whole({"error": {"message": text}}, 400))
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        status, kind, message = await error_of(await client.post("/v1/messages", json=STREAMED))
    assert (status, kind) == (400, "invalid_request_error")
    assert message.startswith("prompt is too long: 9000 tokens > 8192 maximum")


async def test_an_anthropic_error_goes_through_unmodified(provider: Provider) -> None:
    error = b'{"type": "invalid_request_error", "message": "thinking: no", "x": 1}'
    body = b'{"type": "error", "error": ' + error + b', "request_id": "r"}'
    provider.says(whole(body, 400, request_id="req_theirs"))
    async with running_gateway(configuration(anthropic_provider(provider))) as (client, _):
        response = await client.post("/v1/messages", json=STREAMED)
        assert (response.status, await response.read()) == (400, body)
    assert response.headers["request-id"] == "req_theirs"


# Models chosen by name


@pytest.mark.parametrize(
    ("asked", "provider_model"),
    [
        ("mock,small-model", "small-model"),
        ("small-model", "small-model"),
        ("anthropic/mock,small-model", "small-model"),
    ],
)
async def test_a_model_chosen_by_name(provider: Provider, asked: str, provider_model: str) -> None:
    provider.says(stream(*HELLO))
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        response = await client.post("/v1/messages", json=STREAMED | {"model": asked})
        assert read_stream(await response.read()).model == asked
    assert provider.received[0].body["model"] == provider_model


async def test_a_model_of_an_unknown_provider(provider: Provider) -> None:
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        status, _, message = await error_of(await client.post("/v1/messages", json=STREAMED | {"model": "mack,big"}))
    assert status == 404
    assert "mock" in message


# What a refusal teaches


async def test_a_refused_output_limit_is_lowered_and_remembered(provider: Provider) -> None:
    refusal = "max_tokens is too large: 64000. This model supports at most 16384 completion tokens."
    provider.says(whole({"error": {"message": refusal}}, 400), whole(chat_whole()))
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        for _ in range(2):
            assert (await client.post("/v1/messages", json=question(max_tokens=64000))).status == 200
    assert [request.body["max_tokens"] for request in provider.received] == [64000, 16384, 16384]


async def test_what_a_refusal_teaches_holds_for_the_other_keys_of_that_target(provider: Provider) -> None:
    refused = whole({"error": {"message": "max_tokens is too large: at most 16384 are supported"}}, 400)
    provider.says(refused, whole({"error": {"message": "slow down"}}, 429), whole(chat_whole()))
    entry = chat_provider(provider) | {"api_keys": ["another-key"]}
    async with running_gateway(configuration(entry)) as (client, _):
        response = await client.post("/v1/messages", json=question(max_tokens=64000))
    assert [request.body["max_tokens"] for request in provider.received] == [64000, 16384, 16384]
    assert response.headers["x-ccr-attempts"] == "mock,big-model #1 400 request; mock,big-model #1 429 rate_limited"


async def test_fields_refused_one_after_the_other_are_left_out(provider: Provider) -> None:
    provider.says(
        whole({"error": {"message": "Unsupported parameter: 'temperature' is not supported with this model."}}, 400),
        whole({"error": {"message": "Unsupported parameter: 'stop' is not supported with this model."}}, 400),
        whole(chat_whole()),
    )
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        body = question(temperature=1, stop_sequences=["x"])
        assert (await client.post("/v1/messages", json=body)).status == 200
    assert [sorted({"temperature", "stop"} & set(request.body)) for request in provider.received] == [
        ["stop", "temperature"],
        ["stop"],
        [],
    ]


async def test_a_refusal_that_no_change_heals_is_told(provider: Provider) -> None:
    message = "Unsupported parameter: 'temperature' is not supported with this model."
    provider.says(whole({"error": {"message": message}}, 400))
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        answer = await error_of(await client.post("/v1/messages", json=question(temperature=1)))
    assert answer == (400, "invalid_request_error", message)
    assert len(provider.received) == 2


async def test_a_configured_limit_is_kept(provider: Provider) -> None:
    provider.says(whole(chat_whole()))
    async with running_gateway(configuration(chat_provider(provider, max_tokens=8000))) as (client, _):
        await client.post("/v1/messages", json=question(max_tokens=64000))
    assert provider.received[0].body["max_tokens"] == 8000


# One conversation over two turns


async def test_a_tool_call_goes_round_with_the_provider_own_id(provider: Provider) -> None:
    provider.says(
        stream(Chat.call(0, '{"a":1}', id="functions.Bash:0", name="Bash"), Chat.finish("tool_calls")),
        whole(chat_whole()),
    )
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):
        first = read_stream(await (await client.post("/v1/messages", json=STREAMED)).read())
        (block,) = first.blocks
        asked = {"type": "tool_use", "id": block.start["id"], "name": "Bash", "input": json.loads(block.filled)}
        answered = {"type": "tool_result", "tool_use_id": block.start["id"], "content": "ok"}
        messages = [
            *STREAMED["messages"],
            {"role": "assistant", "content": [asked]},
            {"role": "user", "content": [answered]},
        ]
        await client.post("/v1/messages", json=question(messages=messages))
    sent = provider.received[1].body["messages"]
    assert sent[1]["tool_calls"][0]["id"] == "functions.Bash:0"
    assert sent[2] == {"role": "tool", "tool_call_id": "functions.Bash:0", "content": "ok"}


async def test_many_clients_at_once_get_their_own_answers(provider: Provider) -> None:
    async def echo(request: Any) -> Any:
        asked = json.loads(await request.read())["messages"][-1]["content"]
        return await stream(Chat.say(*asked), Chat.finish(), Chat.DONE)(request)

    provider.says(echo)
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):

        async def ask(text: str) -> str:
            body = question(stream=True, messages=[{"role": "user", "content": text}])
            return read_stream(await (await client.post("/v1/messages", json=body)).read()).text

        texts = [f"question {number}" for number in range(30)]
        assert await asyncio.gather(*map(ask, texts)) == texts
