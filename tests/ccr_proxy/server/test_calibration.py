"""The token estimate, corrected by what providers report."""

from __future__ import annotations

import pytest

from ccr_proxy.protocols.usage import Usage
from ccr_proxy.server.calibration import Calibration
from tests.ccr_proxy.protocols.transcript import Chat, read_stream
from tests.ccr_proxy.server.lab import (
    Json,
    Provider,
    chat_provider,
    chat_whole,
    configuration,
    question,
    running_gateway,
    stream,
    whole,
)

LABEL = "mock,big-model"


def test_what_nobody_reported_about_is_not_corrected() -> None:
    assert Calibration().corrected(LABEL, 1000) == 1000


def test_the_first_report_counts_at_once_and_later_ones_little_by_little() -> None:
    calibration = Calibration()
    calibration.learn(LABEL, 1000, Usage(1200))
    assert calibration.corrected(LABEL, 1000) == 1200
    calibration.learn(LABEL, 1000, Usage(1300))
    assert calibration.corrected(LABEL, 1000) == 1220
    assert calibration.corrected("mock,other", 1000) == 1000


def test_what_came_from_the_cache_counts() -> None:
    calibration = Calibration()
    calibration.learn(LABEL, 1000, Usage(100, cache_read_tokens=900, cache_write_tokens=200))
    assert calibration.corrected(LABEL, 1000) == 1200


@pytest.mark.parametrize(
    ("estimate", "usage"),
    [
        (1000, Usage(1200, reported=False)),
        (1000, Usage(499)),
        (1000, Usage(2001)),
        (1000, Usage(0)),
        (1000, Usage(10**15)),
        (499, Usage(600)),
        (0, Usage(600)),
    ],
)
def test_what_is_not_about_the_same_text_teaches_nothing(estimate: int, usage: Usage) -> None:
    calibration = Calibration()
    calibration.learn(LABEL, estimate, usage)
    assert calibration.corrected(LABEL, 1000) == 1000


def test_nonsense_does_not_spoil_what_was_learnt() -> None:
    calibration = Calibration()
    calibration.learn(LABEL, 1000, Usage(1200))
    for reported in (0, 1, 10**15):
        calibration.learn(LABEL, 1000, Usage(reported))
    assert calibration.corrected(LABEL, 1000) == 1200


def test_the_memory_is_bounded() -> None:
    calibration = Calibration(most=2)
    for label in ("p,a", "p,b", "p,a", "p,c"):
        calibration.learn(label, 1000, Usage(1500))
    assert [calibration.corrected(label, 1000) for label in ("p,a", "p,b", "p,c")] == [1500, 1000, 1500]


LONG: Json = {"messages": [{"role": "user", "content": "one two three four five " * 200}]}


@pytest.mark.parametrize("streams", [True, False], ids=["streamed", "whole"])
async def test_answers_change_what_is_counted(provider: Provider, streams: bool) -> None:
    async with running_gateway(configuration(chat_provider(provider))) as (client, _):

        async def count(**more: str) -> int:
            answer = await client.post("/v1/messages/count_tokens", json=question(**LONG) | more)
            return int((await answer.json())["input_tokens"])

        before, of_the_other = await count(), await count(model="mock,small-model")
        reported = round(before * 1.3)
        provider.says(
            stream(Chat.say("Hello"), Chat.finish(), Chat.usage(reported, 1), Chat.DONE)
            if streams
            else whole(chat_whole() | {"usage": {"prompt_tokens": reported, "completion_tokens": 1}})
        )
        await (await client.post("/v1/messages", json=question(stream=streams, **LONG))).read()
        assert await count() == reported
        assert await count(model="mock,small-model") == of_the_other
        if streams:
            again = read_stream(await (await client.post("/v1/messages", json=question(stream=True, **LONG))).read())
            assert again.start_usage["input_tokens"] == reported


async def test_what_was_reported_decides_about_long_context(provider: Provider) -> None:
    """Estimated below the threshold, and above it as soon as the provider has said how it counts."""
    router = {"default": "mock,big-model", "longContext": "mock,small-model", "longContextThreshold": 1300}
    async with running_gateway(configuration(chat_provider(provider), Router=router)) as (client, gateway):
        provider.says(whole(chat_whole() | {"usage": {"prompt_tokens": 1400, "completion_tokens": 1}}))

        async def asked_model() -> str:
            await (await client.post("/v1/messages", json=question(**LONG))).read()
            return str(provider.received[-1].body["model"])

        assert [await asked_model(), await asked_model()] == ["big-model", "small-model"]
        assert gateway.calibration.corrected("mock,big-model", 1000) > 1000
