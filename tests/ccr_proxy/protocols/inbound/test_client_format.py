"""What holds for every client format, whatever a client sends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.errors import ClientFault
from ccr_proxy.protocols.inbound import ANTHROPIC, OPENAI_CHAT, OPENAI_RESPONSES, ClientFormat
from tests.ccr_proxy.protocols.inbound.telling import CREATED, USAGE, call, message_of, say, think, told

CHAT: dict[str, Any] = {
    "model": "m",
    "messages": [
        {"role": "system", "content": "S"},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "hi"},
                {"type": "image_url", "image_url": {"url": "https://a.example"}},
                {"type": "file", "file": {"file_data": "JVBE", "filename": "a.pdf"}},
            ],
        },
        {
            "role": "assistant",
            "content": "a",
            "reasoning_content": "b",
            "reasoning_details": [{"type": "reasoning.text", "index": 0, "text": "b", "signature": "s"}],
            "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
        },
        {"role": "tool", "tool_call_id": "c", "content": [{"type": "text", "text": "r"}]},
    ],
    "tools": [
        {"type": "function", "function": {"name": "f", "description": "d", "parameters": {"type": "object"}}},
        {"type": "custom", "custom": {"name": "p", "format": {"type": "grammar", "grammar": {"syntax": "lark"}}}},
    ],
    "tool_choice": {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [{"function": {"name": "f"}}]}},
    "response_format": {"type": "json_schema", "json_schema": {"schema": {}}},
    "stream_options": {"include_usage": True},
    "reasoning_effort": "low",
    "web_search_options": {"user_location": {"approximate": {"city": "Graz"}}},
    "modalities": ["text"],
    "stop": ["x"],
    "user": "u",
}
RESPONSES: dict[str, Any] = {
    "model": "m",
    "instructions": "S",
    "input": [
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hi"}]},
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "b"}], "encrypted_content": "s"},
        {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c", "output": [{"type": "input_text", "text": "r"}]},
        {"type": "local_shell_call", "call_id": "d", "action": {"type": "exec", "command": ["ls"]}},
        {"type": "local_shell_call_output", "call_id": "d", "output": "x"},
        {"type": "web_search_call", "action": {"query": "q"}},
    ],
    "tools": [
        {"type": "function", "name": "f", "parameters": {"type": "object"}},
        {"type": "custom", "name": "p", "format": {"type": "text"}},
        {"type": "namespace", "name": "n", "tools": [{"type": "function", "name": "g"}]},
        {"type": "web_search", "filters": {"allowed_domains": ["a.example"]}, "user_location": {"city": "Graz"}},
    ],
    "tool_choice": {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "function", "name": "f"}]},
    "text": {"format": {"type": "json_schema", "schema": {}}},
    "reasoning": {"effort": "low", "summary": "auto"},
    "prompt_cache_key": "k",
}
BODIES = [(OPENAI_CHAT, CHAT), (OPENAI_RESPONSES, RESPONSES)]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value inside `value`."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield (*path, key)
        yield from places(item, (*path, key))


def replaced(body: Any, path: tuple[Any, ...], value: Any) -> Any:
    changed = deepcopy(body)
    at = changed
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return changed


@pytest.mark.parametrize(("client_format", "body"), BODIES, ids=lambda value: getattr(value, "name", ""))
@pytest.mark.parametrize("value", [None, 5, True, "x", "", [], ["x"], [None], {}, {"type": "x"}, 1.5], ids=repr)
def test_a_wrong_value_anywhere_is_taken_or_refused_and_never_breaks(
    client_format: ClientFormat, body: dict[str, Any], value: Any
) -> None:
    for path in places(body):
        changed = replaced(body, path, value)
        with suppress(ClientFault):
            request = client_format.decode_request(changed)
            json.dumps(request)
            assert request["messages"][0]["role"] in ("user", "assistant")
            # What was accepted can be answered too.
            told(client_format.stream_writer(changed, CREATED), say("a"), call("c", "f", "{}"))
            client_format.whole(message_of(say("a"), call("c", "f", "{}")), changed, CREATED)
        assert isinstance(client_format.left_out(changed), list)


@pytest.mark.parametrize(("client_format", "body"), BODIES, ids=lambda value: getattr(value, "name", ""))
def test_the_clients_body_is_not_changed(client_format: ClientFormat, body: dict[str, Any]) -> None:
    before = deepcopy(body)
    client_format.decode_request(body)
    assert body == before


@given(st.sampled_from([ANTHROPIC, OPENAI_CHAT, OPENAI_RESPONSES]), st.text(), st.text())
def test_whatever_is_said_is_written_as_utf_8_events(client_format: ClientFormat, text: str, thought: str) -> None:
    writer = client_format.stream_writer({"model": "m"}, CREATED)
    data = told(writer, think(thought, "s"), say(text), usage=USAGE).take()
    assert data.decode().endswith("\n\n")
    assert writer.take() == b""
