"""POST /v1/messages: the path of a request, hop by hop.

who are you (server.access, before this) -> what is this -> where to -> say it in their words -> try -> say it in ours
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace

from aiohttp import web

from ccr_proxy.errors import ClientFault, GatewayError, UpstreamFault
from ccr_proxy.json_codec import JsonObject, dumps, loads
from ccr_proxy.protocols.anthropic.pass_through import PassThrough
from ccr_proxy.protocols.anthropic_events import MessageFolder, SseWriter
from ccr_proxy.protocols.errors import fault_from, fault_in_answer
from ccr_proxy.protocols.message_stream import EventWriter, MessageStream
from ccr_proxy.protocols.repairs import lesson_from
from ccr_proxy.routing.decide import Decision, decide
from ccr_proxy.routing.facts import Facts, facts_of
from ccr_proxy.routing.subagent_tag import without_subagent_tag
from ccr_proxy.server.error_answers import REQUEST_ID
from ccr_proxy.server.failover import moves_on
from ccr_proxy.server.gateway import GATEWAY, Destination, Gateway
from ccr_proxy.server.live_answer import Answer, LiveAnswer
from ccr_proxy.server.models import plain_name
from ccr_proxy.server.outgoing import write_request
from ccr_proxy.server.translated import Translated
from ccr_proxy.upstream.connection import IncomingAnswer

# Different fields of one request may be refused one after the other.
_MAXIMUM_LESSONS = 4
_FORWARDED = ("retry-after", "x-should-retry", "request-id")

_log = logging.getLogger("ccr_proxy.requests")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request on its way through the gateway."""

    request: web.Request
    gateway: Gateway
    raw: bytes
    body: JsonObject
    facts: Facts
    decision: Decision

    def new_stream(self, writer: EventWriter, to: Destination) -> MessageStream:
        """The grammar for one attempt. The model is the one that was asked for: Claude Code drops its thinking
        history when another name answers."""
        return MessageStream(
            writer,
            message_id="msg_" + secrets.token_hex(12),
            model=str(self.body["model"]),
            estimated_input=self.facts.tokens_for(to.target.model),
        )


async def create_message(request: web.Request) -> web.StreamResponse:
    """Answer a Messages request, streamed or whole."""
    gateway = request.app[GATEWAY]
    raw = await request.read()
    body, facts = read_request(gateway, raw, request.headers)
    decision = decide(facts, gateway.config)
    if facts.subagent_model:
        body = without_subagent_tag(body)
        raw = dumps(body)
    exchange = Exchange(request, gateway, raw, body, facts, decision)
    return await _first_that_answers(exchange)


def read_request(gateway: Gateway, raw: bytes, headers: Mapping[str, str]) -> tuple[JsonObject, Facts]:
    """The request as JSON, not to be changed, and its facts. Raises ClientFault when it is not a Messages request."""
    try:
        seen = gateway.bodies.parse(raw)
    except ValueError as error:
        raise ClientFault(400, f"the request body is not JSON: {error}") from error
    body = seen.value
    if not isinstance(body, dict):
        raise ClientFault(400, "the request body must be a JSON object")
    if not isinstance(body.get("model"), str) or not body["model"]:
        raise ClientFault(400, "model: a model name is required")
    if not isinstance(body.get("messages"), list) or not body["messages"]:
        raise ClientFault(400, "messages: at least one message is required")
    facts = facts_of(body, headers, gateway.counter, known=seen.known)
    return body, replace(facts, model=plain_name(facts.model))


async def _first_that_answers(exchange: Exchange) -> web.StreamResponse:
    first_failure = GatewayError(500, "no target was tried")
    for number, routed in enumerate(exchange.decision.targets):
        to = exchange.gateway.destination(routed.provider_name, routed.model)
        try:
            response = await _ask(exchange, to)
        except GatewayError as failure:
            _log.warning("%s %s failed: %s %s", exchange.request[REQUEST_ID], to.label, failure.status, failure.message)
            first_failure = first_failure if number else failure
            if not moves_on(failure):
                raise
            continue
        _log.info("%s %s %s", exchange.request[REQUEST_ID], to.label, exchange.decision.reason)
        return response
    raise first_failure


async def _ask(exchange: Exchange, to: Destination) -> web.StreamResponse:
    """Ask one destination, with what its refusals teach. Raises GatewayError when it gives no answer."""
    gateway, request = exchange.gateway, exchange.request
    lasting = gateway.lessons.setdefault(to.label, [])
    lessons = list(lasting)
    for attempt in range(_MAXIMUM_LESSONS + 1):
        outgoing, sent = write_request(
            exchange.raw, exchange.body, request.headers, request.query_string, to, lessons, gateway.config
        )
        async with gateway.upstream.post(outgoing) as incoming:
            if incoming.status < 300:
                return await _relay(exchange, to, incoming)
            fault = await _refusal(to, incoming)
        lesson = lesson_from(fault.message, sent) if fault.status in (400, 422) and attempt < _MAXIMUM_LESSONS else None
        if lesson is None or lesson in lessons:
            raise fault
        lessons.append(lesson)
        if lesson.lasting:
            lasting.append(lesson)
    raise AssertionError("the last attempt either returns or raises")


async def _relay(exchange: Exchange, to: Destination, incoming: IncomingAnswer) -> web.StreamResponse:
    headers = _answer_headers(exchange, to, incoming)
    if exchange.facts.stream and _is_event_stream(incoming):
        live = LiveAnswer(exchange.request, headers, _answer(exchange, to), exchange.gateway.pulse)
        return await live.relay(incoming)
    writer = MessageFolder()
    stream = exchange.new_stream(writer, to)
    origin = f"{to.protocol.name}:{to.provider.name}"
    if _is_event_stream(incoming):
        decoder = to.protocol.decoder(stream, origin)
        try:
            async for chunk in incoming.chunks():
                decoder.feed(chunk)
        except UpstreamFault as fault:
            stream.broke_off(fault)
        decoder.end()
    else:
        answer = _json_answer(to, await incoming.read())
        if to.protocol.name == "anthropic" and not exchange.facts.stream:
            return _whole(dumps({**answer, "model": exchange.body["model"]}), headers)
        if exchange.facts.stream:
            return await _streamed_whole(exchange, to, answer, headers)
        to.protocol.decode_whole(answer, stream, origin)
    if stream.failure is not None:
        raise stream.failure
    return _whole(dumps(writer.message), headers)


async def _streamed_whole(
    exchange: Exchange, to: Destination, answer: JsonObject, headers: Mapping[str, str]
) -> web.StreamResponse:
    """A whole answer for a client that asked for a stream."""
    writer = SseWriter()
    stream = exchange.new_stream(writer, to)
    to.protocol.decode_whole(answer, stream, f"{to.protocol.name}:{to.provider.name}")
    if stream.failure is not None:
        raise stream.failure
    return web.Response(body=writer.take(), headers=headers, content_type="text/event-stream")


def _whole(body: bytes, headers: Mapping[str, str]) -> web.Response:
    return web.Response(body=body, headers=headers, content_type="application/json")


def _answer(exchange: Exchange, to: Destination) -> Answer:
    if to.protocol.name == "anthropic":
        return PassThrough(
            message_id="msg_" + secrets.token_hex(12),
            model=str(exchange.body["model"]),
            estimated_input=exchange.facts.tokens_for(to.target.model),
        )
    writer = SseWriter()
    stream = exchange.new_stream(writer, to)
    return Translated(to.protocol.decoder(stream, f"{to.protocol.name}:{to.provider.name}"), stream, writer)


def _is_event_stream(incoming: IncomingAnswer) -> bool:
    return "event-stream" in incoming.headers.get("content-type", "")


def _json_answer(to: Destination, data: bytes) -> JsonObject:
    try:
        answer = loads(data)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        excerpt = data[:200].decode("utf-8", "replace")
        raise UpstreamFault(502, f"{to.label} answered 200 with something that is not JSON: {excerpt}")
    if answer.get("error") or answer.get("type") == "error":
        raise fault_in_answer(answer)
    return answer


async def _refusal(to: Destination, incoming: IncomingAnswer) -> UpstreamFault:
    body = await incoming.read()
    headers = {name: incoming.headers[name] for name in _FORWARDED if name in incoming.headers}
    fault = fault_from(incoming.status, body, headers)
    if to.protocol.name == "anthropic" and _is_anthropic_error(body):
        fault.body = body
    return fault


def _is_anthropic_error(body: bytes) -> bool:
    try:
        value = loads(body)
    except ValueError:
        return False
    return isinstance(value, dict) and value.get("type") == "error" and isinstance(value.get("error"), dict)


def _answer_headers(exchange: Exchange, to: Destination, incoming: IncomingAnswer) -> dict[str, str]:
    headers = {
        "request-id": exchange.request[REQUEST_ID],
        "x-ccr-route": exchange.decision.route,
        "x-ccr-provider": to.target.provider,
        "x-ccr-model": to.target.model,
        "x-ccr-reason": exchange.decision.reason,
    }
    if to.protocol.name == "anthropic":
        headers |= {
            name: value
            for name, value in incoming.headers.items()
            if name.lower() == "request-id" or name.lower().startswith("anthropic-")
        }
    # HTTP headers are Latin-1 and one line.
    return {name: value.encode("ascii", "replace").decode().replace("\n", " ") for name, value in headers.items()}
