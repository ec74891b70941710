"""Anthropic Messages as a client format: the hub's own, so nothing changes."""

from __future__ import annotations

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.anthropic_events import SseWriter
from ccr_proxy.protocols.inbound.client_format import ClientFormat


def _error(_status: int, error_type: str, message: str, _code: str | None) -> JsonObject:
    """The envelope without the request id, which the server adds (https://docs.anthropic.com/en/api/errors)."""
    return {"type": "error", "error": {"type": error_type, "message": message}}


FORMAT = ClientFormat(
    name="anthropic",
    decode_request=lambda body: body,
    left_out=lambda _body: [],
    stream_writer=lambda _body, _created: SseWriter(),
    whole=lambda message, _body, _created: message,
    error=_error,
)
