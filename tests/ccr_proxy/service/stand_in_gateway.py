"""A gateway process whose application is a few lines: health, and an answer that takes as long as the test wants.

Called like `ccr serve`; GET /slow streams one line, then waits until the file in `release=` exists, then ends.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from pathlib import Path

from aiohttp import web

from ccr_proxy.config.load import LoadedConfig
from ccr_proxy.errors import ConfigFault, ServiceFault
from ccr_proxy.service.foreground import run


def application(loaded: LoadedConfig, *, instance_id: str, started_at: float) -> web.Application:
    async def health(_: web.Request) -> web.Response:
        return web.json_response(
            {
                "status": "ok",
                "instance": instance_id,
                "version": os.environ.get("STAND_IN_VERSION", "9.9.9"),
                "uptime": time.time() - started_at,
                "pid": os.getpid(),
            }
        )

    async def key(_: web.Request) -> web.Response:
        return web.json_response({"api_key": loaded.config.api_key, "host": loaded.config.host})

    async def slow(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"begun\n")
        await asyncio.to_thread(_wait_for_file, Path(request.query["release"]))
        await response.write(b"ended\n")
        return response

    app = web.Application()
    app.add_routes([web.get("/health", health), web.get("/key", key), web.get("/slow", slow)])
    return app


def _wait_for_file(path: Path) -> None:
    while not path.exists():
        time.sleep(0.02)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--host")
    parser.add_argument("--port", type=int)
    parser.add_argument("--drain-seconds", type=float)
    options = parser.parse_args()
    try:
        return run(
            options.config,
            host=options.host,
            port=options.port,
            drain_seconds=options.drain_seconds,
            application_factory=application,
        )
    except (ConfigFault, ServiceFault) as fault:
        sys.stderr.write(f"error: {fault}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
