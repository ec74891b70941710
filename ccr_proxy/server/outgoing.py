"""The request to a provider, written: body in its words, address, key, waiting times."""

from __future__ import annotations

from collections.abc import Mapping

from ccr_proxy.config.schema import Timeouts
from ccr_proxy.json_codec import JsonObject, dumps
from ccr_proxy.protocols import repairs
from ccr_proxy.protocols.anthropic.request import encode_bytes
from ccr_proxy.protocols.repairs import Lesson
from ccr_proxy.server.exchange import Exchange
from ccr_proxy.server.gateway import Destination
from ccr_proxy.upstream.connection import DEMO_URL, OutgoingRequest, Waiting
from ccr_proxy.version import __version__

_ANTHROPIC_VERSION = "2023-06-01"


def write_request(
    exchange: Exchange, to: Destination, key: str, lessons: list[Lesson]
) -> tuple[OutgoingRequest, JsonObject]:
    """The request for one destination, and its body as sent (for learning from a refusal).

    Where both sides speak Anthropic and nothing is to be changed, the client's bytes go on as they are. Raises
    ClientFault for content that the destination cannot express.
    """
    body, raw = exchange.asked.body, exchange.asked.raw
    if to.protocol.name == "anthropic" and raw is not None and not lessons and not to.chain.changes_request:
        sent, data = body, encode_bytes(raw, body, to.target)
    else:
        sent = _encoded(exchange, to, lessons)
        data = dumps(sent)
    return _addressed(exchange, to, key, _url(exchange, to), data), sent


def write_count(exchange: Exchange, to: Destination, key: str) -> OutgoingRequest | None:
    """The request for the number of tokens that `write_request` would send; None where the destination has no such.

    Raises GatewayError for what the destination cannot express, or where its address cannot be told.
    """
    counting = to.protocol.counting
    url = counting.url(_url(exchange, to)) if counting else None
    if counting is None or url is None:
        return None
    encoded = _encoded(exchange, to, exchange.gateway.lessons.get(to.label, []))
    return _addressed(exchange, to, key, url, dumps(counting.body(encoded, to.target)))


def waiting_times(timeouts: Timeouts) -> Waiting:
    """Seconds from the configuration's milliseconds; 0 there means to wait for ever."""
    return Waiting(
        *(
            milliseconds / 1000 or None
            for milliseconds in (timeouts.connect_ms, timeouts.first_byte_ms, timeouts.idle_ms)
        )
    )


def _url(exchange: Exchange, to: Destination) -> str:
    body = exchange.asked.body
    base = DEMO_URL if to.provider.protocol == "demo" else to.provider.api_base_url
    url = to.protocol.url(base, to.target.model, body.get("stream") is True)
    return to.chain.url(url, to.context(body, exchange.notes))


def _encoded(exchange: Exchange, to: Destination, lessons: list[Lesson]) -> JsonObject:
    """The body in the destination's words, as its transformers and what it refused before want it."""
    context = to.context(exchange.asked.body, exchange.notes)
    encoded = to.encode(exchange.asked.body, context)
    exchange.notes += (f"left out: {field}" for field in encoded.left_out)
    return repairs.apply(lessons, to.chain.request(encoded.body, context))


def _addressed(exchange: Exchange, to: Destination, key: str, url: str, data: bytes) -> OutgoingRequest:
    headers = {"content-type": "application/json", "accept-encoding": "identity"}
    if to.protocol.name == "anthropic":
        headers |= _anthropic_headers(exchange.request.headers)
        query = exchange.request.query_string
        url = f"{url}?{query}" if query and "?" not in url else url
    else:
        headers["user-agent"] = f"zcf/{__version__}"
    headers |= to.chain.headers(to.protocol.headers(key))
    headers |= to.provider.headers
    config = exchange.gateway.config
    waiting = waiting_times(config.timeouts)
    return OutgoingRequest(to.target.provider, to.target.model, url, headers, data, waiting, config.proxy_url)


def _anthropic_headers(client_headers: Mapping[str, str]) -> dict[str, str]:
    """What an Anthropic-speaking provider gets from the client: an open list, never the client's credentials."""
    kept = {
        name.lower(): value
        for name, value in client_headers.items()
        if name.lower().startswith("anthropic-") or name.lower() in ("user-agent", "x-app")
    }
    return {"anthropic-version": _ANTHROPIC_VERSION, **kept}
