"""A Responses answer, streamed or whole, told to an AnswerSink.

The same content may come up to four times: as deltas, in the part's `done`, in the item's `done` and in the final
response; and each of them may be missing. Every later telling therefore shows only what the earlier ones had not.
(https://platform.openai.com/docs/api-reference/responses-streaming)
"""

from __future__ import annotations

from typing import Any

from ccr_proxy.errors import UpstreamFault
from ccr_proxy.json_codec import JsonObject, dumps, loads
from ccr_proxy.protocols.answer import Closing
from ccr_proxy.protocols.answer_sink import AnswerSink
from ccr_proxy.protocols.errors import fault_in_answer, not_json
from ccr_proxy.protocols.openai_responses.events import (
    DELTAS,
    ENDS,
    FUNCTION_CALL,
    MESSAGE,
    PARTS,
    PARTS_DONE,
    REASONING,
    REQUEST_FAULTS,
    SILENT,
    WEB_SEARCH_CALL,
    WHOLES,
)
from ccr_proxy.protocols.openai_responses.output_items import OutputItem, OutputItems
from ccr_proxy.protocols.openai_responses.reasoning import payload_of
from ccr_proxy.protocols.openai_responses.web_search import WebSearches
from ccr_proxy.protocols.signatures import wrap
from ccr_proxy.protocols.sse import SseDecoder
from ccr_proxy.protocols.usage import Usage, whole

_FINAL = ("completed", "incomplete", "failed", "cancelled")


class ResponsesDecoder:
    """Decoder of one streamed answer."""

    def __init__(self, stream: AnswerSink, origin: str) -> None:
        self._stream = stream
        self._sse = SseDecoder()
        self._reader = _ResponseReader(stream, origin)

    @property
    def closing(self) -> Closing:
        return Closing.CERTAIN if self._reader.ended else Closing.NOT_YET

    def feed(self, chunk: bytes) -> None:
        for name, data in self._sse.feed(chunk):
            if name in SILENT or not data or data.startswith(b"[DONE]"):
                continue
            try:
                event = loads(data)
            except ValueError:
                self._stream.fail(not_json(data))
                return
            if isinstance(event, dict):
                self._reader.event(event.get("type") or name, event)

    def end(self) -> None:
        for name, data in self._sse.end():
            try:
                event = loads(data)
            except ValueError:
                continue  # half an event is what a cut leaves behind; the grammar reports the cut
            if isinstance(event, dict):
                self._reader.event(event.get("type") or name, event)
        self._stream.end()


def decode_whole(answer: JsonObject, stream: AnswerSink, origin: str) -> None:
    """Read an answer that came as one JSON object."""
    _ResponseReader(stream, origin).whole(answer)
    stream.end()


class _ResponseReader:
    """Reads the events of one answer; a whole answer is its last event alone."""

    def __init__(self, stream: AnswerSink, origin: str) -> None:
        self._stream = stream
        self._origin = origin
        self._items = OutputItems()
        self._searches = WebSearches()
        self._latest: OutputItem | None = None  # the item that was last shown
        self._refused = False
        self.ended = False

    def event(self, kind: object, event: JsonObject) -> None:
        """Take one event; what follows the final one is ignored."""
        if self.ended or not isinstance(kind, str):
            return
        if channel := DELTAS.get(kind):
            part = _number(event.get(channel.part_field))
            self._show(self._items.of(event, channel.item), channel.name, part, event.get("delta"))
        elif channel := WHOLES.get(kind):
            part = _number(event.get(channel.part_field))
            self._show_rest(self._items.of(event, channel.item), channel.name, part, event.get(channel.text_field))
        elif kind == "response.output_item.added":
            self._item_added(event, _object(event.get("item")))
        elif kind == "response.output_item.done":
            whole_item = _object(event.get("item"))
            self._finish_item(self._items.done(event, whole_item), whole_item)
        elif kind in PARTS_DONE:
            self._part_done(event, _object(event.get("part")))
        elif kind == "response.output_text.annotation.added":
            self._cite(self._items.of(event, MESSAGE), event.get("annotation"))
        elif kind in ENDS:
            self._finish(_object(event.get("response")), ENDS[kind])
        elif kind == "error" or event.get("error"):
            self._fail(event)

    def whole(self, answer: JsonObject) -> None:
        """Take a whole answer."""
        status = answer.get("status")
        if status is None and isinstance(answer.get("output"), list):
            status = "completed"
        if answer.get("error") or status in _FINAL:
            self._finish(answer, str(status))
        else:
            self._stream.fail(UpstreamFault(502, f"the provider's answer is not a finished response: {status!r}"))

    # Content

    def _show(self, item: OutputItem, channel: str, index: int, text: object) -> None:
        if not isinstance(text, str) or not text:
            return
        fragments = item.shown.get((channel, index))
        if channel == "arguments":
            self._stream.tool_arguments(item, text)
        elif item.kind == REASONING:
            if item.source and item.source != channel:
                return
            item.source = channel
            self._stream.thinking(text if fragments or self._begins_block(item) else "\n\n" + text)
        else:
            self._refused |= channel == "refusal"
            self._stream.text(text)
        self._latest = item
        if fragments is None:
            fragments = item.shown[channel, index] = []
        fragments.append(text)

    def _begins_block(self, item: OutputItem) -> bool:
        """Whether reasoning starts on its own; parts that share a thinking block are set apart."""
        latest = self._latest
        return latest is None or latest.kind != REASONING or (latest is not item and latest.signed)

    def _show_rest(self, item: OutputItem, channel: str, index: int, text: object) -> None:
        """Show what the deltas had not; a text that contradicts them adds nothing."""
        if isinstance(text, str):
            shown = "".join(item.shown.get((channel, index), ()))
            if text.startswith(shown):
                self._show(item, channel, index, text[len(shown) :])

    def _show_part(self, item: OutputItem, index: int, part: JsonObject) -> None:
        if channel := PARTS.get(_text(part.get("type"))):
            self._show_rest(item, channel.name, index, part.get(channel.text_field))
        annotations = part.get("annotations")
        for annotation in annotations if isinstance(annotations, list) else ():
            self._cite(item, annotation)

    def _cite(self, item: OutputItem, annotation: object) -> None:
        if citation := self._searches.cite(annotation, number=item.number):
            self._stream.citation(citation)

    # Items

    def _item_added(self, event: JsonObject, item: JsonObject) -> None:
        """Only the head counts: content that is here already comes again when it is finished."""
        known = self._items.added(event, item)
        if known.kind == FUNCTION_CALL:
            self._latest = known
            self._stream.tool_call(known, call_id=_text(item.get("call_id")), name=_text(item.get("name")))

    def _part_done(self, event: JsonObject, part: JsonObject) -> None:
        if channel := PARTS.get(_text(part.get("type"))):
            item = self._items.of(event, channel.item)
            self._show_part(item, _number(event.get(channel.part_field)), part)

    def _finish_item(self, known: OutputItem, item: JsonObject) -> None:
        if known.kind == MESSAGE:
            self._show_parts(known, item.get("content"))
        elif known.kind == REASONING:
            self._show_parts(known, item.get("content"))
            self._show_parts(known, item.get("summary"))
            self._sign(known, item)
        elif known.kind == FUNCTION_CALL:
            self._finish_call(known, item)
        elif known.kind == WEB_SEARCH_CALL and not known.finished:
            self._latest = known
            for block in self._searches.call(item):
                self._stream.block(block)
        known.finished = True

    def _show_parts(self, known: OutputItem, parts: object) -> None:
        if isinstance(parts, str):
            parts = [{"type": "output_text", "text": parts}]
        for index, part in enumerate(parts if isinstance(parts, list) else ()):
            self._show_part(known, index, _object(part))

    def _finish_call(self, known: OutputItem, item: JsonObject) -> None:
        self._latest = known
        call_id = _text(item.get("call_id")) or _text(item.get("id"))
        self._stream.tool_call(known, call_id=call_id, name=_text(item.get("name")))
        arguments = item.get("arguments")
        text = dumps(arguments).decode() if isinstance(arguments, dict) else arguments
        self._show_rest(known, "arguments", 0, text)
        self._stream.tool_done(known)

    def _sign(self, known: OutputItem, item: JsonObject) -> None:
        """Sign in place; reasoning that turns out to be signable after other content was shown is left unsigned,
        because a block at another place would not be accepted there."""
        if known.signed or (self._latest is not None and self._latest.number > known.number):
            return
        payload = payload_of(item, has_text=known.source == "reasoning_text")
        if payload is not None:
            self._latest, known.signed = known, True
            self._stream.signature(wrap(self._origin, payload))

    # The end

    def _finish(self, response: JsonObject, status: str) -> None:
        status = _text(response.get("status")) if response.get("status") in _FINAL else status
        if response.get("error") or status in ("failed", "cancelled"):
            error = response.get("error") or {"message": f"the provider ended the answer as {status}"}
            self._fail({"error": error})
            return
        output = response.get("output")
        finished = [item for item in output if isinstance(item, dict)] if isinstance(output, list) else []
        for known, item in self._items.reconciled(finished):
            self._finish_item(known, item)
        for block in self._searches.results():
            self._stream.block(block)
        if isinstance(usage := response.get("usage"), dict):
            self._stream.usage(read_usage(usage))
        self.ended = True
        self._stream.stop(self._stop_reason(response, status))

    def _stop_reason(self, response: JsonObject, status: str) -> str:
        reason = _object(response.get("incomplete_details")).get("reason")
        if reason == "content_filter":
            return "refusal"
        if status == "incomplete":  # max_output_tokens, and whatever else cuts an answer short
            return "max_tokens"
        return "refusal" if self._refused else "end_turn"

    def _fail(self, packet: JsonObject) -> None:
        self.ended = True
        error = packet.get("error")
        if isinstance(error, dict) and _text(error.get("code")) in REQUEST_FAULTS:
            packet = {"error": {**error, "status": 400}}
        self._stream.fail(fault_in_answer(packet))


def read_usage(usage: JsonObject) -> Usage:
    """Responses counts the input with its cached part; Anthropic's excludes it. Output includes reasoning in both."""
    details = _object(usage.get("input_tokens_details"))
    cached, written = whole(details.get("cached_tokens")), whole(details.get("cache_write_tokens"))
    return Usage(
        input_tokens=max(0, whole(usage.get("input_tokens")) - cached - written),
        output_tokens=whole(usage.get("output_tokens")),
        cache_read_tokens=cached,
        cache_write_tokens=written,
        reasoning_tokens=whole(_object(usage.get("output_tokens_details")).get("reasoning_tokens")),
    )


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _object(value: Any) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
