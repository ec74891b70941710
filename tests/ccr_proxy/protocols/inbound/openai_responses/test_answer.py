"""Whole responses."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.protocols.inbound.openai_responses.answer import whole
from ccr_proxy.protocols.inbound.openai_responses.stream import ResponsesWriter
from tests.ccr_proxy.protocols.inbound.openai_client import client_of
from tests.ccr_proxy.protocols.inbound.telling import CREATED, block, call, message_of, say, sse_events, think, told

ASKED: dict[str, Any] = {"model": "asked", "input": "hi", "tools": [{"type": "custom", "name": "patch"}]}
STEPS = st.lists(
    st.sampled_from(
        [
            say("Hello"),
            think("Hm", "sig"),
            think("", "sig"),
            block(type="redacted_thinking", data="xx"),
            block(type="text", text="Found", citations=[{"url": "https://a.example", "title": "A"}]),
            block(type="server_tool_use", id="s", name="web_search", input={"query": "q"}),
            call("c1", "patch", '{"input":"x"}'),
            call("c2", "f", '{"a":1}'),
            call("c3", "g"),
        ]
    ),
    min_size=1,
    max_size=5,
    unique_by=id,
)


@given(STEPS, st.sampled_from(["end_turn", "max_tokens", "refusal"]))
def test_it_says_what_the_stream_says(steps: list[Any], stop: str) -> None:
    _, last = sse_events(told(ResponsesWriter(ASKED, CREATED), *steps, stop=stop).take())[-1]
    streamed = last["response"]
    answer = whole(message_of(*steps, stop=stop), ASKED, CREATED)
    # A message knows no reasoning tokens.
    streamed["usage"]["output_tokens_details"]["reasoning_tokens"] = 0
    assert answer == streamed


async def test_the_official_client_reads_it() -> None:
    answer = whole(message_of(think("Hm", "sig"), say("Hello"), call("c2", "f", '{"a":1}')), ASKED, CREATED)
    async with client_of(answer) as client:
        response = await client.responses.create(model="asked", input="hi")
    assert response.output_text == "Hello"
    assert [item.type for item in response.output] == ["reasoning", "message", "function_call"]
    assert response.usage is not None
    assert response.usage.total_tokens == 137
