"""The end of a gateway: stop listening at once, let running answers finish, cut what outlasts the limit."""

from __future__ import annotations

import asyncio

from aiohttp import web

from ccr_proxy.service.stop_requests import StopRequests

# Time for idle connections to close, so that they are not counted as answers.
_SETTLE_SECONDS = 0.05


async def drain(runner: web.AppRunner, requests: StopRequests, limit_seconds: float) -> int:
    """Close the listener and wait for running answers until the limit or a second request to stop.

    Returns the number of answers that are still running and will be cut by the clean-up.
    """
    for site in list(runner.sites):
        await site.stop()
    # A request that was accepted in the same turn of the loop must get its handler before idle connections close.
    await asyncio.sleep(0)
    server = runner.server
    if server is None:
        return 0
    server.pre_shutdown()
    finished = asyncio.create_task(server.shutdown(None))
    asked_again = asyncio.create_task(requests.second.wait())
    await asyncio.wait({finished, asked_again}, timeout=limit_seconds, return_when=asyncio.FIRST_COMPLETED)
    if not finished.done():
        await asyncio.wait({finished}, timeout=_SETTLE_SECONDS)
    still_running = 0 if finished.done() else len(server.connections)
    for task in (finished, asked_again):
        task.cancel()
    await asyncio.gather(finished, asked_again, return_exceptions=True)
    return still_running
