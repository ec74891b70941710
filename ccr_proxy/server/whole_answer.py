"""An answer for a client that waits for all of it."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from ccr_proxy.availability.run import Attempt
from ccr_proxy.errors import UpstreamFault
from ccr_proxy.json_codec import JsonObject, as_object, dumps, loads
from ccr_proxy.protocols.anthropic.usage import read_usage
from ccr_proxy.protocols.anthropic_events import MessageFolder
from ccr_proxy.protocols.empty_answer import EmptyAnswer, empty_answer, needs_content, says_nothing
from ccr_proxy.protocols.errors import fault_in_answer
from ccr_proxy.protocols.inbound import ANTHROPIC
from ccr_proxy.protocols.message_stream import MessageStream
from ccr_proxy.protocols.usage import Usage
from ccr_proxy.server.exchange import Exchange
from ccr_proxy.server.gateway import Destination
from ccr_proxy.server.until_the_end import until_the_end
from ccr_proxy.upstream.connection import IncomingAnswer


async def whole_answer(
    exchange: Exchange, to: Destination, incoming: IncomingAnswer, headers: Mapping[str, str], attempt: Attempt
) -> tuple[Usage, web.Response]:
    """Read a provider's whole answer, also one that it streams, and write it for the client.

    Raises UpstreamFault when there is none.
    """
    client, own = exchange.asked.client, exchange.asked.own
    streamed = "event-stream" in incoming.headers.get("content-type", "")
    if not streamed and to.protocol.name == "anthropic" and client is ANTHROPIC and not to.chain.changes_answer:
        answer = await json_body(to, incoming)
        usage = read_usage(as_object(answer.get("usage")))
        attempt.measured_by(lambda: usage)
        if _is_empty(answer):
            raise empty_answer(usage)
        response = _response({**answer, "model": exchange.model}, headers)
        exchange.note_ids(response, answer.get("id"))
        return usage, response
    folder = MessageFolder()
    stream = MessageStream(
        folder,
        message_id=exchange.message_id,
        model=exchange.model,
        estimated_input=exchange.estimated_input(to.target.provider, to.target.model),
    )
    attempt.measured_by(stream.spent)
    sink = to.answer_sink(stream, to.context(exchange.asked.body, exchange.notes))
    if streamed:
        decoder = to.protocol.decoder(sink, to.origin)
        try:
            async for chunk in until_the_end(incoming, lambda: decoder.closing, exchange.gateway.grace):
                decoder.feed(chunk)
        except UpstreamFault as fault:
            stream.broke_off(fault)
        decoder.end()
    else:
        to.protocol.decode_whole(await json_body(to, incoming), sink, to.origin)
    if stream.failure is not None:
        raise stream.failure
    response = _response(client.whole(folder.message, own, exchange.created), headers)
    exchange.note_ids(response, stream.message_id)
    return stream.final_usage(), response


def without_content(exchange: Exchange, answer: EmptyAnswer) -> web.Response:
    """The whole answer that is meant to have no content."""
    folder = MessageFolder()
    stream = MessageStream(folder, message_id=exchange.message_id, model=exchange.model, estimated_input=0)
    stream.say_nothing(answer.usage)
    body = exchange.asked.client.whole(folder.message, exchange.asked.own, exchange.created)
    return _response(body, answer.headers)


def _is_empty(answer: JsonObject) -> bool:
    """Whether an Anthropic answer has nothing in it that it should have."""
    content = answer.get("content")
    blocks = content if isinstance(content, list) else []
    return needs_content(answer.get("stop_reason")) and all(says_nothing(as_object(block)) for block in blocks)


async def json_body(to: Destination, incoming: IncomingAnswer) -> JsonObject:
    """The JSON object of a 200. Raises UpstreamFault when the body is none, or an error."""
    data = await incoming.read()
    try:
        answer = loads(data)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        excerpt = data[:200].decode("utf-8", "replace")
        raise UpstreamFault(502, f"{to.label} answered 200 with something that is not JSON: {excerpt}", cause="garbled")
    if answer.get("error") or answer.get("type") == "error":
        raise fault_in_answer(answer)
    return answer


def _response(body: JsonObject, headers: Mapping[str, str]) -> web.Response:
    return web.Response(body=dumps(body), headers=headers, content_type="application/json")
