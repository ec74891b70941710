"""What a strict Chat Completions API refuses, as a checker of request bodies.

Rules of https://platform.openai.com/docs/api-reference/chat/create, and of the 400s that its servers answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

PARAMETERS = frozenset(
    "model messages max_tokens max_completion_tokens temperature top_p stream stream_options stop tools tool_choice "
    "parallel_tool_calls reasoning_effort response_format".split()
)
MESSAGE_KEYS = frozenset("role content name tool_calls tool_call_id refusal".split())
PARTS = {"user": {"text", "image_url", "file"}, "system": {"text"}, "assistant": {"text"}, "tool": {"text"}}


def violations(body: Json, *, extra_message_keys: frozenset[str] = frozenset()) -> list[str]:
    """Everything that such an API would refuse; empty for a legal request."""
    return [
        *(f"unknown parameter {key}" for key in body if key not in PARAMETERS),
        *_message_violations(body["messages"], MESSAGE_KEYS | extra_message_keys),
        *_tool_violations(body),
        *(["stream_options without stream"] if "stream_options" in body and not body.get("stream") else []),
        *(["more than four stop sequences"] if len(body.get("stop") or []) > 4 else []),
    ]


def _message_violations(messages: list[Json], keys: frozenset[str]) -> Iterator[str]:
    if not messages:
        yield "no messages"
    waiting: list[str] = []
    for number, message in enumerate(messages):
        role, content = message["role"], message.get("content")
        if extra := set(message) - keys:
            yield f"{number}: unknown keys {sorted(extra)}"
        if role == "tool":
            if message["tool_call_id"] not in waiting:
                yield f"{number}: a tool message that answers no call"
            else:
                waiting.remove(message["tool_call_id"])
        elif waiting:
            yield f"{number}: calls without answer: {waiting}"
            waiting = []
        if role == "system" and number:
            yield f"{number}: a system message in the middle"
        yield from (f"{number}: {text}" for text in _content_violations(role, content, bool(message.get("tool_calls"))))
        for call in message.get("tool_calls") or []:
            waiting.append(call["id"])
            yield from _call_violations(call)
    if waiting:
        yield f"at the end: calls without answer: {waiting}"


def _content_violations(role: str, content: Any, has_calls: bool) -> Iterator[str]:
    if role not in PARTS:
        yield f"unknown role {role}"
    elif content is None:
        if not has_calls:
            yield "no content"
    elif isinstance(content, list):
        if not content:
            yield "an empty list of parts"
        for part in content:
            if part["type"] not in PARTS[role]:
                yield f"{part['type']} in a {role} message"
            if part["type"] == "text" and not part["text"]:
                yield "an empty text part"
            if extra := set(part) - {"type", part["type"]}:
                yield f"unknown keys {sorted(extra)} in a part"
    elif not isinstance(content, str):
        yield f"content is {type(content).__name__}"


def _call_violations(call: Json) -> Iterator[str]:
    if not call["id"]:
        yield "a call without id"
    if not isinstance(json.loads(call["function"]["arguments"]), dict):
        yield "arguments that are no object"


def _tool_violations(body: Json) -> Iterator[str]:
    tools = body.get("tools")
    if tools == []:
        yield "an empty list of tools"
    for tool in tools or []:
        function = tool["function"]
        if tool["type"] != "function" or not re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", function["name"]):
            yield f"a bad tool: {tool}"
        if function["parameters"].get("type") != "object" or {"oneOf", "anyOf", "allOf", "$ref"} & set(
            function["parameters"]
        ):
            yield f"bad parameters: {function['parameters']}"
    if not tools and ("tool_choice" in body or "parallel_tool_calls" in body):
        yield "tool_choice without tools"
    choice = body.get("tool_choice")
    if isinstance(choice, dict) and choice["function"]["name"] not in [
        tool["function"]["name"] for tool in tools or []
    ]:
        yield "tool_choice names a tool that is not there"
