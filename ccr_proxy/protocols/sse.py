"""Server-sent events: bytes in, `(event name, data)` pairs out, however the bytes were cut.

Grammar: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
One liberty: an event that the end of the stream leaves without its blank line is delivered by `end()`, because
several providers close the connection right after the last `data:` line.
"""

from __future__ import annotations

from ccr_proxy.errors import UpstreamFault

# An event may hold a whole generated image or file; a line without end must not fill the memory.
MAXIMUM_EVENT_BYTES = 64 * 1024 * 1024

Event = tuple[str, bytes]


class SseDecoder:
    """Incremental decoder of one stream; owns its state, so it is made per response."""

    __slots__ = ("_pending", "_started")

    def __init__(self) -> None:
        self._pending = b""
        self._started = False

    def feed(self, chunk: bytes) -> list[Event]:
        """The events completed by `chunk`. Raises UpstreamFault when one event exceeds MAXIMUM_EVENT_BYTES."""
        buffer = self._pending + chunk
        if not self._started:
            if b"\xef\xbb\xbf".startswith(buffer[:3]) and len(buffer) < 3:
                self._pending = buffer
                return []
            self._started = True
            buffer = buffer.removeprefix(b"\xef\xbb\xbf")
        held = b""
        if b"\r" in buffer:
            if buffer.endswith(b"\r"):  # the next chunk tells whether this is CR or the half of CRLF
                buffer, held = buffer[:-1], b"\r"
            buffer = buffer.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *blocks, rest = buffer.split(b"\n\n")
        self._pending = rest + held
        if len(self._pending) > MAXIMUM_EVENT_BYTES:
            raise UpstreamFault(502, f"the provider sent an event of more than {MAXIMUM_EVENT_BYTES} bytes")
        return [event for block in blocks if (event := _parse(block)) is not None]

    def end(self) -> list[Event]:
        """The event that the end of the stream completes, if any."""
        block, self._pending = self._pending, b""
        event = _parse(block.replace(b"\r", b"\n"))
        return [event] if event else []


def _parse(block: bytes) -> Event | None:
    if block.startswith(b"data: ") and b"\n" not in block:
        return "", block[6:]
    name, data = "", []
    for line in block.split(b"\n"):
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"data":
            data.append(value)
        elif field == b"event":
            name = value.decode("utf-8", "replace")
    return (name, b"\n".join(data)) if data else None
