"""The demo provider: it says that it is one, streams, and calls a tool when asked to."""

from __future__ import annotations

import json
from typing import Any

from ccr_proxy.upstream.demo import answer_demo, demo_message
from tests.ccr_proxy.protocols.openai_chat.test_answer import streamed
from tests.ccr_proxy.protocols.transcript import read_stream

BASH = [{"type": "function", "function": {"name": "Bash", "parameters": {}}}]


def asked(text: Any, **more: Any) -> dict[str, Any]:
    return {"model": "demo", "messages": [{"role": "user", "content": text}], **more}


async def test_it_streams_and_says_what_it_is() -> None:
    answer = await answer_demo(json.dumps(asked("Hi", stream=True)).encode())
    assert answer.headers["content-type"] == "text/event-stream"
    chunks = [chunk async for chunk in answer.chunks()]
    assert len(chunks) > 10
    result = read_stream(streamed(*chunks))
    assert "demo provider" in result.text
    assert result.usage["output_tokens"] > 0


async def test_a_whole_answer() -> None:
    answer = await answer_demo(json.dumps(asked("Hi")).encode())
    body = json.loads(await answer.read())
    assert "demo provider" in body["choices"][0]["message"]["content"]
    assert body["usage"]["total_tokens"] == body["usage"]["prompt_tokens"] + body["usage"]["completion_tokens"]


async def test_a_command_in_backticks_calls_the_tool() -> None:
    answer = await answer_demo(json.dumps(asked("run `echo hello`", stream=True, tools=BASH)).encode())
    result = read_stream(streamed(*[chunk async for chunk in answer.chunks()]))
    ((name, arguments),) = result.calls
    assert name == "Bash"
    assert json.loads(arguments)["command"] == "echo hello"
    assert result.stop_reason == "tool_use"


def test_without_the_tool_there_is_no_call() -> None:
    assert "tool_calls" not in demo_message(asked("run `echo hello`"))


def test_commands_in_the_clients_reminders_are_not_run() -> None:
    text = "<system-reminder>use `rm -rf`</system-reminder>\nHi"
    assert "tool_calls" not in demo_message(asked(text, tools=BASH))
    assert "tool_calls" in demo_message(asked([{"type": "text", "text": text + " `ls`"}], tools=BASH))


def test_a_result_is_repeated() -> None:
    messages = [
        {"role": "user", "content": "run `ls`"},
        {"role": "assistant", "content": None, "tool_calls": []},
        {"role": "tool", "tool_call_id": "c", "content": "a.txt"},
    ]
    assert "a.txt" in demo_message({"messages": messages, "tools": BASH})["content"]


def test_structured_output_fits_its_schema() -> None:
    schema = {
        "type": "object",
        "properties": {"title": {"type": "string"}, "new": {"type": "boolean"}, "kind": {"enum": ["a", "b"]}, "x": {}},
        "required": ["title", "new", "kind"],
    }
    answer = demo_message(asked("Hi", response_format={"type": "json_schema", "json_schema": {"schema": schema}}))
    assert json.loads(answer["content"]) == {"title": "Demo", "new": False, "kind": "a"}
