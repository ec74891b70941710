"""What a running gateway does besides answering: follow its files, keep silent clients alive."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from ccr_proxy.config.custom_router import load_custom_router
from ccr_proxy.config.load import LoadedConfig
from ccr_proxy.config.reload import needs_restart
from ccr_proxy.server.gateway import Gateway

_LOOK_EVERY_SECONDS = 1.0
_REFRESH_PROJECTS_EVERY = 3  # looks

_log = logging.getLogger("ccr_proxy")


async def follow_files(gateway: Gateway, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
    """Take in changes of the configuration, of the custom router and of project routers until cancelled."""
    looks = 0
    while True:
        await sleep(_LOOK_EVERY_SECONDS)
        looks += 1
        await look_at_files(gateway)
        if looks % _REFRESH_PROJECTS_EVERY == 0:
            await gateway.projects.refresh()


async def look_at_files(gateway: Gateway) -> None:
    """One look: a good new configuration counts from now on, a bad one is told once and changes nothing."""
    rejected_before, running = gateway.watch.rejected, gateway.loaded
    changed = await asyncio.to_thread(gateway.watch.poll)
    if gateway.watch.rejected and gateway.watch.rejected != rejected_before:
        _log.error("the changed configuration is not used: %s", gateway.watch.rejected)
    if changed is None:
        return
    if waiting := needs_restart(running, changed):
        _log.warning("%s changed: it takes effect after `ccr restart`", ", ".join(waiting))
    gateway.configure(changed)
    await load_router(gateway)
    _log.info("configuration read again: %s", changed.path)


async def load_router(gateway: Gateway) -> None:
    """Load the custom router that the configuration names; what is wrong with it is told, and routing goes on."""
    loaded: LoadedConfig = gateway.loaded
    gateway.custom_router, finding = await asyncio.to_thread(load_custom_router, loaded.config, loaded.path)
    if finding is not None:
        _log.error("%s", finding.message)
