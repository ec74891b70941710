"""The official clients in front of the gateway, and what they hear of an answer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient
from anthropic import AsyncAnthropic
from openai import AsyncOpenAI

from tests.ccr_proxy.server.lab import KEY, Json

Gate = TestClient[web.Request, web.Application]
SCHEMA: Json = {
    "type": "object",
    "properties": {"command": {"type": "string"}},
    "required": ["command"],
    "additionalProperties": False,
}
QUESTION: Json = {"role": "user", "content": "What is here?"}


@dataclass(frozen=True)
class Heard:
    """An answer in no format's words: `input_tokens` with what came from the cache, calls as (name, arguments)."""

    text: str
    calls: list[tuple[str, Any]]
    end: str
    input_tokens: int
    cached_tokens: int
    output_tokens: int


@asynccontextmanager
async def openai_client(gate: Gate, **more: Any) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(base_url=str(gate.make_url("/v1")), api_key=KEY, max_retries=0, **more) as client:
        yield client


@asynccontextmanager
async def anthropic_client(gate: Gate, **more: Any) -> AsyncIterator[AsyncAnthropic]:
    async with AsyncAnthropic(base_url=str(gate.make_url("")), api_key=KEY, max_retries=0, **more) as client:
        yield client


async def ask_chat(gate: Gate, *, streams: bool) -> Heard:
    """Through `openai`'s Chat Completions."""
    tool: Json = {"type": "function", "function": {"name": "Bash", "strict": True, "parameters": SCHEMA}}
    asked: Json = {"model": "claude-opus-4-8", "messages": [QUESTION], "tools": [tool]}
    async with openai_client(gate) as client:
        if streams:
            async with client.chat.completions.stream(**asked, stream_options={"include_usage": True}) as stream:
                completion: Any = await stream.get_final_completion()
        else:
            completion = await client.chat.completions.create(**asked)
    (choice,), usage = completion.choices, completion.usage
    calls = [(call.function.name, call.function.arguments) for call in choice.message.tool_calls or ()]
    cached = usage.prompt_tokens_details.cached_tokens
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens
    return Heard(
        choice.message.content or "", calls, choice.finish_reason, usage.prompt_tokens, cached, usage.completion_tokens
    )


async def ask_responses(gate: Gate, *, streams: bool) -> Heard:
    """Through `openai`'s Responses."""
    tool: Json = {"type": "function", "name": "Bash", "strict": True, "parameters": SCHEMA}
    asked: Json = {"model": "claude-opus-4-8", "input": [QUESTION], "tools": [tool]}
    async with openai_client(gate) as client:
        if streams:
            async with client.responses.stream(**asked) as stream:
                response: Any = await stream.get_final_response()
        else:
            response = await client.responses.create(**asked)
    calls = [(item.name, item.arguments) for item in response.output if item.type == "function_call"]
    usage = response.usage
    cached = usage.input_tokens_details.cached_tokens
    assert usage.total_tokens == usage.input_tokens + usage.output_tokens
    return Heard(response.output_text, calls, response.status, usage.input_tokens, cached, usage.output_tokens)


async def ask_messages(gate: Gate, *, streams: bool) -> Heard:
    """Through `anthropic`'s Messages."""
    tool: Json = {"name": "Bash", "input_schema": SCHEMA}
    asked: Json = {"model": "claude-opus-4-8", "max_tokens": 100, "messages": [QUESTION], "tools": [tool]}
    async with anthropic_client(gate) as client:
        if streams:
            async with client.messages.stream(**asked) as stream:
                message: Any = await stream.get_final_message()
        else:
            message = await client.messages.create(**asked)
    text = "".join(block.text for block in message.content if block.type == "text")
    calls = [(block.name, block.input) for block in message.content if block.type == "tool_use"]
    usage = message.usage
    cached = usage.cache_read_input_tokens
    return Heard(text, calls, message.stop_reason, usage.input_tokens + cached, cached, usage.output_tokens)


Asking = Callable[..., Awaitable[Heard]]
