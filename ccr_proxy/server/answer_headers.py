"""The headers of an answer: which request it is, who answered, and why."""

from __future__ import annotations

from collections.abc import Iterable

from ccr_proxy.availability.trace import Trace
from ccr_proxy.server.exchange import Exchange
from ccr_proxy.server.gateway import Destination
from ccr_proxy.upstream.connection import IncomingAnswer

# What of a provider's refusal goes on to the client, besides all about rate limits.
_FORWARDED_OF_REFUSALS = ("retry-after", "retry-after-ms", "x-should-retry", "request-id")


def answer_headers(exchange: Exchange, to: Destination, incoming: IncomingAnswer, trace: Trace) -> dict[str, str]:
    """`x-ccr-*` says where the request went. An Anthropic-speaking provider's own headers go through."""
    headers = {
        "request-id": exchange.request_id,
        "x-ccr-route": exchange.decision.route,
        "x-ccr-provider": to.target.provider,
        "x-ccr-model": to.target.model,
        "x-ccr-reason": exchange.decision.reason,
    }
    if len(trace):
        headers["x-ccr-attempts"] = trace.header()
    if to.protocol.name == "anthropic":
        headers |= _own(incoming.headers.items())
    return {name: _one_line(value) for name, value in headers.items()}


def refusal_headers(incoming: IncomingAnswer) -> dict[str, str]:
    """The headers of a refusal that tell when to ask again, and which request it was."""
    return {
        name.lower(): value
        for name, value in incoming.headers.items()
        if name.lower() in _FORWARDED_OF_REFUSALS or "ratelimit" in name.lower()
    }


def _own(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {
        name: value for name, value in headers if name.lower() == "request-id" or name.lower().startswith("anthropic-")
    }


def _one_line(value: str) -> str:
    """HTTP headers are one line; what is not ASCII is shown as a question mark."""
    return value.encode("ascii", "replace").decode().replace("\n", " ").replace("\r", " ")
