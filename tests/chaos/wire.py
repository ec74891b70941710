"""A sealed answer in each wire format, cut into the parts at which a provider may fail."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.ccr_proxy.protocols.anthropic import answers as a
from tests.ccr_proxy.protocols.transcript import Chat
from tests.chaos.sealed import TOOL, Sealed

Json = dict[str, Any]


@dataclass(frozen=True)
class Parts:
    """A stream: what says nothing yet, the text, the call in at least two pieces ((), when there is none), the end."""

    head: bytes
    texts: tuple[bytes, ...]
    call: tuple[bytes, ...]
    tail: bytes


@dataclass(frozen=True)
class Wire:
    """One format: where it is asked, how an answer is streamed, how it is written whole, and an error inside a 200.

    `resumes`: a break inside a call after text can be taken up again, because no part of the call has been shown and
    the text may still go on.
    """

    path: str
    parts: Callable[[Sealed], Parts]
    whole: Callable[[Sealed], Json]
    error: bytes
    empty: bytes
    empty_whole: Json
    resumes: bool


def _event(value: Json) -> bytes:
    return f"data: {json.dumps(value)}\n\n".encode()


def _halves(text: str) -> tuple[str, str]:
    return text[: len(text) // 2], text[len(text) // 2 :]


# OpenAI Chat Completions


def _chat_parts(said: Sealed) -> Parts:
    first, second = _halves(said.arguments)
    call = (Chat.call(0, first, id=f"call_{said.serial}", name=TOOL), Chat.call(0, second)) if said.arguments else ()
    end = Chat.finish("tool_calls" if call else "stop") + Chat.usage(40, 9) + Chat.DONE
    return Parts(Chat.delta(role="assistant", content=""), tuple(map(Chat.say, said.texts)), call, end)


def _chat_whole(said: Sealed) -> Json:
    message: Json = {"role": "assistant", "content": said.text}
    if said.arguments:
        function = {"name": TOOL, "arguments": said.arguments}
        message["tool_calls"] = [{"id": f"call_{said.serial}", "type": "function", "function": function}]
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls" if said.arguments else "stop"}
    return {"id": "c", "object": "chat.completion", "choices": [choice], "usage": {"prompt_tokens": 40}}


CHAT = Wire(
    "/v1/chat/completions",
    _chat_parts,
    _chat_whole,
    Chat.packet(error={"message": "chaos inside a 200", "code": 500}),
    Chat.delta(role="assistant", content="") + Chat.finish() + Chat.DONE,
    {"id": "c", "choices": [{"index": 0, "message": {"role": "assistant", "content": ""}, "finish_reason": "stop"}]},
    resumes=True,
)

# Anthropic Messages


def _anthropic_parts(said: Sealed) -> Parts:
    deltas = [a.delta(0, "text_delta", text=text) for text in said.texts]
    texts = (a.begin(0) + deltas[0], *deltas[1:-1], deltas[-1] + a.stop(0))
    call: tuple[bytes, ...] = ()
    if said.arguments:
        first, second = (a.delta(1, "input_json_delta", partial_json=half) for half in _halves(said.arguments))
        begin = a.begin(1, "tool_use", id=f"toolu_{said.serial.replace('-', '_')}", name=TOOL, input={})
        call = (begin + first, second + a.stop(1))
    return Parts(a.start() + a.PING, texts, call, a.finish("tool_use" if call else "end_turn") + a.END)


def _anthropic_whole(said: Sealed) -> Json:
    content: list[Json] = [{"type": "text", "text": said.text}]
    if said.arguments:
        call_id = f"toolu_{said.serial.replace('-', '_')}"
        content.append({"type": "tool_use", "id": call_id, "name": TOOL, "input": json.loads(said.arguments)})
    return {
        "id": "msg_theirs",
        "type": "message",
        "role": "assistant",
        "model": "theirs",
        "content": content,
        "stop_reason": "tool_use" if said.arguments else "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 40, "output_tokens": 9},
    }


ANTHROPIC = Wire(
    "/v1/messages",
    _anthropic_parts,
    _anthropic_whole,
    a.event("error", error={"type": "api_error", "message": "chaos inside a 200"}),
    a.start() + a.finish() + a.END,
    {**_anthropic_whole(Sealed("", ())), "content": []},
    resumes=False,
)

# OpenAI Responses

_RESPONSES_USAGE = {"input_tokens": 40, "output_tokens": 9, "total_tokens": 49}


def _message_item(text: str) -> Json:
    part = {"type": "output_text", "text": text, "annotations": []}
    return {"type": "message", "id": "msg_0", "role": "assistant", "status": "completed", "content": [part]}


def _call_item(said: Sealed, arguments: str) -> Json:
    return {
        "type": "function_call",
        "id": "fc_1",
        "call_id": f"call_{said.serial}",
        "name": TOOL,
        "arguments": arguments,
    }


def _response(*output: Json, status: str = "completed") -> Json:
    return {"id": "resp_1", "object": "response", "status": status, "output": output, "usage": _RESPONSES_USAGE}


def _responses_output(said: Sealed) -> list[Json]:
    calls = [_call_item(said, said.arguments)] if said.arguments else []
    return [_message_item(said.text), *calls]


def _responses_parts(said: Sealed) -> Parts:
    empty = {"type": "message", "id": "msg_0", "role": "assistant", "content": []}
    added = _event({"type": "response.output_item.added", "output_index": 0, "item": empty})
    where = {"output_index": 0, "content_index": 0, "item_id": "msg_0"}
    deltas = [_event({"type": "response.output_text.delta", **where, "delta": text}) for text in said.texts]
    done = _event({"type": "response.output_item.done", "output_index": 0, "item": _message_item(said.text)})
    end = _event({"type": "response.completed", "response": _response(*_responses_output(said))})
    head = _event({"type": "response.created", "response": _response(status="in_progress")})
    return Parts(head, (added + deltas[0], *deltas[1:-1], deltas[-1] + done), _responses_call(said), end)


def _responses_call(said: Sealed) -> tuple[bytes, ...]:
    if not said.arguments:
        return ()
    added = _event({"type": "response.output_item.added", "output_index": 1, "item": _call_item(said, "")})
    kind = "response.function_call_arguments.delta"
    first, second = (
        _event({"type": kind, "output_index": 1, "item_id": "fc_1", "delta": half}) for half in _halves(said.arguments)
    )
    item = _call_item(said, said.arguments)
    return added + first, second + _event({"type": "response.output_item.done", "output_index": 1, "item": item})


RESPONSES = Wire(
    "/v1/responses",
    _responses_parts,
    lambda said: _response(*_responses_output(said)),
    _event({"type": "error", "code": "server_error", "message": "chaos inside a 200"}),
    _event({"type": "response.completed", "response": _response()}),
    _response(),
    resumes=True,
)

# Gemini: a call comes in one piece, so that a cut inside it is one before it.


def _gemini(*parts: Json, **more: Any) -> Json:
    return {"candidates": [{"content": {"role": "model", "parts": parts}, "index": 0, **more}]}


_GEMINI_USAGE: Json = {"usageMetadata": {"promptTokenCount": 40, "candidatesTokenCount": 9, "totalTokenCount": 49}}


def _gemini_call(said: Sealed) -> Json:
    return {"functionCall": {"name": TOOL, "args": json.loads(said.arguments)}}


def _gemini_parts(said: Sealed) -> Parts:
    texts = tuple(_event(_gemini({"text": text})) for text in said.texts)
    call = (_event(_gemini(_gemini_call(said))),) if said.arguments else ()
    return Parts(b": hello\n\n", texts, call, _event(_gemini(finishReason="STOP") | _GEMINI_USAGE))


def _gemini_whole(said: Sealed) -> Json:
    calls = [_gemini_call(said)] if said.arguments else []
    return _gemini({"text": said.text}, *calls, finishReason="STOP") | _GEMINI_USAGE


GEMINI = Wire(
    "/v1beta/models/",
    _gemini_parts,
    _gemini_whole,
    _event({"error": {"code": 500, "message": "chaos inside a 200", "status": "INTERNAL"}}),
    _event(_gemini(finishReason="STOP")),
    _gemini(finishReason="STOP"),
    resumes=False,
)
