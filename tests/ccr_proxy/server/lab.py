"""A provider on a real local socket that answers as a test says, and a gateway in front of it.

The gateway does not really wait between two attempts: its pauses are over at once.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from ccr_proxy.availability.availability import Availability
from ccr_proxy.availability.budgets import CostOf
from ccr_proxy.availability.read_settings import read_settings
from ccr_proxy.config.document import parse
from ccr_proxy.config.load import LoadedConfig
from ccr_proxy.config.schema import Config
from ccr_proxy.server.app import create_app
from ccr_proxy.server.gateway import GATEWAY, Gateway
from ccr_proxy.usage.ledger import Ledger

Json = dict[str, Any]
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
KEY = "gateway-key"


@dataclass
class Received:
    """A request as it reached the provider."""

    path: str
    query: str
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Json:
        return dict(json.loads(self.raw))


@dataclass
class Provider:
    """Answers with `answers`, one after the other; the last one is repeated."""

    answers: list[Answer] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)  # a request has arrived
    gone: asyncio.Event = field(default_factory=asyncio.Event)  # a request was cancelled by the other side
    url: str = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.received.append(Received(request.path, request.query_string, headers, await request.read()))
        self.asked.set()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        try:
            return await answer(request)
        except (asyncio.CancelledError, ConnectionResetError):
            self.gone.set()
            raise

    def says(self, *answers: Answer) -> None:
        self.answers[:] = answers


@asynccontextmanager
async def running_provider() -> AsyncIterator[Provider]:
    provider = Provider()
    app = web.Application(client_max_size=1 << 28)
    app.router.add_route("*", "/{path:.*}", provider.handle)
    async with TestServer(app, handler_cancellation=True, shutdown_timeout=0.1) as server:
        provider.url = str(server.make_url("")).rstrip("/")
        yield provider


def loaded(config: Json) -> LoadedConfig:
    """The configuration as if it had been read from a file."""
    return LoadedConfig(
        Config.model_validate(config), (), parse(json.dumps(config), "config.json"), Path("config.json")
    )


@asynccontextmanager
async def running_gateway(
    config: Json, ledger: Ledger | None = None
) -> AsyncIterator[tuple[TestClient[web.Request, web.Application], Gateway]]:
    """The gateway for a configuration, as `serve` runs it; records are written only into a `ledger`."""
    app = create_app(loaded(config), instance_id="instance-1", started_at=0.0, ledger=ledger)
    app[GATEWAY].availability = _without_pauses(app[GATEWAY].config, app[GATEWAY].prices.cost_of)
    server = TestServer(app, handler_cancellation=True, shutdown_timeout=0.1)
    async with TestClient(server, headers={"x-api-key": KEY}) as client:
        yield client, app[GATEWAY]


def _without_pauses(config: Config, cost_of: CostOf) -> Availability:
    async def no_pause(_seconds: float) -> None:
        await asyncio.sleep(0)

    settings, findings = read_settings(config, cost_of=cost_of)
    assert not findings
    return Availability(
        settings, clock=time.monotonic, unix_time=time.time, sleep=no_pause, random=lambda: 0.5, cost_of=cost_of
    )


def configuration(*providers: Json, **more: Any) -> Json:
    """A configuration whose default is the first model of the first provider."""
    first = providers[0]
    router = {"default": f"{first['name']},{first['models'][0]}"}
    return {"APIKEY": KEY, "Providers": list(providers), "Router": router} | more


def chat_provider(provider: Provider, name: str = "mock", **more: Any) -> Json:
    return {
        "name": name,
        "api_base_url": provider.url + "/v1/chat/completions",
        "api_key": "provider-key",
        "models": ["big-model", "small-model"],
    } | more


def anthropic_provider(provider: Provider, name: str = "ant", **more: Any) -> Json:
    return chat_provider(provider, name) | {"api_base_url": provider.url + "/v1/messages"} | more


def chain(*providers: Json, **more: Any) -> Json:
    """A configuration that asks the first model of each provider, one provider after the other."""
    fallback = [f"{provider['name']},{provider['models'][0]}" for provider in providers[1:]]
    return configuration(*providers, fallback={"default": fallback}) | more


def question(**more: Any) -> Json:
    return {"model": "claude-opus-4-8", "max_tokens": 100, "messages": [{"role": "user", "content": "Hi"}]} | more


async def error_of(response: ClientResponse) -> tuple[int, str, str]:
    """Status, type and message of an error in Anthropic's envelope."""
    assert response.content_type == "application/json"
    body = await response.json()
    assert body["type"] == "error"
    return response.status, body["error"]["type"], body["error"]["message"]


# What a provider can do


def whole(body: Any, status: int = 200, content_type: str = "application/json", **headers: str) -> Answer:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, body=data, content_type=content_type, headers=named)

    return answer


def stream(
    *chunks: bytes,
    when: asyncio.Event | None = None,
    more: Iterable[bytes] = (),
    then: Callable[[web.Request], Awaitable[None]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """A stream of `chunks`, and `more` as soon as `when` is set; `then` happens before the end."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-type": "text/event-stream", **(headers or {})})
        await response.prepare(request)
        for chunk in chunks:
            await response.write(chunk)
        if when is not None:
            await when.wait()
        for chunk in more:
            await response.write(chunk)
        if then is not None:
            await then(request)
        if request.transport is not None and not request.transport.is_closing():
            await response.write_eof()
        return response

    return answer


async def hang(_request: web.Request) -> None:
    await asyncio.Event().wait()


# Far more than any step of a test takes, however busy the machine is: only `silent` and `speechless` use it up.
PATIENT = {"timeouts": {"connect_ms": 20_000, "first_byte_ms": 20_000, "idle_ms": 20_000}}


async def all_is_read() -> None:
    """What was written is in the sockets at once; some rounds of the loop take it from end to end."""
    for _ in range(100):
        await asyncio.sleep(0)


async def silent(request: web.Request) -> None:
    """Silence for longer than PATIENT allows. That time passes at once, when all that was said has been read: provider
    and gateway share a loop, and its clock is put forward."""
    await all_is_read()
    loop = asyncio.get_running_loop()
    at_once, loop.time = loop.time, lambda: at_once() + 30.0  # type: ignore[method-assign]
    await hang(request)


async def cut(request: web.Request) -> None:
    """Close the connection without the end of the body."""
    assert request.transport is not None
    request.transport.abort()


async def never(request: web.Request) -> web.StreamResponse:
    """No answer at all."""
    await hang(request)
    raise AssertionError("not reached")


async def speechless(request: web.Request) -> web.StreamResponse:
    """No answer within PATIENT, as `silent`."""
    await silent(request)
    raise AssertionError("not reached")


async def reset(request: web.Request) -> web.StreamResponse:
    """The connection breaks before the headers."""
    await cut(request)
    return web.Response()


def chat_whole(text: str = "Hello", **message: Any) -> Json:
    choice = {"index": 0, "message": {"role": "assistant", "content": text, **message}, "finish_reason": "stop"}
    return {
        "id": "c",
        "object": "chat.completion",
        "choices": [choice],
        "usage": {"prompt_tokens": 3, "completion_tokens": 2},
    }
