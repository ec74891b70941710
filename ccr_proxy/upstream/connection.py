"""One shared connection pool to all providers."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, Protocol

import aiohttp

from ccr_proxy.errors import UpstreamFault
from ccr_proxy.upstream.demo import answer_demo
from ccr_proxy.upstream.proxies import proxy_for
from ccr_proxy.upstream.silence import SilenceWatch

# Requests to this address are answered inside the gateway.
DEMO_URL = "demo://gateway"

_LARGE = 1 << 20  # bytes
# The end of a body is in the packet of its last word or in the next one. Who sends none keeps the connection open.
_GOODBYE_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Waiting:
    """How long to wait for a provider, in seconds; None waits for ever."""

    connect: float | None
    first_byte: float | None
    idle: float | None


@dataclass(frozen=True, slots=True)
class OutgoingRequest:
    """A request as it leaves: `provider` and `model` are only for messages. A GET has no body."""

    provider: str
    model: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    waiting: Waiting
    proxy: str | None = None
    method: Literal["POST", "GET"] = "POST"


class IncomingAnswer(Protocol):
    """What a provider answers, body still to be read."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    def chunks(self) -> AsyncGenerator[bytes, None]: ...
    async def read(self) -> bytes: ...
    async def goodbye(self) -> None: ...


class Upstream:
    """Opens requests to providers. Made once per gateway, closed with it."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    @asynccontextmanager
    async def send(self, request: OutgoingRequest) -> AsyncIterator[IncomingAnswer]:
        """Send a request and hand over the answer; leaving the context gives the connection back or drops it.

        Raises UpstreamFault when no answer begins in time.
        """
        if request.url.startswith(DEMO_URL):
            yield await answer_demo(request.body)
            return
        started = time.monotonic()
        try:
            async with asyncio.timeout(request.waiting.first_byte):
                response = await self._open(request)
        except aiohttp.ConnectionTimeoutError as error:
            raise _fault(request, 504, "connect_timeout", "could not be reached in time") from error
        except TimeoutError as error:
            waited = time.monotonic() - started
            raise _fault(request, 504, "first_byte_timeout", f"did not answer within {waited:.0f} s") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise _fault(request, 502, "connect", f"could not be reached: {_cause(error)}") from error
        try:
            yield _HttpAnswer(response, request)
        finally:
            # An answer that was read to its end frees its connection; any other is cut, so that the provider stops.
            response.close() if not response.content.at_eof() else response.release()

    async def _open(self, request: OutgoingRequest) -> aiohttp.ClientResponse:
        waiting = request.waiting
        return await self._pool().request(
            request.method,
            request.url,
            data=_data(request.body),
            headers=request.headers,
            proxy=proxy_for(request.url, request.proxy),
            allow_redirects=False,
            timeout=_connect_timeout(waiting.connect),
        )

    def _pool(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=60),
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=("User-Agent",),
                read_bufsize=1 << 18,
            )
        return self._session


class _HttpAnswer:
    def __init__(self, response: aiohttp.ClientResponse, request: OutgoingRequest) -> None:
        self._response = response
        self._request = request

    @property
    def status(self) -> int:
        return self._response.status

    @property
    def headers(self) -> Mapping[str, str]:
        return self._response.headers

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """The body as it arrives. Raises UpstreamFault when it breaks off or falls silent for too long."""
        content = self._response.content
        with SilenceWatch(self._request.waiting.idle, self._response.close) as watch:
            try:
                while True:
                    watch.waiting()
                    chunk = await content.readany()
                    watch.heard()
                    if not chunk:
                        return
                    yield chunk
            except (aiohttp.ClientError, OSError) as error:
                raise self._break(error, watch) from error

    def _break(self, error: Exception, watch: SilenceWatch) -> UpstreamFault:
        if watch.expired:
            what = f"sent nothing for {self._request.waiting.idle or 0:.0f} s"
            return _fault(self._request, 504, "idle_timeout", what)
        if isinstance(error, aiohttp.ClientPayloadError):
            return _fault(self._request, 502, "broken_off", "broke off its answer")
        return _fault(self._request, 502, "broken_off", f"broke off its answer: {_cause(error)}")

    async def read(self) -> bytes:
        return b"".join([chunk async for chunk in self.chunks()])

    async def goodbye(self) -> None:
        """Wait a moment for the end of a body that has said all, so that its connection can be used again."""
        with suppress(TimeoutError, aiohttp.ClientError, OSError):
            async with asyncio.timeout(_GOODBYE_SECONDS):
                while not self._response.content.at_eof():
                    await self._response.content.readany()


def _data(body: bytes) -> bytes | io.BytesIO | None:
    """aiohttp writes bytes in one go; a large body as a file goes out piece by piece."""
    return io.BytesIO(body) if len(body) >= _LARGE else body or None


@lru_cache(maxsize=64)
def _connect_timeout(seconds: float | None) -> aiohttp.ClientTimeout:
    """Only for connecting: aiohttp limits everything else to 300 s in total, or sets a timer for every read."""
    return aiohttp.ClientTimeout(total=None, sock_connect=seconds)


def _fault(request: OutgoingRequest, status: int, cause: str, what: str) -> UpstreamFault:
    return UpstreamFault(status, f"{request.provider},{request.model} {what} ({request.url})", cause=cause)


def _cause(error: BaseException) -> str:
    return str(error) or type(error).__name__
