"""Writers of Anthropic events: as SSE bytes for a streaming client, or folded into one whole message.

The bytes come from templates: only strings are encoded, so that an event costs about a microsecond, and everything
written since the last `take()` leaves in one piece.
"""

from __future__ import annotations

from ccr_proxy.json_codec import JsonObject, dumps, loads
from ccr_proxy.protocols.usage import Usage

_TEXT = (
    b"event: content_block_delta\n"
    b'data: {"type":"content_block_delta","index":%d,"delta":{"type":"text_delta","text":%b}}\n\n'
)
_THINKING = _TEXT.replace(b'text_delta","text"', b'thinking_delta","thinking"')
_SIGNATURE = _TEXT.replace(b'text_delta","text"', b'signature_delta","signature"')
_INPUT_JSON = _TEXT.replace(b'text_delta","text"', b'input_json_delta","partial_json"')
_DELTA = b'event: content_block_delta\ndata: {"type":"content_block_delta","index":%d,"delta":%b}\n\n'
_BLOCK_START = b'event: content_block_start\ndata: {"type":"content_block_start","index":%d,"content_block":%b}\n\n'
_BLOCK_STOP = b'event: content_block_stop\ndata: {"type":"content_block_stop","index":%d}\n\n'
_MESSAGE_STOP = b'event: message_stop\ndata: {"type":"message_stop"}\n\n'


class SseWriter:
    """Collects events as bytes; `take()` hands over what has been written since the last call."""

    __slots__ = ("_parts",)

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def take(self) -> bytes:
        data = b"".join(self._parts)
        self._parts.clear()
        return data

    def message_start(self, message_id: str, model: str, usage: Usage) -> None:
        message = new_message(message_id, model, usage)
        self._event("message_start", {"type": "message_start", "message": message})

    def block_start(self, index: int, block: JsonObject) -> None:
        self._parts.append(_BLOCK_START % (index, dumps(block)))

    def text_delta(self, index: int, text: str) -> None:
        self._parts.append(_TEXT % (index, dumps(text)))

    def thinking_delta(self, index: int, text: str) -> None:
        self._parts.append(_THINKING % (index, dumps(text)))

    def signature_delta(self, index: int, signature: str) -> None:
        self._parts.append(_SIGNATURE % (index, dumps(signature)))

    def input_json_delta(self, index: int, fragment: str) -> None:
        self._parts.append(_INPUT_JSON % (index, dumps(fragment)))

    def block_delta(self, index: int, delta: JsonObject) -> None:
        self._parts.append(_DELTA % (index, dumps(delta)))

    def block_stop(self, index: int) -> None:
        self._parts.append(_BLOCK_STOP % index)

    def message_delta(self, stop_reason: str, stop_sequence: str | None, usage: Usage) -> None:
        delta = {"stop_reason": stop_reason, "stop_sequence": stop_sequence}
        self._event("message_delta", {"type": "message_delta", "delta": delta, "usage": usage.as_anthropic()})

    def message_stop(self) -> None:
        self._parts.append(_MESSAGE_STOP)

    def error(self, error_type: str, message: str) -> None:
        self._event("error", {"type": "error", "error": {"type": error_type, "message": message}})

    def _event(self, name: str, data: JsonObject) -> None:
        self._parts.append(b"event: %b\ndata: %b\n\n" % (name.encode(), dumps(data)))


class MessageFolder:
    """Folds the events into the whole message that a non-streaming client gets (`message`)."""

    def __init__(self) -> None:
        self.message: JsonObject = {}
        self._fragments: list[str] = []

    def message_start(self, message_id: str, model: str, usage: Usage) -> None:
        self.message = new_message(message_id, model, usage)

    def block_start(self, index: int, block: JsonObject) -> None:
        self._fragments = []
        self.message["content"].append(dict(block))

    def text_delta(self, index: int, text: str) -> None:
        self._fragments.append(text)

    thinking_delta = input_json_delta = text_delta

    def signature_delta(self, index: int, signature: str) -> None:
        self.message["content"][index]["signature"] = signature

    def block_delta(self, index: int, delta: JsonObject) -> None:
        block = self.message["content"][index]
        if delta.get("type") == "citations_delta":
            block.setdefault("citations", []).append(delta.get("citation"))
        else:
            block.update({key: value for key, value in delta.items() if key != "type"})

    def block_stop(self, index: int) -> None:
        block, filled = self.message["content"][index], "".join(self._fragments)
        kind = block.get("type")
        if kind == "text" or kind == "thinking":
            block[kind] += filled
        elif filled:
            block["input"] = _arguments(filled)

    def message_delta(self, stop_reason: str, stop_sequence: str | None, usage: Usage) -> None:
        self.message.update(stop_reason=stop_reason, stop_sequence=stop_sequence, usage=usage.as_anthropic())

    def message_stop(self) -> None:
        return None

    def error(self, error_type: str, message: str) -> None:
        return None  # the caller reads MessageStream.failure and answers with a status


def new_message(message_id: str, model: str, usage: Usage) -> JsonObject:
    """A message before its first block."""
    return {
        "id": message_id,
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": usage.as_anthropic(),
    }


def _arguments(text: str) -> JsonObject:
    """Tool input must be an object. What does not parse is kept the way Claude Code itself reports such input."""
    try:
        value = loads(text)
    except ValueError:
        value = None
    if isinstance(value, dict):
        return value
    return {"__unparsedToolInput": {"raw": text, "len": len(text)}}
