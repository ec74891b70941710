"""Request bodies, parsed only where they are new.

Claude Code sends the whole conversation again on every turn. What a new body shares byte for byte with an earlier one,
whole messages from the front and everything after the last message, comes back as the very same Python objects;
only the messages between are parsed. Whoever gets a body must not change anything in it.

A body is remembered only when it is written as JavaScript's `JSON.stringify` and orjson write, because that is how the
places of its messages are found without a parser of our own. Any other body is parsed whole each time.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ccr_proxy.json_codec import JsonObject, dumps, loads

_CONVERSATIONS = 32
_TOTAL_BYTES = 24 * 1024 * 1024
# Bodies smaller than this are parsed faster than they are compared.
_SMALLEST = 4096
_STEP = 16 * 1024
# The session's id stands within so many of the last bytes; before them come tools that all sessions share.
_TELLING_END = 512


@dataclass(slots=True)
class SeenBody:
    """A parsed body. `known` is for what others work out about its parts, by `id()` of the part: it lives and is
    dropped together with the parts."""

    value: Any
    known: dict[int, Any]


@dataclass(slots=True)
class _Conversation:
    raw: bytes
    head: bytes  # up to the bracket that opens `messages`
    tail: bytes  # from the bracket that closes it
    body: JsonObject
    ends: list[int]  # where each message ends in `raw`
    known: dict[int, Any]


class SeenBodies:
    """Remembers the latest conversations, within a number and a size."""

    def __init__(self, conversations: int = _CONVERSATIONS, total_bytes: int = _TOTAL_BYTES) -> None:
        self._conversations = conversations
        self._total_bytes = total_bytes
        self._seen: list[_Conversation] = []  # the latest last

    def parse(self, raw: bytes) -> SeenBody:
        """The body as `loads(raw)` gives it. Raises ValueError when it is not JSON."""
        if len(raw) < _SMALLEST:
            return SeenBody(loads(raw), {})
        for position in range(len(self._seen) - 1, -1, -1):
            body = _continued(self._seen[position], raw)
            if body is not None:
                self._seen.append(self._seen.pop(position))
                return body
        body = SeenBody(loads(raw), {})
        conversation = _located(raw, body)
        if conversation is not None:
            self._remember(conversation)
        return body

    def _remember(self, conversation: _Conversation) -> None:
        self._seen.append(conversation)
        while len(self._seen) > self._conversations or sum(len(seen.raw) for seen in self._seen) > self._total_bytes:
            self._seen.pop(0)


def _continued(seen: _Conversation, raw: bytes) -> SeenBody | None:
    """The body of `raw` if it continues `seen`, which then stands for `raw`."""
    if not raw.endswith(seen.tail[-_TELLING_END:]) or not raw.startswith(seen.head) or not raw.endswith(seen.tail):
        return None
    limit = min(len(raw), len(seen.raw)) - len(seen.tail)
    shared = bisect_right(seen.ends, _shared_length(raw, seen.raw, limit))
    if shared == 0:
        return None
    middle = raw[seen.ends[shared - 1] : len(raw) - len(seen.tail)]
    if middle and not middle.startswith(b","):
        return None
    old = seen.body["messages"]
    new = loads(b"[" + middle[1:] + b"]")
    for message in old[shared:]:
        seen.known.pop(id(message), None)
    seen.body = {**seen.body, "messages": [*old[:shared], *new]}
    seen.ends = seen.ends[:shared]
    seen.ends += _ends_of(raw, seen.ends[-1], new)
    seen.raw = raw
    return SeenBody(seen.body, seen.known)


def _located(raw: bytes, body: SeenBody) -> _Conversation | None:
    """Where the messages stand in `raw`; None when it is not written in the usual way."""
    value = body.value
    messages = value.get("messages") if isinstance(value, dict) else None
    if not isinstance(messages, list) or not messages:
        return None
    head = b"{"
    for key, field in value.items():
        head += dumps(key) + b":"
        if key == "messages":
            break
        head += dumps(field) + b","
    head += b"["
    if not raw.startswith(head):
        return None
    ends = [end - 1 for end in _ends_of(b"," + raw[len(head) :], 0, messages)]
    ends = [len(head) + end for end in ends]
    if len(ends) != len(messages):
        return None
    return _Conversation(raw, head, raw[ends[-1] :], value, ends, body.known)


def _ends_of(raw: bytes, start: int, messages: list[Any]) -> Iterator[int]:
    """The end of each message, as long as they stand in `raw` as orjson writes them, from a comma at `start` on."""
    for message in messages:
        written = b"," + dumps(message)
        if not isinstance(message, dict) or not raw.startswith(written, start):
            return
        start += len(written)
        yield start


def _shared_length(one: bytes, other: bytes, limit: int) -> int:
    """How many bytes from the front are equal, at most `limit`. Slices are compared in C."""
    length = 0
    while length < limit and one[length : length + _STEP] == other[length : length + _STEP]:
        length += _STEP
    size = _STEP // 2
    while size and length < limit:
        if one[length : length + size] == other[length : length + size]:
            length += size
        size //= 2
    return min(length, limit)
