"""POST /v1/messages, /v1/chat/completions and /v1/responses: the path of a request, hop by hop.

who are you (server.access, before this) -> what is this -> where to -> say it in their words -> try -> say it in ours
"""

from __future__ import annotations

import time
from dataclasses import replace

from aiohttp import web

from ccr_proxy.errors import ClientFault
from ccr_proxy.json_codec import dumps
from ccr_proxy.routing.rewrite import rewritten
from ccr_proxy.routing.subagent_tag import without_subagent_tag
from ccr_proxy.server.attempts import first_answer
from ccr_proxy.server.client_formats import client_of
from ccr_proxy.server.error_answers import REQUEST_ID
from ccr_proxy.server.exchange import Exchange, read_request
from ccr_proxy.server.presets import gateway_for
from ccr_proxy.server.route import route


async def create_message(request: web.Request) -> web.StreamResponse:
    """Answer a request, streamed or whole, in the client's own format."""
    gateway = await gateway_for(request)
    with gateway.recent.noting_refusal(request[REQUEST_ID]) as unrouted:
        asked = read_request(gateway, client_of(request.path), await _body(request), request.headers)
        unrouted.facts = asked.facts
        decision = await route(gateway, asked.body, asked.facts, request.headers)
    exchange = Exchange(request, request[REQUEST_ID], gateway, asked, decision, int(time.time()))
    return await first_answer(_changed(exchange))


async def _body(request: web.Request) -> bytes:
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge as error:
        raise ClientFault(413, "the request is larger than this gateway takes") from error


def _changed(exchange: Exchange) -> Exchange:
    """With what routing changes in the request: the tag that named a model goes, a rule's rewrites come."""
    asked = exchange.asked
    body = without_subagent_tag(asked.body) if asked.facts.subagent_model else asked.body
    body = rewritten(body, exchange.decision.rewrites)
    if body is not asked.body:
        raw = dumps(body) if asked.raw is not None else None
        exchange.asked = replace(asked, body=body, raw=raw)
    return exchange
