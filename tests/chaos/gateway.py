"""A gateway for the chaos tests: as `serve` runs it, but with its own time for circuits and pauses."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from aiohttp import ClientSession, TCPConnector, web
from aiohttp.test_utils import TestServer

from ccr_proxy.availability.availability import Availability
from ccr_proxy.availability.read_settings import read_settings
from ccr_proxy.availability.run import Ask, Run
from ccr_proxy.config.document import parse
from ccr_proxy.config.load import LoadedConfig
from ccr_proxy.config.schema import Config
from ccr_proxy.server.app import create_app
from ccr_proxy.server.gateway import GATEWAY, Gateway

KEY = "gateway-key"
Json = dict[str, Any]
Client = ClientSession
NUMBER_HEADER = "x-request-number"
_number: ContextVar[int] = ContextVar("number", default=0)


class FastTime:
    """A clock that runs `speed` times as fast as that of the running loop, and can be pushed forward."""

    def __init__(self, speed: float) -> None:
        self._loop_time = asyncio.get_running_loop().time
        self._speed = speed
        self._pushed = 0.0

    def now(self) -> float:
        return self._loop_time() * self._speed + self._pushed

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._speed)

    def push(self, seconds: float) -> None:
        self._pushed += seconds


class WatchedAvailability(Availability):
    """Remembers the run of every numbered request, so that its attempts can be counted afterwards."""

    runs: dict[int, Run]

    def start(self, ask: Ask) -> Run:
        run = super().start(ask)
        if _number.get():
            assert _number.get() not in self.runs, "one request, two runs"
            self.runs[_number.get()] = run
        return run


@web.middleware
async def _numbered(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    _number.set(int(request.headers.get(NUMBER_HEADER, "0")))
    return await handler(request)


@dataclass
class Lab:
    """One running gateway and what a test may turn."""

    client: Client
    gateway: Gateway
    time: FastTime
    availability: WatchedAvailability

    @property
    def runs(self) -> dict[int, Run]:
        return self.availability.runs


@asynccontextmanager
async def running(config: Json, *, speed: float = 1.0, seed: int = 1) -> AsyncIterator[Lab]:
    """A gateway for a configuration, whose availability lives `speed` times as fast."""
    config = {"APIKEY": KEY, "LOG": False, **config}
    loaded = LoadedConfig(
        Config.model_validate(config), (), parse(json.dumps(config), "config.json"), Path("config.json")
    )
    app = create_app(loaded, instance_id="chaos", started_at=0.0)
    fast = FastTime(speed)
    settings, findings = read_settings(loaded.config)
    assert not findings
    availability = WatchedAvailability(
        settings, clock=fast.now, unix_time=fast.now, sleep=fast.sleep, random=Random(seed).random
    )
    availability.runs = {}
    app.middlewares.append(_numbered)
    app[GATEWAY].availability = availability
    async with TestServer(app, handler_cancellation=True, shutdown_timeout=0.1) as server:
        # Not aiohttp's TestClient, which keeps every response, and lets only a hundred pass at once.
        connector = TCPConnector(limit=0)
        async with ClientSession(server.make_url("/"), headers={"x-api-key": KEY}, connector=connector) as client:
            yield Lab(client, app[GATEWAY], fast, availability)
