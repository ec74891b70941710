"""POST /v1/messages/count_tokens: the provider's count where it offers one, else the estimate.

Without this endpoint Claude Code sends a dozen real requests for one `/context`.
"""

from __future__ import annotations

import dataclasses
import logging

from aiohttp import web

from ccr_proxy.errors import GatewayError
from ccr_proxy.json_codec import loads
from ccr_proxy.protocols.inbound import ANTHROPIC
from ccr_proxy.server.error_answers import REQUEST_ID
from ccr_proxy.server.exchange import Exchange, read_request
from ccr_proxy.server.gateway import GATEWAY, Destination
from ccr_proxy.server.outgoing import write_request
from ccr_proxy.server.route import route

_log = logging.getLogger("ccr_proxy")


async def count_tokens(request: web.Request) -> web.Response:
    """`{"input_tokens": N}` for the model that would get the request."""
    gateway = request.app[GATEWAY]
    raw = await request.read()
    asked = read_request(gateway, ANTHROPIC, raw, request.headers)
    decision = await route(gateway, asked.body, asked.facts, request.headers)
    exchange = Exchange(request, request[REQUEST_ID], gateway, asked, decision, created=0)
    to = gateway.destination(decision.targets[0].provider_name, decision.targets[0].model)
    if to.protocol.name == "anthropic":
        counted = await _ask_provider(exchange, to)
        if counted is not None:
            return web.json_response({"input_tokens": counted})
    return web.json_response({"input_tokens": exchange.estimated_input(to.target.provider, to.target.model)})


async def _ask_provider(exchange: Exchange, to: Destination) -> int | None:
    """The provider's own count; None where it does not offer one."""
    outgoing, _ = write_request(exchange, to, to.provider.api_key, [])
    url = outgoing.url.replace("/messages", "/messages/count_tokens", 1)
    try:
        async with exchange.gateway.upstream.send(dataclasses.replace(outgoing, url=url)) as incoming:
            answer = loads(await incoming.read()) if incoming.status == 200 else {}
    except (GatewayError, ValueError) as error:
        _log.info("count_tokens of %s: %s; using the estimate", to.label, error)
        return None
    tokens = answer.get("input_tokens") if isinstance(answer, dict) else None
    return tokens if isinstance(tokens, int) else None
