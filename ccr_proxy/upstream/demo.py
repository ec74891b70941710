"""The built-in demo provider: answers inside the gateway, in the Chat Completions format, without any model.

It exists so that everything can be seen working before there is a key: it streams, says plainly that it is a demo, and
calls the Bash tool when the prompt holds a command in backticks (`run `echo hello``).
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Mapping
from typing import Any

from ccr_proxy.json_codec import JsonObject, dumps, loads

_COMMAND = re.compile(r"`([^`\n]+)`")
_REMINDER = re.compile(r"<system-reminder>.*?</system-reminder>", re.DOTALL)
_WORD = re.compile(r"\S+\s*")


class DemoAnswer:
    """An answer with a status, headers and a body, as if it had come over the network."""

    status = 200

    def __init__(self, pieces: list[bytes], content_type: str) -> None:
        self._pieces = pieces
        self.headers: Mapping[str, str] = {"content-type": content_type}

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        for piece in self._pieces:
            yield piece

    async def read(self) -> bytes:
        return b"".join(self._pieces)

    async def goodbye(self) -> None:
        return None


async def answer_demo(body: bytes) -> DemoAnswer:
    """Answer a Chat Completions request."""
    request = loads(body)
    message = demo_message(request)
    prompt_tokens = max(1, len(body) // 4)
    usage = {"prompt_tokens": prompt_tokens, "completion_tokens": max(1, len(dumps(message)) // 4)}
    usage["total_tokens"] = sum(usage.values())
    head = {"id": "chatcmpl-demo", "created": 0, "model": request.get("model")}
    reason = "tool_calls" if message.get("tool_calls") else "stop"
    if not request.get("stream"):
        choice = {"index": 0, "message": message, "finish_reason": reason}
        whole = {**head, "object": "chat.completion", "choices": [choice], "usage": usage}
        return DemoAnswer([dumps(whole)], "application/json")
    deltas = [*_deltas(message), {}]
    packets: list[JsonObject] = [
        {**head, "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
        for delta in deltas
    ]
    packets[-1]["choices"][0]["finish_reason"] = reason
    packets.append({**head, "object": "chat.completion.chunk", "choices": [], "usage": usage})
    return DemoAnswer(
        [*(b"data: %b\n\n" % dumps(packet) for packet in packets), b"data: [DONE]\n\n"], "text/event-stream"
    )


def demo_message(request: JsonObject) -> JsonObject:
    """What the demo says: a tool call for a command in backticks, else a few words about itself."""
    messages = request.get("messages") or []
    last = messages[-1] if messages else {}
    schema = (request.get("response_format") or {}).get("json_schema")
    if schema:
        return {"role": "assistant", "content": dumps(_sample(schema.get("schema") or {})).decode()}
    results = [m for m in messages[_last_assistant(messages) + 1 :] if m.get("role") == "tool"]
    if results:
        said = str(results[-1].get("content") or "").strip()
        return {"role": "assistant", "content": f"Demo answer: the tool ran and returned:\n\n{said[:500]}"}
    command = _COMMAND.search(_prompt(last))
    if command and _offers_bash(request):
        arguments = dumps({"command": command.group(1), "description": "Run the command of the prompt"}).decode()
        call = {"id": "call_demo", "type": "function", "function": {"name": "Bash", "arguments": arguments}}
        return {"role": "assistant", "content": "Demo answer: I will run that command.", "tool_calls": [call]}
    return {
        "role": "assistant",
        "content": "This is the demo provider of zcf, not a language model. Your request went through the gateway and "
        "back, streamed. Put a command in `backticks` to see a tool call, or run `zcf i -s -t ccr_proxy -p PROVIDER "
        "-k KEY` to use a real model.",
    }


def _deltas(message: JsonObject) -> list[JsonObject]:
    words = [{"content": word} for word in _WORD.findall(message.get("content") or "")]
    calls = [{"index": index, **call} for index, call in enumerate(message.get("tool_calls") or [])]
    return [{"role": "assistant", "content": ""}, *words, *([{"tool_calls": calls}] if calls else [])]


def _last_assistant(messages: list[Any]) -> int:
    return max((index for index, message in enumerate(messages) if message.get("role") == "assistant"), default=-1)


def _prompt(message: JsonObject) -> str:
    content = message.get("content")
    parts = [{"text": content}] if isinstance(content, str) else content or []
    text = "\n".join(str(part.get("text") or "") for part in parts)
    return _REMINDER.sub("", text) if message.get("role") == "user" else ""


def _offers_bash(request: JsonObject) -> bool:
    return any((tool.get("function") or {}).get("name") == "Bash" for tool in request.get("tools") or [])


def _sample(schema: JsonObject) -> Any:
    """The smallest value that fits a JSON schema of the kinds Claude Code uses for titles and topics."""
    if schema.get("enum"):
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        required = schema.get("required") or []
        return {key: _sample(value) for key, value in (schema.get("properties") or {}).items() if key in required}
    samples: dict[object, Any] = {"string": "Demo", "array": [], "integer": 0, "number": 0, "boolean": False}
    return samples.get(kind)
