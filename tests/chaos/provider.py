"""A provider on a real socket that answers, refuses, stalls, cuts, dies and comes back as its conditions say.

Every request that reaches it is written down with what was done about it: that record is the truth against which the
gateway and its client are held.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import socket
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.chaos.sealed import Sealed, sealed
from tests.chaos.wire import Wire

NUMBER = re.compile(rb"request-(\d+)-(text|call|bad)")
OK = "answers"
_ORDER = itertools.count()


@dataclass
class Visit:
    """One request as the provider saw it. `shown`: the text that was sent; `complete`: all of the answer was."""

    provider: str
    key: str
    model: str
    request: int
    act: str
    answer: Sealed
    at: int  # in which order the visits of all providers began
    shown: str = ""
    complete: bool = False


@dataclass
class Conditions:
    """What a provider does: by key before anything else, then by model. Whoever is not named is served."""

    keys: dict[str, str] = field(default_factory=dict)
    models: dict[str, str] = field(default_factory=dict)

    def act(self, key: str, model: str) -> str:
        return self.keys.get(key) or self.models.get(model) or OK


class ChaosProvider:
    """`refusals` maps acts to (status, headers, body); every other act is a method `_act_...` or a way to stream."""

    def __init__(self, name: str, wire: Wire, keys: tuple[str, ...], pause: float = 0.001) -> None:
        self.name = name
        self.wire = wire
        self.keys = keys
        self.conditions = Conditions()
        self.visits: list[Visit] = []
        self.port = 0
        self.most_at_once = 0
        self.go_on = asyncio.Event()  # answers stand still, streams in the middle of their text, until it is set
        self.go_on.set()
        self._pause = pause
        self._runner: web.AppRunner | None = None
        self._listener: socket.socket
        self._open: dict[int, web.Request] = {}  # by the order of the visits
        self._seen: dict[tuple[int, str], int] = {}  # (request, act) -> how often

    @property
    def alive(self) -> bool:
        return self._runner is not None

    def forget(self) -> None:
        """Keep nothing of what has been."""
        self.visits.clear()
        self._seen.clear()

    def entry(self, **more: Any) -> dict[str, Any]:
        """The provider in the gateway's configuration."""
        return {
            "name": self.name,
            "api_base_url": f"http://127.0.0.1:{self.port}{self.wire.path}",
            "api_key": self.keys[0],
            "api_keys": list(self.keys[1:]),
            "models": ["big", "small"],
        } | more

    async def start(self) -> None:
        """Listen; after the first time at the same address."""
        app = web.Application(client_max_size=1 << 26)
        app.router.add_post("/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.05, access_log=None)
        await self._runner.setup()
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=512)
        await web.SockSite(self._runner, self._listener).start()
        self.port = self._listener.getsockname()[1]

    async def die(self) -> None:
        """Refuse connections from now on, and break those that are open."""
        runner, self._runner = self._runner, None
        if runner is not None:
            # asyncio loses a connection that is accepted in the moment in which its server closes: nobody is accepted
            # any more, and whoever was being accepted is there a moment later, and can be broken too.
            with suppress(NotImplementedError):
                asyncio.get_running_loop().remove_reader(self._listener.fileno())
            await asyncio.sleep(0.01)
            for request in tuple(self._open.values()):
                _abort(request)
            await runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        found = NUMBER.search(raw)
        assert found, raw[:500]
        number, kind = int(found[1]), found[2].decode()
        key, model, streams = self._asked(request, raw)
        at = next(_ORDER)
        serial = f"{self.name}-{at}"
        act = self.conditions.act(key, model)
        answer = sealed(number, serial, with_call=kind == "call")
        visit = Visit(self.name, key, model, number, act, answer, at)
        self.visits.append(visit)
        self._open[visit.at] = request
        self.most_at_once = max(self.most_at_once, len(self._open))
        try:
            return await self._act(request, visit, kind, streams=streams)
        except ConnectionError:
            return web.Response(status=500)
        finally:
            del self._open[visit.at]

    def _asked(self, request: web.Request, raw: bytes) -> tuple[str, str, bool]:
        """Key, model, and whether a stream is wanted, in any of the formats."""
        headers = request.headers
        key = headers.get("x-api-key") or headers.get("x-goog-api-key") or headers.get("authorization") or ""
        if "/models/" in request.path:
            model, _, method = request.path.rpartition("/")[2].partition(":")
            return key, model, method.startswith("stream")
        body = json.loads(raw)
        return key.removeprefix("Bearer "), body["model"], body.get("stream") is True

    async def _act(self, request: web.Request, visit: Visit, kind: str, *, streams: bool) -> web.StreamResponse:
        times = self._seen[visit.request, visit.act] = self._seen.get((visit.request, visit.act), 0) + 1
        act = visit.act
        if act.endswith(" once"):
            act = act.removesuffix(" once") if times == 1 else OK
        if kind == "bad" and (act == OK or act == "cut in a call"):
            act = visit.act = "400"
        if act in REFUSALS:
            status, headers, body = REFUSALS[act]
            kind = "text/html" if body.startswith(b"<") else "application/json"
            return web.Response(status=status, headers=headers, body=body, content_type=kind)
        if act == "no headers":
            return await _for_ever()
        if act == "reset":
            _abort(request)
            return web.Response()
        if act == "html in a 200":
            return web.Response(body=b"<html><body>Welcome</body></html>", content_type="text/html")
        if streams:
            return await self._stream(request, visit, act)
        return await self._whole(request, visit, act)

    async def _stream(self, request: web.Request, visit: Visit, act: str) -> web.StreamResponse:
        parts = self.wire.parts(visit.answer)
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await response.prepare(request)
        if act in BEFORE_CONTENT:
            await response.write(parts.head)
            return await self._fail(request, response, BEFORE_CONTENT[act])
        if act == "nothing in a 200":
            await response.write(self.wire.empty)
        elif act == "error behind content in one piece":
            await response.write(parts.head + parts.texts[0] + self.wire.error)
        else:
            await response.write(parts.head)
            broken = await self._content(request, response, visit, act)
            if broken:
                return broken
        await response.write_eof()
        return response

    async def _content(
        self, request: web.Request, response: web.StreamResponse, visit: Visit, act: str
    ) -> web.StreamResponse | None:
        """Send the content; the response when that did not come to its end."""
        parts = self.wire.parts(visit.answer)
        for number, (piece, text) in enumerate(zip(parts.texts, visit.answer.texts, strict=True)):
            if number == 2 and act in AFTER_CONTENT:
                return await self._fail(request, response, AFTER_CONTENT[act])
            if number == 2:
                await self.go_on.wait()
            visit.shown += text
            await response.write(piece)
            await asyncio.sleep(self._pause)
        for number, piece in enumerate(parts.call):
            if number == len(parts.call) - 1 and act == "cut in a call":
                return await self._fail(request, response, "cut")
            await response.write(piece)
            await asyncio.sleep(self._pause)
        visit.complete = True
        await response.write(parts.tail)
        return None

    async def _fail(self, request: web.Request, response: web.StreamResponse, how: str) -> web.StreamResponse:
        if how == "hang":
            return await _for_ever()
        if how == "error":
            await response.write(self.wire.error)
            await response.write_eof()
        else:
            await asyncio.sleep(self._pause)  # what was written leaves before the connection breaks
            _abort(request)
        return response

    async def _whole(self, request: web.Request, visit: Visit, act: str) -> web.StreamResponse:
        if act == "nothing in a 200":
            return web.json_response(self.wire.empty_whole)
        if "error" in act:
            return web.json_response({"error": {"message": "chaos inside a 200", "code": 500}})
        body = json.dumps(self.wire.whole(visit.answer)).encode()
        await self.go_on.wait()
        if act == OK or (act == "cut in a call" and not visit.answer.arguments):
            visit.complete = True
            return web.Response(body=body, content_type="application/json")
        response = web.StreamResponse(headers={"content-type": "application/json", "content-length": str(len(body))})
        await response.prepare(request)
        await response.write(body[: len(body) // 2])
        return await self._fail(request, response, "hang" if "silent" in act else "cut")


def _error(message: str) -> bytes:
    return json.dumps({"error": {"message": message}}).encode()


REFUSALS: dict[str, tuple[int, dict[str, str], bytes]] = {
    "400": (400, {}, _error("chaos: this request is wrong")),
    "401": (401, {}, _error("chaos: who are you")),
    "402": (402, {}, _error("chaos: pay first")),
    "403": (403, {}, _error("chaos: not for you")),
    "404": (404, {}, _error("chaos: no such thing")),
    "429": (429, {}, _error("chaos: slow down")),
    "429 with a date": (429, {"retry-after": "20"}, _error("chaos: slow down")),
    "500": (500, {}, _error("chaos: a defect")),
    "502 as a page": (502, {}, b"<html><body>chaos: bad gateway</body></html>"),
    "503": (503, {}, _error("chaos: later")),
    "503 with a date": (503, {"retry-after": "3"}, _error("chaos: later")),
    "529": (529, {}, _error("chaos: overloaded")),
}
BEFORE_CONTENT = {"cut before content": "cut", "silent before content": "hang", "error before content": "error"}
AFTER_CONTENT = {"cut after content": "cut", "silent after content": "hang", "error after content": "error"}

KEY_ACTS = ("401", "402", "403", "429", "429 with a date")
MODEL_ACTS = (
    "404", "500", "502 as a page", "503", "503 with a date", "529", "reset", "reset once", "no headers",
    "html in a 200", "nothing in a 200", "error behind content in one piece", "cut in a call", "cut in a call once",
    "cut before content once", *BEFORE_CONTENT, *AFTER_CONTENT,
)  # fmt: skip
_SERVING = (OK, "reset once", "cut before content once")


def serves(act: str, wire: Wire, kind: str, *, streams: bool) -> bool:
    """Whether a request that meets this act is answered in the end, by this very candidate."""
    if act.startswith("cut in a call"):
        return kind != "call" or (act.endswith(" once") and (wire.resumes or not streams))
    return act in _SERVING


def _abort(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


async def _for_ever() -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError("not reached")
