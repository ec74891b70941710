"""Asking providers how they are while no gateway is running."""

from __future__ import annotations

import asyncio
import logging
import time
from pathlib import Path
from typing import Any

from ccr_proxy.config.load import LoadedConfig
from ccr_proxy.errors import ServiceFault
from ccr_proxy.service.configuration import load_configuration


def check_offline(config_path: Path, seconds: float) -> list[dict[str, Any]]:
    """As POST /api/availability/check answers, for all routes. Raises ConfigFault, and ServiceFault when the answers
    take longer than `seconds`."""
    loaded = load_configuration(config_path)
    try:
        return asyncio.run(asyncio.wait_for(_check(loaded), seconds))
    except TimeoutError:
        raise ServiceFault(f"the providers did not all answer within {seconds:g} s") from None


async def _check(loaded: LoadedConfig) -> list[dict[str, Any]]:
    from ccr_proxy.server.gateway import Gateway
    from ccr_proxy.server.health_checks import check_providers

    # The answers say what is wrong; the log would say it again.
    logging.getLogger("ccr_proxy").setLevel(logging.ERROR)
    gateway = Gateway.of(loaded, "offline", time.time())
    try:
        return [result.as_json() for result in await check_providers(gateway)]
    finally:
        await gateway.upstream.close()
