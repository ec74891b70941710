"""The attempts of one request: target after target, key after key, until one has answered."""

from __future__ import annotations

import logging
from dataclasses import replace

from aiohttp import web

from ccr_proxy.availability.classify import Cause
from ccr_proxy.availability.run import Attempt, Run
from ccr_proxy.errors import ClientFault, GatewayError, UpstreamFault
from ccr_proxy.json_codec import JsonObject, loads
from ccr_proxy.protocols.empty_answer import EmptyAnswer
from ccr_proxy.protocols.errors import fault_from
from ccr_proxy.protocols.repairs import Lesson, lesson_from
from ccr_proxy.protocols.usage import Usage
from ccr_proxy.server.answer_headers import answer_headers, refusal_headers
from ccr_proxy.server.ask import ask_for
from ccr_proxy.server.delivery import Delivery
from ccr_proxy.server.exchange import Exchange
from ccr_proxy.server.gateway import Destination
from ccr_proxy.server.outgoing import write_request
from ccr_proxy.server.whole_answer import json_body, whole_answer, without_content
from ccr_proxy.upstream.connection import IncomingAnswer, OutgoingRequest

# Different fields of one request may be refused one after the other.
_MAXIMUM_LESSONS = 4

_log = logging.getLogger("ccr_proxy.requests")


async def first_answer(exchange: Exchange) -> web.StreamResponse:
    """The answer of the first target that gives one. Raises GatewayError when none does."""
    gateway = exchange.gateway
    run = gateway.availability.start(ask_for(exchange.asked, exchange.decision))
    delivery = Delivery(exchange) if exchange.asked.facts.stream else None
    with gateway.recent.recording(exchange, run.trace), gateway.pulse.watching(delivery):
        async for attempt in run:
            async with attempt:
                try:
                    response = await _attempt(exchange, run, attempt, delivery)
                except GatewayError as fault:
                    response = await _fail(exchange, attempt, delivery, fault)
                if response is not None:
                    return response
        failure = run.failure()
        if isinstance(failure, EmptyAnswer) and exchange.silence is not None:
            return await _say_nothing(exchange, run, delivery, exchange.silence)
        if delivery is not None and delivery.opened:
            return await delivery.give_up(failure)
        raise _told(failure, run)


async def _say_nothing(
    exchange: Exchange, run: Run, delivery: Delivery | None, silence: EmptyAnswer
) -> web.StreamResponse:
    """Nobody had anything to say, and one of them is known to mean it: that is the answer."""
    exchange.usage = silence.usage
    silence.headers = {**silence.headers, "x-ccr-attempts": run.trace.header()}
    return without_content(exchange, silence) if delivery is None else await delivery.say_nothing(silence)


def _told(failure: GatewayError, run: Run) -> GatewayError:
    """The failure of all attempts, and in its headers what was tried."""
    if len(run.trace):
        failure.headers = {**failure.headers, "x-ccr-attempts": run.trace.header()}
    return failure


async def _fail(
    exchange: Exchange, attempt: Attempt, delivery: Delivery | None, fault: GatewayError
) -> web.StreamResponse | None:
    """Tell what came of an attempt. The response, when the client has seen too much for another to follow."""
    _log.warning("%s %s failed: %s %s", exchange.request_id, attempt.target, fault.status, fault.message)
    cause = Cause(fault.cause) if isinstance(fault, UpstreamFault) else Cause.ANSWER
    if delivery is not None and delivery.can_be_taken_up:
        # The client has text, and the call after it broke off: the next attempt shows only what is new.
        exchange.notes.append(f"taken up again after: {fault.message}")
        attempt.taken_up(fault, cause)
        delivery.take_up_again()
        return None
    attempt.failed(fault, cause)
    return await delivery.give_up(fault) if delivery is not None and delivery.has_shown_content else None


async def _attempt(
    exchange: Exchange, run: Run, attempt: Attempt, delivery: Delivery | None
) -> web.StreamResponse | None:
    """The answer of one target; None when it is to be asked again, by another request."""
    to = exchange.gateway.destination(attempt.target.provider_name, attempt.target.model)
    key = attempt.key.secret or to.provider.api_key
    lessons = exchange.lessons_for(to.label)
    try:
        outgoing, sent = write_request(exchange, to, key, lessons)
    except ClientFault as fault:
        # What one target cannot express another may.
        raise UpstreamFault(fault.status, fault.message, fault.type, cause="encoding") from fault
    try:
        return await _ask(exchange, run, attempt, delivery, to, outgoing)
    except UpstreamFault as fault:
        lesson = _lesson(fault, sent, lessons)
        if lesson is None:
            raise
        _learn(exchange, to, lesson)
        attempt.changed(fault)
        return None


async def _ask(
    exchange: Exchange,
    run: Run,
    attempt: Attempt,
    delivery: Delivery | None,
    to: Destination,
    outgoing: OutgoingRequest,
) -> web.StreamResponse:
    response: web.StreamResponse
    async with exchange.gateway.upstream.send(outgoing) as incoming:
        if incoming.status >= 300:
            raise await _refusal(to, incoming)
        headers = answer_headers(exchange, to, incoming, run.trace)
        try:
            if delivery is None:
                usage, response = await whole_answer(exchange, to, incoming, headers, attempt)
            elif "event-stream" in incoming.headers.get("content-type", ""):
                usage = await delivery.relay(incoming, to, headers, attempt)
                response = await delivery.done()
            else:
                usage = await delivery.relay_whole(await json_body(to, incoming), to, headers, attempt)
                response = await delivery.done()
        except EmptyAnswer as empty:
            if to.protocol.name == "anthropic":
                exchange.silence = replace(empty, headers=headers)
            raise
        await incoming.goodbye()
    _take_in(exchange, attempt, to, usage)
    return response


def _take_in(exchange: Exchange, attempt: Attempt, to: Destination, usage: Usage) -> None:
    exchange.usage = usage
    attempt.answered()
    attempt.used(usage)
    exchange.gateway.calibration.learn(to.label, exchange.asked.facts.tokens_for(to.target.model), usage)
    _log.info(
        "%s %s %s; %s in, %s out",
        exchange.request_id,
        to.label,
        exchange.decision.reason,
        usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens,
        usage.output_tokens,
    )
    if exchange.notes:
        _log.debug("%s %s", exchange.request_id, "; ".join(dict.fromkeys(exchange.notes)))


def _lesson(fault: UpstreamFault, sent: JsonObject, known: list[Lesson]) -> Lesson | None:
    if fault.status not in (400, 422) or fault.cause != "answer" or len(known) >= _MAXIMUM_LESSONS:
        return None
    lesson = lesson_from(fault.message, sent)
    return None if lesson in known else lesson


def _learn(exchange: Exchange, to: Destination, lesson: Lesson) -> None:
    exchange.notes.append(f"changed after a refusal: {lesson.kind} {lesson.field}")
    exchange.lessons_for(to.label).append(lesson)
    if lesson.lasting:
        exchange.gateway.lessons.setdefault(to.label, []).append(lesson)


async def _refusal(to: Destination, incoming: IncomingAnswer) -> UpstreamFault:
    body = await incoming.read()
    fault = fault_from(incoming.status, body, refusal_headers(incoming))
    if to.protocol.name == "anthropic" and _is_anthropic_error(body):
        fault.body = body
    return fault


def _is_anthropic_error(body: bytes) -> bool:
    try:
        value = loads(body)
    except ValueError:
        return False
    return isinstance(value, dict) and value.get("type") == "error" and isinstance(value.get("error"), dict)
