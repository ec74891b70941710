"""Small real requests to single targets: what counts as an answer."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from pathlib import Path
from threading import Barrier, Event, Lock
from typing import Any

import pytest

from ccr_proxy.errors import ServiceFault
from ccr_proxy.service.gateway_client import GatewayClient
from ccr_proxy.service.trials import AT_ONCE, KINDS, TrialResult, events_in, request_of, run_trial, run_trials
from tests.ccr_proxy.protocols.transcript import Chat
from tests.ccr_proxy.server.lab import (
    KEY,
    Answer,
    Json,
    Provider,
    chat_provider,
    configuration,
    cut,
    hang,
    running_gateway,
    running_provider,
    stream,
    whole,
)
from tests.ccr_proxy.server.upstreams import CACHED, INPUT, OUTPUT, UPSTREAMS, Upstream

END = Chat.DONE


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    async with running_provider() as running:
        yield running


async def tried(config: Json, target: str, kind: str, seconds: float = 20.0, **more: Any) -> TrialResult:
    async with running_gateway(config) as (gate, _):
        gateway = GatewayClient("127.0.0.1", gate.port or 0, KEY, Path("config.json"))
        return await asyncio.to_thread(run_trial, gateway, target, kind, seconds, **more)


async def test_a_provider_that_refuses_its_key_is_told_in_its_words_and_not_blamed_on_the_gateway(
    provider: Provider,
) -> None:
    provider.says(whole({"error": {"message": "Incorrect API key"}}, status=401))
    result = await tried(configuration(chat_provider(provider)), "mock,big-model", "text")
    assert result.error == "401: Incorrect API key"


@pytest.mark.parametrize("upstream", UPSTREAMS.values(), ids=UPSTREAMS)
@pytest.mark.parametrize("kind", KINDS)
async def test_a_good_answer(provider: Provider, upstream: Upstream, kind: str) -> None:
    provider.says((upstream.text if kind == "text" else upstream.call).answer(streams=True))
    result = await tried(configuration(upstream.entry(provider)), "mock,big-model", kind)
    assert (result.ok, result.error, result.answered_by) == (True, "", "mock,big-model")
    assert result.first_token is not None
    assert 0 <= result.first_token <= result.milliseconds
    assert (result.input_tokens, result.output_tokens) == (INPUT, OUTPUT)
    assert INPUT > CACHED > 0


@pytest.mark.parametrize("kind", KINDS)
async def test_the_demo_passes(kind: str) -> None:
    demo = {"name": "demo", "protocol": "demo", "models": ["demo"]}
    assert (await tried(configuration(demo), "demo,demo", kind)).ok


@pytest.mark.parametrize(
    ("kind", "answer", "words"),
    [
        ("text", whole({"error": {"message": "pay first"}}, 402), "402: pay first"),
        ("text", stream(Chat.say("He"), then=cut), "broke off"),
        ("text", stream(Chat.call(0, "{}", id="c", name="Bash") + Chat.finish("tool_calls") + END), "no text came"),
        (
            "tool call",
            stream(Chat.say("I will not") + Chat.finish() + END),
            "no tool was called (stop reason end_turn)",
        ),
        ("tool call", stream(Chat.call(0, "{}", id="c", name="Look") + Chat.finish("tool_calls") + END), "no tool was"),
        ("tool call", stream(Chat.call(0, "{}", id="c", name="Bash") + Chat.finish("tool_calls") + END), "`command`"),
    ],
)
async def test_a_bad_answer_is_told_in_words(provider: Provider, kind: str, answer: Answer, words: str) -> None:
    provider.says(answer)
    result = await tried(configuration(chat_provider(provider)), "mock,big-model", kind)
    assert not result.ok
    assert words in result.error


async def test_an_answer_that_goes_on_for_too_long_is_given_up(provider: Provider) -> None:
    provider.says(stream(Chat.say("He", "llo"), then=hang))
    clock = itertools.count(0.0, 10.0)
    config = configuration(chat_provider(provider))
    result = await tried(config, "mock,big-model", "text", clock=lambda: next(clock))
    assert result.error == "not finished after 20 s"


async def test_no_gateway_is_a_failure_like_any_other() -> None:
    gateway = GatewayClient("127.0.0.1", 1, KEY, Path("config.json"))
    result = await asyncio.to_thread(run_trial, gateway, "a,b", "text", 5.0)
    assert "does not answer" in result.error
    assert result.first_token is None


@pytest.mark.parametrize("count", [0, 1, 4, 9])
def test_several_are_asked_at_a_time_and_the_results_keep_their_order(count: int) -> None:
    trials = [(f"p,m{number}", "text") for number in range(count)]
    at_once = min(count, AT_ONCE)
    met = Barrier(max(at_once, 1))
    lock, under_way, most, told = Lock(), [0], [0], list[str]()

    def run(target: str, kind: str) -> TrialResult:
        with lock:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
        if int(target.removeprefix("p,m")) < at_once:
            met.wait(timeout=20)  # only passed when so many run at the same time
        with lock:
            under_way[0] -= 1
        return TrialResult(target, kind, "")

    results = run_trials(trials, run, lambda result: told.append(result.target))
    assert [result.target for result in results] == [target for target, _ in trials]
    assert sorted(told) == sorted(target for target, _ in trials)
    assert most[0] == at_once


def test_a_defect_in_a_trial_is_raised_and_nobody_waits_for_the_others() -> None:
    never = Event()

    def run(target: str, kind: str) -> TrialResult:
        if target == "p,bad":
            raise RuntimeError("a defect")
        never.wait()
        return TrialResult(target, kind, "")

    with pytest.raises(RuntimeError, match="a defect"):
        run_trials([("p,slow", "text"), ("p,bad", "text")], run)
    never.set()


def test_only_the_tool_call_offers_a_tool() -> None:
    assert "tools" not in request_of("text")
    assert [tool["name"] for tool in request_of("tool call")["tools"]] == ["Bash"]
    assert json.dumps(request_of("text"))


def test_events_are_read_and_garbage_is_a_fault() -> None:
    lines = [b"event: ping\n", b'data: {"type":"ping"}\n', b"\n", b": comment\n", b"data: nonsense\n"]
    events = events_in(lines)
    assert next(events) == {"type": "ping"}
    with pytest.raises(ServiceFault, match="not JSON"):
        next(events)
