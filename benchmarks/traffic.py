"""Both ends of a gateway under load: requests like Claude Code's on one side, a provider's answers on the other.

The provider is told by the model name how many chunks its answer shall have ("chunks-200"), so nothing has to survive
the translation in between but that name. Every answer is checked: a request counts only when all chunks arrived and
the stream ended as Anthropic's grammar says.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

WORD = "lorem "
CHUNKS_PER_WRITE = 5


@dataclass(frozen=True, slots=True)
class Workload:
    """One kind of request: `body_bytes` is roughly its size, `model` says which provider answers with what."""

    name: str
    provider: str
    chunks: int
    body_bytes: int
    connections: int

    @property
    def model(self) -> str:
        """The explicit route "provider,model"."""
        return f"{self.provider},chunks-{self.chunks}"


@dataclass
class Result:
    """What one run of a workload gave. Times are in seconds."""

    answered: int = 0
    broken: int = 0
    first_byte: list[float] = field(default_factory=list)
    elapsed: float = 0.0


def request_body(workload: Workload, nonce: int) -> bytes:
    """A Messages request: tools, system blocks and tool turns until the size is reached; the last turn is new."""
    large = workload.body_bytes > 10_000
    tools = [_tool(number) for number in range(25)] if large else []
    system = [
        {"type": "text", "text": "You are an agent. " * (300 if large else 2), "cache_control": {"type": "ephemeral"}}
    ]
    messages: list[dict[str, Any]] = [{"role": "user", "content": "Please look at the project."}]
    frame = len(json.dumps([tools, system]))
    for turn in range(max(0, (workload.body_bytes - frame) // 4000)):
        messages += _tool_turn(turn)
    messages.append({"role": "user", "content": f"Question number {nonce}"})
    body = {
        "model": workload.model,
        "max_tokens": 32000,
        "stream": True,
        "system": system,
        "tools": tools,
        "messages": messages,
        "metadata": {"user_id": json.dumps({"device_id": "0" * 64, "session_id": "benchmark"})},
    }
    return json.dumps(body).encode()


def _tool(number: int) -> dict[str, Any]:
    schema = {
        "type": "object",
        "properties": {f"field_{index}": {"type": "string", "description": "What to use. " * 6} for index in range(6)},
        "required": ["field_0"],
    }
    return {"name": f"Tool{number}", "description": "Does a thing, when asked. " * 50, "input_schema": schema}


def _tool_turn(turn: int) -> list[dict[str, Any]]:
    call = {"type": "tool_use", "id": f"toolu_{turn:020}", "name": "Tool1", "input": {"field_0": f"file_{turn}.py"}}
    output = f'line {turn}: some text of a file, with quotes " and \\ in it\n' * 60
    result = {"type": "tool_result", "tool_use_id": call["id"], "content": output}
    return [
        {"role": "assistant", "content": [{"type": "text", "text": "I read the next file."}, call]},
        {"role": "user", "content": [result]},
    ]


def provider() -> web.Application:
    """A provider that speaks chat completions and Anthropic's Messages, always streamed."""
    application = web.Application(client_max_size=64 * 1024 * 1024)
    application.router.add_post("/v1/chat/completions", _answer_with(_chat_events))
    application.router.add_post("/v1/messages", _answer_with(_anthropic_events))
    return application


def _answer_with(events: Callable[[str, int], list[bytes]]) -> Callable[[web.Request], Any]:
    prepared: dict[str, list[bytes]] = {}

    async def handler(request: web.Request) -> web.StreamResponse:
        model = str(json.loads(await request.read())["model"])
        if model not in prepared:
            prepared[model] = _grouped(events(model, int(model.removeprefix("chunks-"))))
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await response.prepare(request)
        for piece in prepared[model]:
            await response.write(piece)
            await asyncio.sleep(0)
        await response.write_eof()
        return response

    return handler


def _grouped(events: list[bytes]) -> list[bytes]:
    return [b"".join(events[start : start + CHUNKS_PER_WRITE]) for start in range(0, len(events), CHUNKS_PER_WRITE)]


def _chat_events(model: str, chunks: int) -> list[bytes]:
    def chunk(delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": model,
            "choices": [choice],
        }

    usage = {"prompt_tokens": 30000, "completion_tokens": chunks, "total_tokens": 30000 + chunks}
    packets = [chunk({"role": "assistant", "content": ""})]
    packets += [chunk({"content": WORD}) for _ in range(chunks)]
    packets += [chunk({}, "stop"), {**chunk({}), "choices": [], "usage": usage}]
    return [b"data: " + json.dumps(packet).encode() + b"\n\n" for packet in packets] + [b"data: [DONE]\n\n"]


def _anthropic_events(model: str, chunks: int) -> list[bytes]:
    message: dict[str, Any] = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [],
        "stop_reason": None,
    }
    delta = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": WORD}}
    packets: list[dict[str, Any]] = [
        {"type": "message_start", "message": {**message, "usage": {"input_tokens": 30000, "output_tokens": 1}}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        *[delta] * chunks,
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": chunks}},
        {"type": "message_stop"},
    ]
    return [f"event: {packet['type']}\ndata: {json.dumps(packet)}\n\n".encode() for packet in packets]


async def load(url: str, key: str, workload: Workload, seconds: float) -> Result:
    """Keep `workload.connections` requests running for `seconds`; every connection ends its last one."""
    result = Result()
    bodies = [request_body(workload, nonce) for nonce in range(8)]
    headers = {"content-type": "application/json", "authorization": f"Bearer {key}", "anthropic-version": "2023-06-01"}
    started = time.perf_counter()
    unlimited = aiohttp.ClientTimeout(total=60)
    async with aiohttp.ClientSession(headers=headers, timeout=unlimited) as session:

        async def one_connection() -> None:
            number = 0
            while time.perf_counter() - started < seconds:
                await _one_request(session, f"{url}/v1/messages?beta=true", bodies[number % 8], workload, result)
                number += 1

        await asyncio.gather(*(one_connection() for _ in range(workload.connections)))
    result.elapsed = time.perf_counter() - started
    return result


async def _one_request(
    session: aiohttp.ClientSession, url: str, body: bytes, workload: Workload, result: Result
) -> None:
    sent = time.perf_counter()
    try:
        async with session.post(url, data=body) as response:
            first = await response.content.readany()
            result.first_byte.append(time.perf_counter() - sent)
            answer = first + await response.content.read()
    except (aiohttp.ClientError, TimeoutError):
        result.broken += 1
        return
    # A gateway may join neighbouring deltas; no text may be lost.
    whole = answer.count(WORD.encode()) == workload.chunks and b"event: message_stop" in answer
    if response.status == 200 and whole:
        result.answered += 1
    else:
        result.broken += 1
