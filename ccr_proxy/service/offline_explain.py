"""Where a request would go while no gateway is running: decided from the files alone."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

from ccr_proxy.config.load import LoadedConfig


def explain_offline(loaded: LoadedConfig, body: dict[str, Any]) -> dict[str, Any]:
    """As POST /api/explain answers, by a gateway that has just been made: no circuit is open, no session has a place,
    no speed is known. The custom router is asked. Raises ClientFault."""
    return asyncio.run(_explain(loaded, body))


async def _explain(loaded: LoadedConfig, body: dict[str, Any]) -> dict[str, Any]:
    from ccr_proxy.server.explain import explain_call
    from ccr_proxy.server.gateway import Gateway
    from ccr_proxy.server.upkeep import load_router

    # What a router says about one request stands in the explanation; what is wrong with its file only in the log.
    logging.getLogger("ccr_proxy").setLevel(logging.ERROR)
    gateway = Gateway.of(loaded, "offline", time.time())
    await load_router(gateway)
    return await explain_call(gateway, body, {})
