"""GET / and GET /health: whether this gateway runs, and which one it is."""

from __future__ import annotations

import os
import time

from aiohttp import web

from ccr_proxy.server.gateway import GATEWAY
from ccr_proxy.version import __version__


async def health(request: web.Request) -> web.Response:
    """Instance, version, uptime in seconds, process id, whether usage is recorded; needs no key, tells nothing else."""
    gateway = request.app[GATEWAY]
    return web.json_response(
        {
            "status": "ok",
            "instance": gateway.instance,
            "version": __version__,
            "uptime": round(time.time() - gateway.started_at, 3),
            "pid": os.getpid(),
            "usage_recorded": not gateway.sink.problem(),
        }
    )


async def root(_request: web.Request) -> web.Response:
    """The client's connectivity probe (`HEAD /`)."""
    return web.json_response({"name": "ccr_proxy", "version": __version__})
