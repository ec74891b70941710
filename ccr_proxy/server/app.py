"""The application: routes, middlewares, start and end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial

from aiohttp import web

from ccr_proxy.config.load import LoadedConfig
from ccr_proxy.server.access import check_access
from ccr_proxy.server.admin import add_admin_routes
from ccr_proxy.server.client_formats import ANSWERING_PATHS, PREFIXES, PRESET_PREFIX
from ccr_proxy.server.count_tokens import count_tokens
from ccr_proxy.server.error_answers import answer_errors
from ccr_proxy.server.gateway import GATEWAY, Gateway
from ccr_proxy.server.health import health, root
from ccr_proxy.server.health_checks import check_in_background
from ccr_proxy.server.logs import start_logging
from ccr_proxy.server.messages import create_message
from ccr_proxy.server.models import list_models
from ccr_proxy.server.presets import PRESETS, PresetGateways
from ccr_proxy.server.upkeep import follow_files, load_router
from ccr_proxy.usage.ledger import Ledger

# A conversation with pictures and PDFs; Claude Code itself speaks of 32 MB, and base64 adds a third.
MAXIMUM_REQUEST_BYTES = 128 * 1024 * 1024


def create_app(
    loaded: LoadedConfig, *, instance_id: str, started_at: float, ledger: Ledger | None = None
) -> web.Application:
    """The gateway for one configuration; `started_at` is Unix time in seconds. What requests took is written down only
    where there is a `ledger`."""
    app = web.Application(client_max_size=MAXIMUM_REQUEST_BYTES, middlewares=[answer_errors, check_access])
    app[GATEWAY] = Gateway.of(loaded, instance_id, started_at)
    app[PRESETS] = PresetGateways(app[GATEWAY])
    app.cleanup_ctx.append(_running)
    if ledger is not None:
        app.cleanup_ctx.append(partial(_recording, ledger))
    app.router.add_get("/", root)
    app.router.add_get("/health", health)
    for base in ("", PRESET_PREFIX):
        _add_client_routes(app, base)
    add_admin_routes(app)
    return app


async def _recording(ledger: Ledger, app: web.Application) -> AsyncIterator[None]:
    gateway = app[GATEWAY]
    gateway.sink = ledger
    await asyncio.to_thread(gateway.begin_with, ledger.path)
    ledger.start()
    yield
    await asyncio.to_thread(ledger.close)


def _add_client_routes(app: web.Application, base: str) -> None:
    for path in ANSWERING_PATHS:
        app.router.add_post(base + path, create_message)
    for prefix in PREFIXES:
        app.router.add_post(base + prefix + "/messages/count_tokens", count_tokens)
        app.router.add_get(base + prefix + "/models", list_models)


async def _running(app: web.Application) -> AsyncIterator[None]:
    gateway = app[GATEWAY]
    stop_logging = start_logging(gateway.config)
    await load_router(gateway)
    works = (gateway.pulse.run(), follow_files(gateway), check_in_background(gateway))
    tasks = [asyncio.create_task(work) for work in works]
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await gateway.upstream.close()
    stop_logging()
