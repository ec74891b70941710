"""A client of the gateway: asks one numbered request and tells what it saw of the answer."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass

from aiohttp import ClientResponse

from tests.ccr_proxy.protocols.transcript import read_stream
from tests.chaos.gateway import NUMBER_HEADER, Client, Json

# No request may take longer, whatever its providers do; far above every time-out that the tests configure.
HANGS_AFTER_SECONDS = 30.0


@dataclass(frozen=True)
class Question:
    """One request. `kind` is what is asked of the provider: "text", "call" or "bad"; `plan` names a rule."""

    number: int
    kind: str
    streams: bool
    plan: str = ""
    session: str = ""

    @property
    def body(self) -> Json:
        prompt = f"request-{self.number}-{self.kind}"
        return {
            "model": "claude-opus-4-8",
            "max_tokens": 100,
            "stream": self.streams,
            "messages": [{"role": "user", "content": prompt}],
            "tools": [{"name": "Bash", "input_schema": {"type": "object", "properties": {}}}],
        }

    @property
    def headers(self) -> dict[str, str]:
        return {
            "x-plan": self.plan,
            "x-claude-code-session-id": self.session or f"session-{self.number}",
            NUMBER_HEADER: str(self.number),
        }


@dataclass(frozen=True)
class Outcome:
    """What the client saw: the whole answer, or an error, which is an event when content or a start came before.

    `failed_attempts` is what the headers of the answer say about attempts before it.
    """

    question: Question
    status: int
    text: str = ""
    arguments: str = ""
    stop: str = ""
    error_type: str = ""
    error: str = ""
    provider: str = ""
    failed_attempts: int = 0
    retry_after: str = ""

    @property
    def answered(self) -> bool:
        return self.status == 200 and not self.error_type

    @property
    def said(self) -> tuple[str, str]:
        return self.text, self.arguments


async def ask(client: Client, question: Question) -> Outcome:
    """Ask, and read all of the answer. Raises TimeoutError when the request hangs."""
    async with asyncio.timeout(HANGS_AFTER_SECONDS):
        async with client.post("/v1/messages", json=question.body, headers=question.headers) as response:
            return await _read(question, response)


async def _read(question: Question, response: ClientResponse) -> Outcome:
    data = await response.read()
    tried = response.headers.get("x-ccr-attempts", "")
    count, provider = len(tried.split("; ")) if tried else 0, response.headers.get("x-ccr-provider", "")
    if response.status != 200:
        body = json.loads(data)
        assert body["type"] == "error"
        error, wait = body["error"], response.headers.get("retry-after", "")
        return Outcome(
            question,
            response.status,
            error_type=error["type"],
            error=error["message"],
            failed_attempts=count,
            retry_after=wait,
        )
    if not question.streams:
        message = json.loads(data)
        texts = [block["text"] for block in message["content"] if block["type"] == "text"]
        calls = [block["input"] for block in message["content"] if block["type"] == "tool_use"]
        arguments = "".join(json.dumps(each, separators=(",", ":")) for each in calls)
        return Outcome(question, 200, "".join(texts), arguments, message["stop_reason"], "", "", provider, count)
    seen = read_stream(data)
    assert seen.error is not None or seen.stopped, "the stream has no end"
    error = seen.error or {"type": "", "message": ""}
    arguments = "".join(_compact(filled) for _, filled in seen.calls) if seen.error is None else ""
    return Outcome(
        question,
        200,
        seen.text,
        arguments,
        seen.stop_reason or "",
        error["type"],
        error["message"],
        provider,
        count,
    )


def _compact(arguments: str) -> str:
    """The arguments as the provider's seal has them, whatever white space they got on the way."""
    return json.dumps(json.loads(arguments), separators=(",", ":"))
