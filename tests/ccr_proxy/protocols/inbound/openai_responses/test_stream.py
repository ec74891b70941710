"""Events of a streamed response, read by hand, by the official client, and by our own decoder."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.errors import UpstreamFault
from ccr_proxy.protocols.anthropic_events import MessageFolder
from ccr_proxy.protocols.inbound.openai_responses.reasoning import encrypted_redacted
from ccr_proxy.protocols.inbound.openai_responses.stream import ResponsesWriter
from ccr_proxy.protocols.message_stream import MessageStream
from ccr_proxy.protocols.openai_responses.answer import ResponsesDecoder
from tests.ccr_proxy.protocols.inbound.openai_client import client_of
from tests.ccr_proxy.protocols.inbound.telling import (
    CREATED,
    USAGE,
    block,
    call,
    keep_alive,
    message_of,
    runs,
    say,
    sse_events,
    think,
    told,
)

ASKED: dict[str, Any] = {"model": "asked", "input": "hi"}
EVERYTHING = (
    think("Let me see.", "sig"),
    say("Let ", "me look."),
    call("call_1", "shell", '{"a":', "1}"),
    call("call_2", "now"),
)


def written(*steps: Any, body: dict[str, Any] = ASKED, stop: str = "end_turn") -> list[tuple[str, dict[str, Any]]]:
    return sse_events(told(ResponsesWriter(body, CREATED), *steps, stop=stop).take())


def items(events: list[tuple[str, dict[str, Any]]]) -> list[dict[str, Any]]:
    return [event["item"] for name, event in events if name == "response.output_item.done"]


def test_events_are_numbered_and_named_in_the_order_that_clients_rely_on() -> None:
    events = written(*EVERYTHING)
    assert [event["sequence_number"] for _, event in events] == list(range(len(events)))
    assert all(name == event["type"] for name, event in events)
    assert [name.removeprefix("response.") for name, _ in events] == [
        "created",
        "in_progress",
        "output_item.added",
        "reasoning_summary_part.added",
        "reasoning_summary_text.delta",
        "reasoning_summary_text.done",
        "reasoning_summary_part.done",
        "output_item.done",
        "output_item.added",
        "content_part.added",
        "output_text.delta",
        "output_text.delta",
        "output_text.done",
        "content_part.done",
        "output_item.done",
        "output_item.added",
        "function_call_arguments.delta",
        "function_call_arguments.delta",
        "function_call_arguments.done",
        "output_item.done",
        "output_item.added",
        "function_call_arguments.delta",
        "function_call_arguments.done",
        "output_item.done",
        "completed",
    ]


def test_items() -> None:
    summary = [{"type": "summary_text", "text": "Let me see."}]
    part = {"type": "output_text", "text": "Let me look.", "annotations": [], "logprobs": []}
    events = written(*EVERYTHING)
    assert items(events) == [
        {"id": "rs_1f_0", "type": "reasoning", "summary": summary, "encrypted_content": "sig"},
        {"id": "msg_1f_1", "type": "message", "status": "completed", "role": "assistant", "content": [part]},
        {
            "id": "fc_1f_2",
            "call_id": "call_1",
            "status": "completed",
            "type": "function_call",
            "name": "shell",
            "arguments": '{"a":1}',
        },
        {
            "id": "fc_1f_3",
            "call_id": "call_2",
            "status": "completed",
            "type": "function_call",
            "name": "now",
            "arguments": "{}",
        },
    ]
    assert events[-1][1]["response"]["output"] == items(events)


def test_every_event_about_an_item_names_it() -> None:
    for name, event in written(*EVERYTHING)[2:-1]:
        item_id = event["item"]["id"] if "output_item" in name else event["item_id"]
        assert item_id.endswith(f"_1f_{event['output_index']}")


def test_the_final_response() -> None:
    tools = [{"type": "function", "name": "now"}]
    _, event = written(say("a"), body={**ASKED, "tools": tools, "temperature": 0.5})[-1]
    response = event["response"]
    assert response["id"] == "resp_1f"
    assert response["status"] == "completed"
    assert (response["created_at"], response["model"], response["store"]) == (CREATED, "asked", False)
    assert (response["tools"], response["temperature"], response["tool_choice"]) == (tools, 0.5, "auto")
    assert response["usage"] == {
        "input_tokens": 130,
        "input_tokens_details": {"cached_tokens": 100, "cache_write_tokens": 20},
        "output_tokens": 7,
        "output_tokens_details": {"reasoning_tokens": 3},
        "total_tokens": 137,
    }


@pytest.mark.parametrize(
    ("stop", "reason"),
    [
        ("max_tokens", "max_output_tokens"),
        ("model_context_window_exceeded", "max_output_tokens"),
        ("refusal", "content_filter"),
    ],
)
def test_an_answer_that_was_cut_short_is_incomplete(stop: str, reason: str) -> None:
    events = written(say("a"), stop=stop)
    assert events[-1][0] == "response.incomplete"
    assert events[-1][1]["response"]["incomplete_details"] == {"reason": reason}
    assert items(events)[0]["status"] == "incomplete"


def test_neighbouring_texts_are_parts_of_one_message_and_cite_their_pages() -> None:
    citation = {"type": "web_search_result_location", "url": "https://a.example", "title": "A"}
    events = written(say("See: "), block(type="text", text="Found", citations=[citation]))
    (message,) = items(events)
    annotation = {
        "type": "url_citation",
        "url": "https://a.example",
        "title": "A",
        "start_index": 0,
        "end_index": 5,
    }
    assert [(part["text"], part["annotations"]) for part in message["content"]] == [
        ("See: ", []),
        ("Found", [annotation]),
    ]
    (told_annotation,) = [event for name, event in events if name.endswith("annotation.added")]
    assert (told_annotation["content_index"], told_annotation["annotation_index"]) == (1, 0)


def test_hidden_reasoning_is_an_item_without_a_summary() -> None:
    events = written(think("", "sig"), block(type="redacted_thinking", data="xx"), say("a"))
    assert [(item["summary"], item["encrypted_content"]) for item in items(events)[:2]] == [
        ([], "sig"),
        ([], encrypted_redacted("xx")),
    ]


def test_a_sign_of_life_is_an_event_but_no_item() -> None:
    events = written(keep_alive, keep_alive, say("a"))
    names = [name for name, _ in events]
    assert names[:4] == ["response.created", "response.in_progress", "response.in_progress", "response.in_progress"]
    assert [item["type"] for item in items(events)] == ["message"]


def test_tools_are_called_in_the_kind_that_the_client_gave_them() -> None:
    tools = [
        {"type": "custom", "name": "apply_patch"},
        {"type": "local_shell"},
        {"type": "namespace", "name": "mcp__files", "tools": [{"type": "function", "name": "read"}]},
    ]
    events = written(
        call("c1", "apply_patch", '{"input":"*** Begin', '\\nEnd"}'),
        call("c2", "local_shell", '{"command":["ls"],"timeout_ms":5}'),
        call("c3", "mcp__files__read", "{}"),
        body={**ASKED, "tools": tools},
    )
    patch, shell, read = items(events)
    assert (patch["type"], patch["name"], patch["input"]) == ("custom_tool_call", "apply_patch", "*** Begin\nEnd")
    assert shell["type"] == "local_shell_call"
    assert shell["action"] == {"type": "exec", "command": ["ls"], "env": {}, "timeout_ms": 5}
    assert (read["type"], read["namespace"], read["name"]) == ("function_call", "mcp__files", "read")
    deltas = [event["delta"] for name, event in events if name == "response.custom_tool_call_input.delta"]
    assert deltas == ["*** Begin\nEnd"]


def test_a_search_of_the_provider_is_an_item() -> None:
    query = {"query": "weather"}
    events = written(
        block(type="server_tool_use", id="srvtoolu_1", name="web_search", input=query),
        block(type="web_search_tool_result", tool_use_id="srvtoolu_1", content=[]),
        say("Sunny"),
    )
    assert [item["type"] for item in items(events)] == ["web_search_call", "message"]
    assert items(events)[0]["action"] == {"type": "search", "query": "weather"}


def failed(error_type: str, message: str) -> bytes:
    writer = ResponsesWriter(ASKED, CREATED)
    stream = MessageStream(writer, message_id="msg_1f", model="asked", estimated_input=5)
    stream.text("Half")
    stream.fail(UpstreamFault(500, message, error_type))
    return writer.take()


@pytest.mark.parametrize(
    ("error_type", "message", "code"),
    [
        ("overloaded_error", "try later", "server_is_overloaded"),
        ("rate_limit_error", "slow down", "rate_limit_exceeded"),
        ("invalid_request_error", "prompt is too long: 5 tokens > 4 maximum", "context_length_exceeded"),
    ],
)
async def test_an_answer_that_breaks_off_has_failed(error_type: str, message: str, code: str) -> None:
    data = failed(error_type, message)
    events = sse_events(data)
    assert [name for name, _ in events[-2:]] == ["error", "response.failed"]
    async with client_of(data) as client:
        seen = [event async for event in await client.responses.create(**ASKED, stream=True)]
    assert seen[-1].type == "response.failed"
    assert seen[-1].response.error is not None
    assert (seen[-1].response.error.code, seen[-1].response.error.message) == (code, message)


async def test_the_official_client_reads_the_same_answer_as_an_anthropic_client() -> None:
    data = told(ResponsesWriter(ASKED, CREATED), *EVERYTHING).take()
    async with client_of(data) as client, client.responses.stream(**ASKED) as stream:
        snapshots = [event.snapshot async for event in stream if event.type == "response.output_text.delta"]
        response = await stream.get_final_response()
    expected = message_of(*EVERYTHING)
    said = {kind: content for kind, content in runs(expected) if kind != "tool_use"}
    calls = [item for item in response.output if item.type == "function_call"]
    thoughts = [item for item in response.output if item.type == "reasoning"]
    assert snapshots[-1] == response.output_text == said["text"]
    assert [part.text for part in thoughts[0].summary] == [said["thinking"]]
    assert thoughts[0].encrypted_content == "sig"
    assert [(made.call_id, made.name, json.loads(made.arguments)) for made in calls] == [
        content for kind, content in runs(expected) if kind == "tool_use"
    ]
    assert response.usage is not None
    assert response.usage.input_tokens == USAGE.input_tokens + USAGE.cache_read_tokens + USAGE.cache_write_tokens
    assert response.usage.output_tokens == expected["usage"]["output_tokens"]
    assert response.usage.input_tokens_details.cached_tokens == expected["usage"]["cache_read_input_tokens"]


TEXT = st.text(min_size=1, max_size=12)
STEPS = st.lists(
    st.one_of(
        TEXT.map(lambda text: say(text)),
        st.builds(think, TEXT, st.sampled_from(["sig", "other"])),
        st.builds(lambda key: call(f"c{key}", "Bash", '{"a":', f'"{key}"', "}"), st.integers(0, 10**6)),
    ),
    min_size=1,
    max_size=6,
)


@given(STEPS, st.integers(1, 60))
def test_our_own_decoder_reads_back_what_was_written(steps: list[Any], size: int) -> None:
    expected = message_of(*steps)
    data = told(ResponsesWriter(ASKED, CREATED), *steps).take()
    folder = MessageFolder()
    stream = MessageStream(folder, message_id="msg_2", model="asked", estimated_input=5)
    decoder = ResponsesDecoder(stream, "openai-responses:p")
    for start in range(0, len(data), size):
        decoder.feed(data[start : start + size])
    decoder.end()
    assert runs(folder.message) == runs(expected)
    assert folder.message["stop_reason"] == expected["stop_reason"]
    assert folder.message["usage"] == expected["usage"]
