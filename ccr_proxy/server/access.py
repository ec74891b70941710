"""Who may ask: the gateway's key, and only by its own name.

A page in the user's browser can reach loopback too. It cannot set `Host` freely nor hide its `Origin`, so both are
checked before the key: this is what stops DNS rebinding and cross-site requests.
"""

from __future__ import annotations

import hmac
import logging
import socket
from collections.abc import Awaitable, Callable
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web

from ccr_proxy.config.schema import Config
from ccr_proxy.errors import ClientFault
from ccr_proxy.server.gateway import GATEWAY
from ccr_proxy.upstream.proxies import is_loopback

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

# Asked before a key is known: the client's connectivity probe and the health check.
_PUBLIC_PATHS = frozenset({"/", "/health"})

_log = logging.getLogger("ccr_proxy")


@web.middleware
async def check_access(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse foreign Host and Origin (403), then a missing or wrong key (401)."""
    config = request.app[GATEWAY].config
    if not _is_own_name(request.host, config.host):
        raise ClientFault(403, f"Host {request.host!r} is not this gateway; use http://127.0.0.1:{config.port}")
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"{request.scheme}://{request.host}":
        raise ClientFault(403, f"requests from the web page {origin!r} are not allowed")
    if request.path not in _PUBLIC_PATHS or request.method not in ("GET", "HEAD"):
        try:
            _check_key(request, config)
        except ClientFault as fault:
            # Not among the recent requests: whoever has no key must not be able to push others out of them.
            if request.app[GATEWAY].complaints.is_due(fault.message):
                _log.warning("refused a request from %s: %s", request.remote, fault.message)
            raise
    return await handler(request)


def _check_key(request: web.Request, config: Config) -> None:
    offered = [request.headers.get("x-api-key", ""), _bearer(request.headers.get("Authorization", ""))]
    if not any(offered):
        raise _refused("no key: send the gateway's APIKEY as x-api-key or as bearer token")
    expected = (config.api_key or "").encode()
    # Every offered key is compared, so that the time taken tells nothing.
    matches = [hmac.compare_digest(key.encode("utf-8", "surrogateescape"), expected) for key in offered]
    if not expected or not any(matches):
        raise _refused("wrong key: it is not the APIKEY of this gateway's config.json")


def _refused(message: str) -> ClientFault:
    return ClientFault(401, message, headers={"x-should-retry": "false"})


def _bearer(value: str) -> str:
    scheme, _, token = value.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else value


@lru_cache(maxsize=256)
def _is_own_name(host_header: str, configured: str) -> bool:
    try:
        host = urlsplit(f"//{host_header}").hostname or ""
    except ValueError:
        return False
    if is_loopback(host) or host == configured:
        return True
    if is_loopback(configured):
        return False
    # Listening to a network: by address, or by the machine's own name.
    return _is_address(host) or host == socket.gethostname().lower()


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
