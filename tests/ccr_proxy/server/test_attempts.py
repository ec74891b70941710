"""From target to target and key to key until one has answered, and what is told when none has."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from ccr_proxy.protocols.usage import Usage
from ccr_proxy.server.gateway import Gateway
from tests.ccr_proxy.protocols.anthropic import answers as a
from tests.ccr_proxy.protocols.transcript import Chat, read_stream, seen
from tests.ccr_proxy.server.lab import (
    PATIENT,
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
    question,
    reset,
    running_gateway,
    silent,
    speechless,
    stream,
    whole,
)
from tests.ccr_proxy.server.upstreams import UPSTREAMS

HELLO = [Chat.say("Hel", "lo"), Chat.finish(), Chat.usage(30, 4), Chat.DONE]
STREAMED = question(stream=True)
EMPTY = stream(Chat.delta(role="assistant", content=""), Chat.finish(), Chat.DONE)


async def streamed(config: Json, body: Json = STREAMED) -> tuple[Any, bytes]:
    """The response of a gateway with `config`, and its body."""
    async with running_gateway(config) as (client, _):
        response = await client.post("/v1/messages", json=body)
        return response, await response.read()


# Until content has gone out another target may answer


async def test_failover_follows_the_fallback_list(provider: Provider, other_provider: Provider) -> None:
    provider.says(whole({"error": {"message": "busy"}}, 529))
    other_provider.says(stream(*HELLO))
    spare = chat_provider(other_provider, "spare")
    config = configuration(chat_provider(provider), spare, fallback={"default": ["spare,small-model"]})
    response, data = await streamed(config)
    result = read_stream(data)
    assert (result.text, result.model) == ("Hello", "claude-opus-4-8")
    assert (response.headers["x-ccr-provider"], response.headers["x-ccr-model"]) == ("spare", "small-model")
    assert other_provider.received[0].body["model"] == "small-model"


BEFORE_CONTENT: dict[str, tuple[Answer, int]] = {
    # what the first target does -> how often it is asked
    "an error as the first event": (stream(Chat.packet(error={"message": "busy", "type": "overloaded_error"})), 1),
    "an error after control events": (
        stream(b": keep-alive\n\n", Chat.delta(role="assistant", content=""), Chat.packet(error={"code": 500})),
        1,
    ),
    "an error behind content that has not gone out": (stream(Chat.say("half") + Chat.packet(error={"code": 500})), 1),
    "a break before content": (stream(b": keep-alive\n\n", Chat.delta(role="assistant", content=""), then=cut), 2),
    "a body with nothing in it": (stream(), 2),
    "an answer with nothing in it": (EMPTY, 1),
    "a whole answer with nothing in it": (whole(chat_whole("")), 1),
    "an error in a 200": (whole({"error": {"message": "in disguise"}}), 1),
    "an error page in a 200": (whole(b"<html>Welcome</html>", 200, "text/html"), 1),
    "a lost connection": (reset, 2),
    "no answer in time": (speechless, 1),
    "silence": (stream(b": thinking\n\n", then=silent), 1),
    "a wrong key": (whole(b"", 401), 1),
    "no credit": (whole({"error": {"message": "x"}}, 402), 1),
    "a missing model": (whole({"error": {"message": "x"}}, 404), 1),
    "a limit": (whole({"error": {"message": "x"}}, 429), 1),
    "a conflict": (whole({"error": {"message": "x"}}, 409), 2),
    "a defect": (whole({"error": {"message": "x"}}, 500), 1),
    "a gateway in between": (whole({"error": {"message": "x"}}, 502), 1),
    "overload": (whole({"error": {"message": "x"}}, 503), 1),
}


@pytest.mark.parametrize("body", [STREAMED, question()], ids=["streamed", "whole"])
@pytest.mark.parametrize("name", BEFORE_CONTENT)
async def test_until_content_was_sent_another_target_may_answer(
    provider: Provider, other_provider: Provider, name: str, body: Json
) -> None:
    first, times = BEFORE_CONTENT[name]
    provider.says(first)
    other_provider.says(stream(*HELLO))
    config = chain(chat_provider(provider), chat_provider(other_provider, "spare"), **PATIENT)
    async with running_gateway(config) as (client, _):
        response = await client.post("/v1/messages", json=body)
        assert response.status == 200
        if body is STREAMED:
            assert seen(await response.read()) == ["text: Hello", "stop: end_turn"]
        else:
            assert (await response.json())["content"] == [{"type": "text", "text": "Hello"}]
    assert (len(provider.received), len(other_provider.received)) == (times, 1)


@pytest.mark.parametrize("second", UPSTREAMS)
@pytest.mark.parametrize("first", UPSTREAMS)
async def test_the_next_target_may_speak_another_format(
    provider: Provider, other_provider: Provider, first: str, second: str
) -> None:
    provider.says(whole({"error": {"message": "busy"}}, 503))
    other_provider.says(UPSTREAMS[second].call.answer(streams=True))
    response, data = await streamed(
        chain(UPSTREAMS[first].entry(provider), UPSTREAMS[second].entry(other_provider, "spare"))
    )
    result = read_stream(data)
    assert (result.text, result.calls) == ("Let me see.", [("Bash", '{"command":"ls"}')])
    assert (result.model, result.stop_reason) == ("claude-opus-4-8", "tool_use")
    assert response.headers["x-ccr-provider"] == "spare"


async def test_an_anthropic_answer_that_breaks_off_before_content_leaves_nothing_behind(
    provider: Provider, other_provider: Provider
) -> None:
    provider.says(stream(a.start() + a.PING, then=cut))
    other_provider.says(stream(*HELLO))
    _, data = await streamed(chain(anthropic_provider(provider), chat_provider(other_provider)))
    assert seen(data) == ["text: Hello", "stop: end_turn"]


async def test_the_targets_are_asked_one_after_the_other(provider: Provider, other_provider: Provider) -> None:
    provider.says(whole({"error": {"message": "x"}}, 503))
    other_provider.says(whole({"error": {"message": "x"}}, 500), stream(*HELLO))
    config = configuration(
        chat_provider(provider),
        chat_provider(other_provider, "spare"),
        fallback={"default": ["mock,small-model", "spare,big-model", "spare,small-model"]},
    )
    _, data = await streamed(config)
    assert read_stream(data).text == "Hello"
    assert [request.body["model"] for request in provider.received] == ["big-model", "small-model"]
    assert [request.body["model"] for request in other_provider.received] == ["big-model", "small-model"]


async def test_what_one_target_cannot_express_another_may(provider: Provider, other_provider: Provider) -> None:
    other_provider.says(stream(a.start() + a.text(0, "A cat.") + a.finish() + a.END))
    image = {"type": "image", "source": {"type": "file", "file_id": "f"}}
    body = STREAMED | {"messages": [{"role": "user", "content": [image]}]}
    _, data = await streamed(chain(chat_provider(provider), anthropic_provider(other_provider)), body)
    assert read_stream(data).text == "A cat."
    assert provider.received == []


async def test_a_request_that_is_at_fault_is_not_tried_elsewhere(provider: Provider, other_provider: Provider) -> None:
    provider.says(whole({"error": {"message": "bad request"}}, 400))
    async with running_gateway(chain(chat_provider(provider), chat_provider(other_provider, "spare"))) as (client, _):
        assert (await error_of(await client.post("/v1/messages", json=STREAMED)))[0] == 400
    assert other_provider.received == []


# What an answer took counts, also when nobody got all of it


def _tokens(gateway: Gateway, name: str) -> tuple[int, float]:
    """What counts for the minute and for the budget of a provider."""
    seen_now = gateway.availability.snapshot()
    (view,) = [view for view in seen_now.providers if view.name == name]
    (budget,) = seen_now.budgets
    return view.tokens_last_minute, budget.used


def _counting(*providers: Json) -> Json:
    name = providers[0]["name"]
    budget = {"per": "provider", "name": name, "period": "day", "tokens": 1_000_000}
    limited = [provider | {"limits": {"tokens_per_minute": 1_000_000}} for provider in providers]
    return chain(*limited, availability={"budgets": [budget]})


HALF = "x" * 400
SAID_HALF: Json = {"index": 0, "delta": {"content": HALF}, "finish_reason": None}
SO_FAR = {"prompt_tokens": 30, "completion_tokens": 4}
BREAKS = {
    "chat, without a usage": (chat_provider, Chat.say(HALF), None),
    "chat, with a usage": (chat_provider, Chat.packet(choices=[SAID_HALF], usage=SO_FAR), 34),
    "anthropic": (anthropic_provider, a.start() + a.begin(0) + a.delta(0, "text_delta", text=HALF), 109),
}


@pytest.mark.parametrize("end", ["breaks off", "is left"])
@pytest.mark.parametrize("name", BREAKS)
async def test_an_answer_without_an_end_counts_once_by_what_is_known(provider: Provider, name: str, end: str) -> None:
    kind, said, known = BREAKS[name]
    provider.says(stream(said, then=cut if end == "breaks off" else hang))
    async with running_gateway(_counting(kind(provider))) as (client, gateway):
        response = await client.post("/v1/messages", json=STREAMED)
        await response.content.readany()
        if end == "is left":
            response.close()
            async with asyncio.timeout(30):
                await provider.gone.wait()
            for _ in range(50):  # until the gateway's task has ended too
                await asyncio.sleep(0)
        else:
            await response.read()
        (record,) = gateway.recent.newest()
        expected = record.facts.tokens + len(HALF) // 4 if known is None else known
        minute, budget = _tokens(gateway, record.decision.targets[0].provider_name)
    assert record.outcome == ("broke off after content" if end == "breaks off" else "abandoned")
    assert minute == budget
    assert minute == pytest.approx(expected, abs=3)


async def test_an_attempt_that_failed_before_its_content_went_out_counts_what_it_reported(
    provider: Provider, other_provider: Provider
) -> None:
    provider.says(stream(a.start() + a.event("error", error={"type": "overloaded_error", "message": "busy"})))
    other_provider.says(stream(*HELLO))
    config = _counting(anthropic_provider(provider), chat_provider(other_provider))
    async with running_gateway(config) as (client, gateway):
        await (await client.post("/v1/messages", json=STREAMED)).read()
        assert _tokens(gateway, "ant") == (10, 10.0)


async def test_a_refusal_takes_nothing(provider: Provider) -> None:
    provider.says(whole({"error": {"message": "x"}}, 400))
    async with running_gateway(_counting(chat_provider(provider))) as (client, gateway):
        await client.post("/v1/messages", json=STREAMED)
        assert _tokens(gateway, "mock")[1] == 0


# Several keys


async def test_a_wrong_key_moves_on_to_the_next_one(provider: Provider) -> None:
    provider.says(whole({"error": {"message": "bad key"}}, 401), stream(*HELLO))
    config = configuration(chat_provider(provider, api_keys=["second-key"]))
    async with running_gateway(config) as (client, _):
        for _ in range(2):
            assert read_stream(await (await client.post("/v1/messages", json=STREAMED)).read()).text == "Hello"
    assert [request.headers["authorization"] for request in provider.received] == [
        "Bearer provider-key",
        "Bearer second-key",
        "Bearer second-key",
    ]


async def test_every_key_is_tried_before_the_next_provider(provider: Provider, other_provider: Provider) -> None:
    provider.says(whole({"error": {"message": "slow down"}}, 429))
    other_provider.says(stream(*HELLO))
    config = chain(
        anthropic_provider(provider, api_keys=["k2", {"key": "k3", "label": "team"}]), chat_provider(other_provider)
    )
    response, data = await streamed(config)
    assert read_stream(data).text == "Hello"
    assert [request.headers["x-api-key"] for request in provider.received] == ["provider-key", "k2", "k3"]
    assert response.headers["x-ccr-attempts"].count("429 rate_limited") == 3


# Nobody else is left


@pytest.mark.parametrize(
    ("first", "times"),
    [
        (EMPTY, 2),
        (whole({"error": {"message": "x"}}, 500), 2),
        (whole({"error": {"message": "x"}}, 529), 2),
        (whole({"error": {"message": "x"}}, 429, retry_after="2"), 2),
        (whole({"error": {"message": "x"}}, 429, retry_after_ms="1500"), 2),
        (reset, 2),
    ],
)
async def test_the_last_target_is_asked_once_more(provider: Provider, first: Answer, times: int) -> None:
    provider.says(first, stream(*HELLO))
    _, data = await streamed(configuration(chat_provider(provider)))
    assert read_stream(data).text == "Hello"
    assert len(provider.received) == times


async def test_an_answer_with_nothing_in_it_moves_on_and_is_told_when_all_are_empty(
    provider: Provider, other_provider: Provider
) -> None:
    provider.says(EMPTY)
    other_provider.says(EMPTY)
    async with running_gateway(chain(chat_provider(provider), chat_provider(other_provider, "spare"))) as (client, _):
        answer = await error_of(await client.post("/v1/messages", json=STREAMED))
    assert answer == (502, "api_error", "the provider's answer has nothing in it")
    assert (len(provider.received), len(other_provider.received)) == (1, 2)


ANTHROPIC_EMPTY = {
    "streamed": stream(a.start() + a.finish() + a.END),
    "streamed, with an empty block": stream(a.start() + a.text(0) + a.finish() + a.END),
    "whole": whole(
        {"type": "message", "content": [], "stop_reason": "end_turn", "usage": {"input_tokens": 9, "output_tokens": 5}}
    ),
    "whole, with an empty block": whole(
        {
            "type": "message",
            "content": [{"type": "text", "text": ""}],
            "stop_reason": "end_turn",
            "usage": {"input_tokens": 9, "output_tokens": 5},
        }
    ),
}


@pytest.mark.parametrize("body", [STREAMED, question()], ids=["streamed", "whole"])
@pytest.mark.parametrize("first", ANTHROPIC_EMPTY)
async def test_an_empty_answer_of_an_anthropic_provider_moves_on_too(
    provider: Provider, other_provider: Provider, first: str, body: Json
) -> None:
    provider.says(ANTHROPIC_EMPTY[first])
    other_provider.says(stream(*HELLO))
    config = chain(anthropic_provider(provider), chat_provider(other_provider, "spare"))
    async with running_gateway(config) as (client, _):
        response = await client.post("/v1/messages", json=body)
        data = await response.read()
    assert (read_stream(data).text if body is STREAMED else json.loads(data)["content"][0]["text"]) == "Hello"
    assert response.status == 200
    assert (len(provider.received), len(other_provider.received)) == (1, 1)


@pytest.mark.parametrize("body", [STREAMED, question()], ids=["streamed", "whole"])
@pytest.mark.parametrize("said", ANTHROPIC_EMPTY)
async def test_when_nobody_has_anything_to_say_that_is_the_answer(
    provider: Provider, other_provider: Provider, said: str, body: Json
) -> None:
    """Anthropic's models end like this after tool results."""
    provider.says(EMPTY)
    other_provider.says(ANTHROPIC_EMPTY[said])
    config = chain(chat_provider(provider), anthropic_provider(other_provider))
    async with running_gateway(config) as (client, gateway):
        response = await client.post("/v1/messages", json=body)
        data = await response.read()
        (record,) = gateway.recent.newest()
    assert response.status == 200
    assert response.headers["x-ccr-provider"] == "ant"
    assert response.headers["x-ccr-attempts"].count("200 empty") == 3
    if body is STREAMED:
        assert seen(data) == ["stop: end_turn"]
    else:
        answer = json.loads(data)
        assert (answer["content"], answer["stop_reason"], answer["model"]) == ([], "end_turn", "claude-opus-4-8")
        assert (answer["usage"]["input_tokens"], answer["usage"]["output_tokens"]) == (9, 5)
    assert (record.outcome, record.status) == ("failed", 200)


@pytest.mark.parametrize("reason", ["refusal", "pause_turn", "max_tokens"])
async def test_an_empty_answer_that_says_why_goes_on_as_it_is(
    provider: Provider, other_provider: Provider, reason: str
) -> None:
    said = a.start("claude-opus-4-8") + a.finish(reason) + a.END
    provider.says(stream(said))
    _, data = await streamed(chain(anthropic_provider(provider), chat_provider(other_provider)))
    assert seen(data) == [f"stop: {reason}"]
    assert data.split(b"\n\n")[1:] == said.split(b"\n\n")[1:]
    assert other_provider.received == []


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ({"retry_after": "30"}, "30"),
        ({"retry_after_ms": "29500"}, "30"),
        ({"x_ratelimit_reset_requests": "30s", "x_ratelimit_remaining_requests": "0"}, "30"),
    ],
)
async def test_when_all_fail_a_limit_is_told_with_its_end(
    provider: Provider, other_provider: Provider, header: dict[str, str], told: str
) -> None:
    provider.says(whole({"error": {"message": "first"}}, 429, **header))
    other_provider.says(whole({"error": {"message": "second"}}, 500))
    async with running_gateway(chain(chat_provider(provider), chat_provider(other_provider, "spare"))) as (client, _):
        response = await client.post("/v1/messages", json=STREAMED)
        assert await error_of(response) == (429, "rate_limit_error", "first")
    assert response.headers["retry-after"] == told
    assert (len(provider.received), len(other_provider.received)) == (1, 2)


async def test_of_two_limits_the_one_that_passes_sooner_is_told(provider: Provider, other_provider: Provider) -> None:
    provider.says(whole({"error": {"message": "first"}}, 429, retry_after="50"))
    other_provider.says(whole({"error": {"message": "second"}}, 429, retry_after="20"))
    async with running_gateway(chain(chat_provider(provider), chat_provider(other_provider, "spare"))) as (client, _):
        response = await client.post("/v1/messages", json=STREAMED)
        assert await error_of(response) == (429, "rate_limit_error", "second")
    assert response.headers["retry-after"] == "20"


# After content


async def test_after_the_first_byte_no_other_target_answers(provider: Provider, other_provider: Provider) -> None:
    provider.says(stream(Chat.say("half"), then=cut))
    _, data = await streamed(chain(chat_provider(provider), chat_provider(other_provider, "spare")))
    assert seen(data)[0] == "text: half"
    assert seen(data)[1].startswith("error api_error: ")
    assert other_provider.received == []


HALF_CALL = Chat.call(0, '{"command"', id="call_1", name="Bash")
CALL = [Chat.call(0, '{"command":"ls"}', id="call_2", name="Bash"), Chat.finish("tool_calls"), Chat.DONE]
CALLED = ['call Bash#call_2 {"command":"ls"}', "stop: tool_use"]


@pytest.mark.parametrize(
    ("first", "second", "lines"),
    [
        ([Chat.say("Let me ", "see.")], [Chat.say("Let me see.")], ["text: Let me see."]),
        ([Chat.say("Let me ", "see.")], [], ["text: Let me see."]),
        ([Chat.say("Let me ")], [Chat.say("Let me see.")], ["text: Let me see."]),
        ([Chat.say("Let me see.")], [Chat.say("I will ", "look.")], ["text: Let me see.", "text: I will look."]),
        (
            [Chat.think("Hm."), Chat.say("Let me see.")],
            [Chat.think("Well."), Chat.say("Let me see.")],
            ["thinking: Hm.", "text: Let me see."],
        ),
        (
            [Chat.think("Hm."), Chat.say("Let me see.")],
            [Chat.think("Well."), Chat.say("I will look.")],
            ["thinking: Hm.", "text: Let me see.", "text: I will look."],
        ),
        ([Chat.think("Hm.")], [Chat.think("Well.")], ["thinking: Hm."]),
    ],
)
async def test_a_break_in_a_call_after_text_is_taken_up_again(
    provider: Provider, other_provider: Provider, first: list[bytes], second: list[bytes], lines: list[str]
) -> None:
    provider.says(stream(*first, HALF_CALL, then=cut), stream(*second, *CALL))
    _, data = await streamed(chain(chat_provider(provider), chat_provider(other_provider, "spare")))
    assert seen(data) == [*lines, *CALLED]
    assert (len(provider.received), len(other_provider.received)) == (2, 0)
    assert provider.received[0].body == provider.received[1].body


async def test_an_answer_that_is_taken_up_is_two_attempts_in_the_record_and_in_the_limits(provider: Provider) -> None:
    whole_answer = stream(Chat.say("Let me see."), *CALL[:-1], Chat.usage(30, 4), Chat.DONE)
    provider.says(stream(Chat.say("Let me see."), HALF_CALL, then=cut), whole_answer)
    async with running_gateway(_counting(chat_provider(provider))) as (client, gateway):
        await (await client.post("/v1/messages", json=STREAMED)).read()
        (record,) = gateway.recent.newest()
        (view,) = gateway.availability.snapshot().providers
    assert [each.verdict for each in record.attempts] == ["asked again for the rest", "answered"]
    assert (record.outcome, record.usage) == ("answered", Usage(30, output_tokens=4))
    assert view.requests_last_minute == 2
    assert view.tokens_last_minute > 34, "what the first attempt took counts too"


async def test_an_answer_is_taken_up_once_there_is_room_or_else_its_break_is_told(provider: Provider) -> None:
    provider.says(stream(Chat.say("Let me see."), HALF_CALL, then=cut))
    limits = {"requests_per_minute": 1, "wait_ms": 0}
    async with running_gateway(configuration(chat_provider(provider) | {"limits": limits})) as (client, gateway):
        data = await (await client.post("/v1/messages", json=STREAMED)).read()
        (record,) = gateway.recent.newest()
    text, error = seen(data)
    assert (text, "broke" in error) == ("text: Let me see.", True)
    assert (record.outcome, len(provider.received)) == ("broke off after content", 1)


@pytest.mark.parametrize("then", [None, cut, silent])
async def test_what_breaks_off_a_second_time_is_told_as_what_it_was(provider: Provider, then: Any) -> None:
    provider.says(stream(Chat.say("Let me see."), HALF_CALL, then=then))
    _, data = await streamed(configuration(chat_provider(provider), **PATIENT))
    text, error = seen(data)
    assert text == "text: Let me see."
    assert error.startswith("error timeout_error: " if then is silent else "error api_error: ")
    assert "sent nothing" in error if then is silent else "broke" in error
    assert len(provider.received) == 2


async def test_what_is_refused_when_it_is_taken_up_is_told(provider: Provider) -> None:
    provider.says(stream(Chat.say("Let me see."), HALF_CALL, then=cut), whole({"error": {"message": "slow down"}}, 429))
    _, data = await streamed(configuration(chat_provider(provider)))
    assert seen(data) == ["text: Let me see.", "error rate_limit_error: slow down"]


async def test_a_call_that_has_been_shown_is_not_taken_up_again(provider: Provider) -> None:
    whole_call = Chat.call(0, '{"command":"ls"}', id="call_1", name="Bash")
    provider.says(stream(whole_call, Chat.call(1, '{"com', id="call_2", name="Bash"), then=cut))
    _, data = await streamed(configuration(chat_provider(provider)))
    call, error = seen(data)
    assert call == 'call Bash#call_1 {"command":"ls"}'
    assert error.startswith("error api_error: ")
    assert len(provider.received) == 1


async def test_a_break_in_a_call_of_an_anthropic_provider_leaves_the_text_open(provider: Provider) -> None:
    half = a.begin(1, "tool_use", id="t", name="Bash", input={}) + a.delta(1, "input_json_delta", partial_json='{"c')
    provider.says(stream(a.start() + a.text(0, "Let me see.") + half, then=cut))
    _, data = await streamed(configuration(anthropic_provider(provider)))
    text, error = seen(data)
    assert (text, error[:17]) == ("text: Let me see.", "error api_error: ")
    assert b"content_block_stop" not in data
    assert len(provider.received) == 1
