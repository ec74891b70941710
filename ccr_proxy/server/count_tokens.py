"""POST /v1/messages/count_tokens: the provider's count where it offers one, else the estimate.

Without this endpoint Claude Code sends a dozen real requests for one `/context`. Counting asks whom a request would be
sent to now, and with that key. It waits in no line, takes nothing from limits and budgets, and its failures are told
to nobody, but for a refused key.
"""

from __future__ import annotations

import asyncio
import logging
import re

from aiohttp import web

from ccr_proxy.availability.circuits import Candidate
from ccr_proxy.errors import GatewayError, UpstreamFault
from ccr_proxy.json_codec import loads
from ccr_proxy.protocols.errors import fault_from
from ccr_proxy.protocols.inbound import ANTHROPIC
from ccr_proxy.server.answer_headers import refusal_headers
from ccr_proxy.server.ask import ask_for
from ccr_proxy.server.error_answers import REQUEST_ID
from ccr_proxy.server.exchange import Exchange, read_request
from ccr_proxy.server.gateway import Destination
from ccr_proxy.server.outgoing import write_count
from ccr_proxy.server.presets import gateway_for
from ccr_proxy.server.route import route
from ccr_proxy.upstream.connection import OutgoingRequest

_log = logging.getLogger("ccr_proxy")
_KEY_REFUSED = re.compile(
    r"(invalid|incorrect|expired|unknown|wrong|revoked)\b.{0,20}\bkey|"
    r"\bkey\b.{0,30}(not valid|invalid|incorrect|expired|revoked)",
    re.IGNORECASE,
)


async def count_tokens(request: web.Request) -> web.Response:
    """`{"input_tokens": N}` for the model that would get the request."""
    gateway = await gateway_for(request)
    asked = read_request(gateway, ANTHROPIC, await request.read(), request.headers)
    decision = await route(gateway, asked.body, asked.facts, request.headers)
    exchange = Exchange(request, request[REQUEST_ID], gateway, asked, decision, created=0)
    candidate = _next_candidate(exchange)
    target = candidate.target if candidate else decision.targets[0]
    counted = await _counted(exchange, candidate) if candidate else None
    if counted is None:
        counted = exchange.estimated_input(target.provider_name, target.model)
    return web.json_response({"input_tokens": counted})


def _next_candidate(exchange: Exchange) -> Candidate | None:
    """Whom a request would be sent to now; None when all are cooling, parked or over budget."""
    prospects = exchange.gateway.availability.preview(ask_for(exchange.asked, exchange.decision))
    able = (prospect.candidate for prospect in prospects if prospect.wait == 0 and not prospect.over_budget)
    return next(able, None)


async def _counted(exchange: Exchange, candidate: Candidate) -> int | None:
    """The provider's own count; None where it does not offer one, or not soon enough."""
    gateway = exchange.gateway
    to = gateway.destination(candidate.target.provider_name, candidate.target.model)
    if not gateway.who_counts.may_be_asked(to.provider.name):
        return None
    try:
        outgoing = write_count(exchange, to, candidate.key.secret or to.provider.api_key)
        tokens = await _ask(exchange, to, outgoing) if outgoing else None
    except UpstreamFault as fault:
        _take_in(exchange, to, candidate, fault)
        return None
    except GatewayError as fault:
        _log.info("%s cannot be asked to count: %s", to.label, fault.message)
        return None
    if tokens is not None:
        gateway.who_counts.counted(to.provider.name)
    return tokens


async def _ask(exchange: Exchange, to: Destination, outgoing: OutgoingRequest) -> int:
    """Raises UpstreamFault when no number comes, with the status 200 for an answer without one."""
    patience = exchange.gateway.who_counts.patience
    try:
        async with asyncio.timeout(patience), exchange.gateway.upstream.send(outgoing) as incoming:
            body = await incoming.read()
    except TimeoutError as error:
        raise UpstreamFault(504, f"no count within {patience:g} s", cause="first_byte_timeout") from error
    if incoming.status != 200:
        raise fault_from(incoming.status, body, refusal_headers(incoming))
    tokens = _number(to, body)
    if tokens is None:
        raise UpstreamFault(200, "an answer without a count")
    return tokens


def _number(to: Destination, body: bytes) -> int | None:
    """A count of nothing is none: there is always a message."""
    try:
        answer = loads(body)
    except ValueError:
        return None
    tokens = answer.get(to.protocol.counting.field) if to.protocol.counting and isinstance(answer, dict) else None
    return tokens if isinstance(tokens, int) and tokens > 0 else None


def _take_in(exchange: Exchange, to: Destination, candidate: Candidate, fault: UpstreamFault) -> None:
    """What a failed count means for the next ones, and whether the key is bad for real requests too."""
    _log.info("%s did not count: %s; using the estimate", to.label, fault.message)
    if _refuses_the_key(fault):
        exchange.gateway.availability.observe(candidate, fault)
    else:
        status = fault.status if fault.cause == "answer" else 0
        exchange.gateway.who_counts.failed(to.provider.name, status)


def _refuses_the_key(fault: UpstreamFault) -> bool:
    """Whether the key is refused, in words: a bare 401 may only mean that it is not allowed to count."""
    is_answer = fault.cause == "answer" and fault.status in (400, 401, 403)
    return is_answer and _KEY_REFUSED.search(fault.message) is not None
