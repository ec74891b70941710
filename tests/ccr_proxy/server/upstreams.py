"""The same two answers as providers of every wire format give them, streamed and whole.

Both were asked with 100 input tokens, 60 of them from the cache, and took 20 output tokens: a text "Hello", and a call
of `Bash` with `{"command":"ls"}` after the text "Let me see.".
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tests.ccr_proxy.protocols.anthropic import answers as a
from tests.ccr_proxy.protocols.transcript import Chat
from tests.ccr_proxy.server.lab import Answer, Json, Provider, chat_provider, stream, whole

ARGUMENTS = '{"command":"ls"}'
INPUT, CACHED, OUTPUT = 100, 60, 20


@dataclass(frozen=True)
class Said:
    """One answer, as a stream and as one object."""

    streamed: bytes
    whole: Json

    def answer(self, *, streams: bool) -> Answer:
        return stream(self.streamed) if streams else whole(self.whole)


@dataclass(frozen=True)
class Upstream:
    """A wire format: where it is asked, and what it says."""

    path: str
    text: Said
    call: Said

    def entry(self, provider: Provider, name: str = "mock", **more: Any) -> Json:
        """The configuration of a provider that speaks this format."""
        return chat_provider(provider, name) | {"api_base_url": provider.url + self.path} | more


def _events(*events: Json) -> bytes:
    return b"".join(f"data: {json.dumps(event)}\n\n".encode() for event in events)


# OpenAI Chat Completions

_CHAT_USAGE = {
    "prompt_tokens": INPUT,
    "completion_tokens": OUTPUT,
    "total_tokens": INPUT + OUTPUT,
    "prompt_tokens_details": {"cached_tokens": CACHED},
}
_CHAT_END = Chat.packet(choices=[], usage=_CHAT_USAGE) + Chat.DONE


def _chat_whole(finish: str, **message: Any) -> Json:
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": finish}
    return {"id": "c", "object": "chat.completion", "choices": [choice], "usage": _CHAT_USAGE}


CHAT = Upstream(
    "/v1/chat/completions",
    Said(Chat.say("Hel", "lo") + Chat.finish() + _CHAT_END, _chat_whole("stop", content="Hello")),
    Said(
        Chat.say("Let me see.")
        + Chat.call(0, '{"command"', id="call_1", name="Bash")
        + Chat.call(0, ':"ls"}')
        + Chat.finish("tool_calls")
        + _CHAT_END,
        _chat_whole(
            "tool_calls",
            content="Let me see.",
            tool_calls=[{"id": "call_1", "type": "function", "function": {"name": "Bash", "arguments": ARGUMENTS}}],
        ),
    ),
)

# OpenAI Responses

_RESPONSES_USAGE = {
    "input_tokens": INPUT,
    "input_tokens_details": {"cached_tokens": CACHED},
    "output_tokens": OUTPUT,
    "output_tokens_details": {"reasoning_tokens": 0},
    "total_tokens": INPUT + OUTPUT,
}


def _message_item(text: str) -> Json:
    part = {"type": "output_text", "text": text, "annotations": []}
    return {"type": "message", "id": "msg_0", "role": "assistant", "status": "completed", "content": [part]}


def _message_events(text: str) -> list[Json]:
    empty = {"type": "message", "id": "msg_0", "role": "assistant", "content": []}
    return [
        {"type": "response.output_item.added", "output_index": 0, "item": empty},
        {
            "type": "response.output_text.delta",
            "output_index": 0,
            "content_index": 0,
            "item_id": "msg_0",
            "delta": text,
        },
        {"type": "response.output_item.done", "output_index": 0, "item": _message_item(text)},
    ]


def _response(*output: Json) -> Json:
    return {"id": "resp_1", "object": "response", "status": "completed", "output": output, "usage": _RESPONSES_USAGE}


_CALL_ITEM = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "Bash", "arguments": ARGUMENTS}
RESPONSES = Upstream(
    "/v1/responses",
    Said(
        _events(
            *_message_events("Hello"), {"type": "response.completed", "response": _response(_message_item("Hello"))}
        ),
        _response(_message_item("Hello")),
    ),
    Said(
        _events(
            *_message_events("Let me see."),
            {"type": "response.output_item.added", "output_index": 1, "item": {**_CALL_ITEM, "arguments": ""}},
            {
                "type": "response.function_call_arguments.delta",
                "output_index": 1,
                "item_id": "fc_1",
                "delta": ARGUMENTS,
            },
            {"type": "response.output_item.done", "output_index": 1, "item": _CALL_ITEM},
            {"type": "response.completed", "response": _response(_message_item("Let me see."), _CALL_ITEM)},
        ),
        _response(_message_item("Let me see."), _CALL_ITEM),
    ),
)

# Gemini

_GEMINI_USAGE = {
    "promptTokenCount": INPUT,
    "cachedContentTokenCount": CACHED,
    "candidatesTokenCount": OUTPUT,
    "totalTokenCount": INPUT + OUTPUT,
}


def _gemini(*parts: Json, **more: Any) -> Json:
    return {"candidates": [{"content": {"role": "model", "parts": parts}, "index": 0, **more}]}


_GEMINI_CALL = {"functionCall": {"name": "Bash", "args": {"command": "ls"}}}
_GEMINI_END = {"usageMetadata": _GEMINI_USAGE}
GEMINI = Upstream(
    "/v1beta/models/",
    Said(
        _events(_gemini({"text": "Hel"}), _gemini({"text": "lo"}, finishReason="STOP") | _GEMINI_END),
        _gemini({"text": "Hello"}, finishReason="STOP") | _GEMINI_END,
    ),
    Said(
        _events(_gemini({"text": "Let me see."}), _gemini(_GEMINI_CALL, finishReason="STOP") | _GEMINI_END),
        _gemini({"text": "Let me see."}, _GEMINI_CALL, finishReason="STOP") | _GEMINI_END,
    ),
)

# Anthropic Messages

_ANTHROPIC_USAGE: Json = {
    "input_tokens": INPUT - CACHED,
    "cache_read_input_tokens": CACHED,
    "cache_creation_input_tokens": 0,
    "output_tokens": OUTPUT,
}
_ANTHROPIC_START = a.start(**_ANTHROPIC_USAGE | {"output_tokens": 1})


def _message(stop_reason: str, *content: Json) -> Json:
    return {
        "id": "msg_theirs",
        "type": "message",
        "role": "assistant",
        "model": "big-model",
        "content": content,
        "stop_reason": stop_reason,
        "stop_sequence": None,
        "usage": _ANTHROPIC_USAGE,
    }


ANTHROPIC = Upstream(
    "/v1/messages",
    Said(
        _ANTHROPIC_START + a.text(0, "Hel", "lo") + a.finish(output_tokens=OUTPUT) + a.END,
        _message("end_turn", {"type": "text", "text": "Hello"}),
    ),
    Said(
        _ANTHROPIC_START
        + a.text(0, "Let me see.")
        + a.call(1, "toolu_1", "Bash", "", '{"command"', ':"ls"}')
        + a.finish("tool_use", output_tokens=OUTPUT)
        + a.END,
        _message(
            "tool_use",
            {"type": "text", "text": "Let me see."},
            {"type": "tool_use", "id": "toolu_1", "name": "Bash", "input": {"command": "ls"}},
        ),
    ),
)

UPSTREAMS = {"chat": CHAT, "responses": RESPONSES, "gemini": GEMINI, "anthropic": ANTHROPIC}
