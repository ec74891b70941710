"""What every client format offers to the server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.message_stream import EventWriter


class StreamWriter(EventWriter, Protocol):
    """An EventWriter whose events become the client's server-sent events."""

    def take(self) -> bytes:
        """What has been written since the last call."""


@dataclass(frozen=True, slots=True)
class ClientFormat:
    """One client format. `body` is always the request as the client sent it; `created` is Unix time in seconds.

    decode_request: the client's body -> Anthropic Messages body; raises ClientFault (400) naming the field that cannot
        be expressed
    left_out: the names of the tuning fields of a body that `decode_request` does not carry
    stream_writer: (body, created) -> a fresh writer for one streamed answer
    whole: (finished Anthropic message, body, created) -> the client's whole answer
    error: (HTTP status, Anthropic error type, message, code or None) -> the error body
    """

    name: str
    decode_request: Callable[[JsonObject], JsonObject]
    left_out: Callable[[JsonObject], list[str]]
    stream_writer: Callable[[JsonObject, int], StreamWriter]
    whole: Callable[[JsonObject, JsonObject, int], JsonObject]
    error: Callable[[int, str, str, str | None], JsonObject]
