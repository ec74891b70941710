"""The request to a provider, written: body in its words, address, key, waiting times."""

from __future__ import annotations

from collections.abc import Mapping

from ccr_proxy.config.schema import Config, Timeouts
from ccr_proxy.json_codec import JsonObject, dumps
from ccr_proxy.protocols import repairs
from ccr_proxy.protocols.anthropic.request import encode_bytes
from ccr_proxy.protocols.repairs import Lesson
from ccr_proxy.server.gateway import Destination
from ccr_proxy.upstream.connection import DEMO_URL, OutgoingRequest, Waiting
from ccr_proxy.version import __version__

_ANTHROPIC_VERSION = "2023-06-01"


def write_request(
    raw: bytes,
    body: JsonObject,
    client_headers: Mapping[str, str],
    query: str,
    to: Destination,
    lessons: list[Lesson],
    config: Config,
) -> tuple[OutgoingRequest, JsonObject]:
    """The request for one destination, and its body as sent (for learning from a refusal).

    `raw` is the client's body and `body` the same parsed; where both sides speak Anthropic the bytes go on as they are.
    Raises ClientFault for content that the destination cannot express.
    """
    stream = body.get("stream") is True
    base = DEMO_URL if to.provider.protocol == "demo" else to.provider.api_base_url
    url = to.protocol.url(base, to.target.model, stream)
    headers = {"content-type": "application/json", "accept-encoding": "identity"}
    if to.protocol.name == "anthropic":
        headers |= _anthropic_headers(client_headers)
        url = f"{url}?{query}" if query and "?" not in url else url
        sent = body
        data = encode_bytes(raw, body, to.target)
        if lessons:
            sent = repairs.apply(lessons, to.protocol.encode(body, to.target).body)
            data = dumps(sent)
    else:
        headers["user-agent"] = f"zcf/{__version__}"
        sent = repairs.apply(lessons, to.protocol.encode(body, to.target).body)
        data = dumps(sent)
    headers |= dict(to.protocol.headers(to.provider.api_key))
    headers |= to.provider.headers
    outgoing = OutgoingRequest(
        to.target.provider, to.target.model, url, headers, data, waiting_times(config.timeouts), config.proxy_url
    )
    return outgoing, sent


def waiting_times(timeouts: Timeouts) -> Waiting:
    """Seconds from the configuration's milliseconds; 0 there means to wait for ever."""
    return Waiting(
        *(
            milliseconds / 1000 or None
            for milliseconds in (timeouts.connect_ms, timeouts.first_byte_ms, timeouts.idle_ms)
        )
    )


def _anthropic_headers(client_headers: Mapping[str, str]) -> dict[str, str]:
    """What an Anthropic-speaking provider gets from the client: an open list, never the client's credentials."""
    kept = {
        name.lower(): value
        for name, value in client_headers.items()
        if name.lower().startswith("anthropic-") or name.lower() in ("user-agent", "x-app")
    }
    return {"anthropic-version": _ANTHROPIC_VERSION, **kept}
