"""POST /v1/messages/count_tokens: the provider's count where it offers one, else the estimate.

Without this endpoint Claude Code sends a dozen real requests for one `/context`.
"""

from __future__ import annotations

import dataclasses
import logging

from aiohttp import web

from ccr_proxy.errors import GatewayError
from ccr_proxy.json_codec import JsonObject, loads
from ccr_proxy.routing.decide import decide
from ccr_proxy.server.gateway import GATEWAY, Destination, Gateway
from ccr_proxy.server.messages import read_request
from ccr_proxy.server.outgoing import write_request

_log = logging.getLogger("ccr_proxy")


async def count_tokens(request: web.Request) -> web.Response:
    """`{"input_tokens": N}` for the model that would get the request."""
    gateway = request.app[GATEWAY]
    raw = await request.read()
    body, facts = read_request(gateway, raw, request.headers)
    routed = decide(facts, gateway.config).targets[0]
    to = gateway.destination(routed.provider_name, routed.model)
    if to.protocol.name == "anthropic":
        counted = await _ask_provider(request, gateway, to, raw, body)
        if counted is not None:
            return web.json_response({"input_tokens": counted})
    return web.json_response({"input_tokens": facts.tokens_for(to.target.model)})


async def _ask_provider(
    request: web.Request, gateway: Gateway, to: Destination, raw: bytes, body: JsonObject
) -> int | None:
    """The provider's own count; None where it does not offer one."""
    outgoing, _ = write_request(raw, body, request.headers, request.query_string, to, [], gateway.config)
    url = outgoing.url.replace("/messages", "/messages/count_tokens", 1)
    try:
        async with gateway.upstream.post(dataclasses.replace(outgoing, url=url)) as incoming:
            answer = loads(await incoming.read()) if incoming.status == 200 else {}
    except (GatewayError, ValueError) as error:
        _log.info("count_tokens of %s: %s; using the estimate", to.label, error)
        return None
    tokens = answer.get("input_tokens") if isinstance(answer, dict) else None
    return tokens if isinstance(tokens, int) else None
