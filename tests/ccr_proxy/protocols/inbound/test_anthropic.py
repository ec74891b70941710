"""The hub's own format as a client format."""

from __future__ import annotations

from ccr_proxy.protocols.anthropic_events import SseWriter
from ccr_proxy.protocols.inbound.anthropic import FORMAT
from tests.ccr_proxy.protocols.inbound.telling import CREATED, say, told


def test_nothing_changes() -> None:
    body = {"model": "m", "messages": [], "anything": 1}
    message = {"id": "msg_1", "content": []}
    assert FORMAT.decode_request(body) is body
    assert FORMAT.left_out(body) == []
    assert FORMAT.whole(message, body, CREATED) is message
    assert told(FORMAT.stream_writer(body, CREATED), say("a")).take() == told(SseWriter(), say("a")).take()


def test_errors_have_anthropics_envelope() -> None:
    error = {"type": "overloaded_error", "message": "try later"}
    assert FORMAT.error(529, "overloaded_error", "try later", None) == {"type": "error", "error": error}
