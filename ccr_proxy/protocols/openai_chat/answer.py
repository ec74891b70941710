"""A Chat Completions answer, streamed or whole, told to an AnswerSink.

Providers differ in what they call reasoning, in how they number tool calls and in where they put the usage; each rule
below names the habit that it serves.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from ccr_proxy.json_codec import JsonObject, as_object, loads
from ccr_proxy.protocols.answer import Closing
from ccr_proxy.protocols.answer_sink import AnswerSink
from ccr_proxy.protocols.errors import fault_in_answer, not_json
from ccr_proxy.protocols.openai_chat.reasoning import ReasoningReader
from ccr_proxy.protocols.openai_chat.think_tags import ThinkTagSplitter
from ccr_proxy.protocols.openai_chat.tool_calls import ToolCallReader
from ccr_proxy.protocols.sse import SseDecoder
from ccr_proxy.protocols.usage import Usage, whole

STOP_REASONS = {
    "stop": "end_turn",
    "tool_calls": "tool_use",
    "function_call": "tool_use",
    "length": "max_tokens",
    "model_length": "max_tokens",  # Mistral: the context is full
    "content_filter": "refusal",
}


class ChatDecoder:
    """Decoder of one streamed answer."""

    def __init__(self, stream: AnswerSink, origin: str) -> None:
        self._stream = stream
        self._sse = SseDecoder()
        self._message = _MessageReader(stream, origin, ("delta", "message"))
        self._done = False

    @property
    def closing(self) -> Closing:
        if self._done:
            return Closing.CERTAIN
        return Closing.LIKELY if self._message.stopped else Closing.NOT_YET

    def feed(self, chunk: bytes) -> None:
        for _, data in self._sse.feed(chunk):
            try:
                self._event(data)
            except ValueError:
                self._stream.fail(not_json(data))

    def end(self) -> None:
        # A half event is what a cut leaves behind; the grammar reports the cut.
        with suppress(ValueError):
            for _, data in self._sse.end():
                self._event(data)
        self._message.end()
        self._stream.end()

    def _event(self, data: bytes) -> None:
        if data.startswith(b"[DONE]"):
            self._done = True
            self._stream.complete()
        elif data:
            packet = loads(data)
            if isinstance(packet, dict):
                self._message.packet(packet)


def decode_whole(answer: JsonObject, stream: AnswerSink, origin: str) -> None:
    """Read an answer that came as one JSON object."""
    message = _MessageReader(stream, origin, ("message", "delta"))
    message.packet(answer)
    message.end()
    if answer.get("choices"):
        stream.complete()
    stream.end()


class _MessageReader:
    """Reads the packets of one answer; a whole answer is a single packet.

    `content_keys` says where the content stands, best first: some providers send both, one of them empty or repeated.
    """

    def __init__(self, stream: AnswerSink, origin: str, content_keys: tuple[str, str]) -> None:
        self._stream = stream
        self._content_keys = content_keys
        self._text = ThinkTagSplitter(stream)
        self._reasoning = ReasoningReader(stream, origin)
        self._calls = ToolCallReader(stream, origin)
        self.stopped = False  # there was a stop reason
        self._closed = False  # the last packet was the usage that follows the last choice

    def packet(self, packet: JsonObject) -> None:
        if packet.get("error"):
            self._stream.fail(fault_in_answer(packet))
            return
        usage = packet.get("usage")
        if not usage and "x_groq" in packet:
            usage = as_object(packet["x_groq"]).get("usage")
        if usage and isinstance(usage, dict):
            self._stream.usage(read_usage(usage))
        choices = packet.get("choices")
        self._closed = choices == [] and isinstance(usage, dict)
        if isinstance(choices, list) and choices:
            self._choice(as_object(choices[0]))

    def end(self) -> None:
        self._text.end()
        if self._closed:
            self._stream.complete()

    def _choice(self, choice: JsonObject) -> None:
        if choice.get("error"):
            self._stream.fail(fault_in_answer(choice))
            return
        if isinstance(choice.get("usage"), dict):  # Moonshot
            self._stream.usage(read_usage(choice["usage"]))
        first, second = self._content_keys
        delta = choice.get(first)
        if not isinstance(delta, dict):
            delta = choice.get(second)
        if delta and isinstance(delta, dict):
            self._delta(delta)
        reason = choice.get("finish_reason")
        if reason == "error":
            self._stream.fail(fault_in_answer({"error": {"message": "the provider stopped with an error"}}))
        elif isinstance(reason, str) and reason:
            self.stopped = True
            self._stream.stop(STOP_REASONS.get(reason, "end_turn"))

    def _delta(self, delta: JsonObject) -> None:
        content = delta.get("content")
        if content and len(delta) == 1 and isinstance(content, str):
            self._text.feed(content)  # nearly every packet of an answer
            return
        self._reasoning.read(delta)
        if isinstance(content, str):
            if content:
                self._text.feed(content)
        elif isinstance(content, list):
            self._parts(content)
        if isinstance(refusal := delta.get("refusal"), str):
            self._text.feed(refusal)
        calls = delta.get("tool_calls")
        if isinstance(calls, list) and calls:
            self._text.end()
            self._calls.read(calls)

    def _parts(self, parts: list[Any]) -> None:
        """Mistral sends content as a list of parts when the model thinks."""
        for part in parts:
            if not isinstance(part, dict):
                continue
            if part.get("type") == "thinking":
                inner = part.get("thinking")
                for piece in inner if isinstance(inner, list) else [{"text": inner}]:
                    if isinstance(text := as_object(piece).get("text"), str):
                        self._stream.thinking(text)
            elif isinstance(text := part.get("text") or part.get("refusal"), str):
                self._text.feed(text)


def read_usage(usage: JsonObject) -> Usage:
    """Chat usage counts the prompt with its cached part; Anthropic's excludes it."""
    prompt, completion = whole(usage.get("prompt_tokens")), whole(usage.get("completion_tokens"))
    details = as_object(usage.get("prompt_tokens_details"))
    cached = whole(details.get("cached_tokens") or usage.get("prompt_cache_hit_tokens") or usage.get("cached_tokens"))
    written = whole(details.get("cache_write_tokens") or details.get("cache_creation_tokens"))
    reasoning = whole(as_object(usage.get("completion_tokens_details")).get("reasoning_tokens"))
    # xAI counts reasoning beside the completion: the total gives it away.
    if reasoning and whole(usage.get("total_tokens")) == prompt + completion + reasoning:
        completion += reasoning
    return Usage(
        input_tokens=max(0, prompt - cached - written),
        output_tokens=completion,
        cache_read_tokens=cached,
        cache_write_tokens=written,
        reasoning_tokens=reasoning,
    )
