"""A generateContent answer, streamed or whole, told to an AnswerSink.

Every chunk is a whole response with the next parts in it; calls come complete, usage is cumulative. A finish reason may
come more than once (code execution goes on after the first), and a stream without one was cut.
"""

from __future__ import annotations

from contextlib import suppress

from ccr_proxy.errors import UpstreamFault
from ccr_proxy.json_codec import JsonObject, dumps, loads
from ccr_proxy.protocols.answer import Closing
from ccr_proxy.protocols.answer_sink import AnswerSink
from ccr_proxy.protocols.errors import fault_in_answer, not_json
from ccr_proxy.protocols.gemini.contents import OWN_ID_PREFIX
from ccr_proxy.protocols.gemini.search_results import citations, search_blocks
from ccr_proxy.protocols.signatures import wrap
from ccr_proxy.protocols.sse import SseDecoder
from ccr_proxy.protocols.usage import Usage, whole

# https://ai.google.dev/api/generate-content#FinishReason; reasons that are not named here end the turn.
_STOP_REASONS = {
    "MAX_TOKENS": "max_tokens",
    "SAFETY": "refusal",
    "RECITATION": "refusal",
    "LANGUAGE": "refusal",
    "BLOCKLIST": "refusal",
    "PROHIBITED_CONTENT": "refusal",
    "SPII": "refusal",
    "MODEL_ARMOR": "refusal",
    "IMAGE_SAFETY": "refusal",
    "IMAGE_PROHIBITED_CONTENT": "refusal",
    "IMAGE_RECITATION": "refusal",
}
# The model meant to call a tool and failed; ended as an answer it would stop the user's task without a word.
_BROKEN_CALLS = (
    "MALFORMED_FUNCTION_CALL",
    "MALFORMED_RESPONSE",
    "MISSING_THOUGHT_SIGNATURE",
    "TOO_MANY_TOOL_CALLS",
    "UNEXPECTED_TOOL_CALL",
)


class GeminiDecoder:
    """Decoder of one streamed answer: server-sent events, or JSON where `alt=sse` was not honoured."""

    def __init__(self, stream: AnswerSink, origin: str) -> None:
        self._stream = stream
        self._sse = SseDecoder()
        self._answer = _AnswerReader(stream, origin)
        self._json: list[bytes] | None = None
        self._begun = False

    @property
    def closing(self) -> Closing:
        return Closing.LIKELY if self._answer.stopped and not self._answer.runs_code else Closing.NOT_YET

    def feed(self, chunk: bytes) -> None:
        if not self._begun and (start := chunk.lstrip()):
            self._begun = True
            self._json = [] if start[:1] in b"[{" else None  # no line of an event stream begins like this
        if self._json is not None:
            self._json.append(chunk)
            return
        for _, data in self._sse.feed(chunk):
            try:
                self._event(data)
            except ValueError:
                self._stream.fail(not_json(data))

    def end(self) -> None:
        # Half an event, or half a JSON body, is what a cut leaves behind; the grammar reports the cut.
        with suppress(ValueError):
            for _, data in self._sse.end():
                self._event(data)
            if self._json is not None:
                self._answer.whole(loads(b"".join(self._json)))
        self._answer.end()

    def _event(self, data: bytes) -> None:
        if data and not data.startswith(b"[DONE]"):
            self._answer.response(loads(data))


def decode_whole(answer: JsonObject, stream: AnswerSink, origin: str) -> None:
    """Read an answer that came as one JSON object."""
    reader = _AnswerReader(stream, origin)
    reader.whole(answer)
    reader.end()


class _AnswerReader:
    """Reads the responses of one answer; a whole answer is a single response."""

    def __init__(self, stream: AnswerSink, origin: str) -> None:
        self._stream = stream
        self._origin = origin
        self._calls = 0
        self._grounding: JsonObject = {}
        self._last = ""  # what the last part was: "thinking", "text" or "call"
        self._signed = False  # whether the latest thinking has its signature
        self._held = ""  # a signature that came before any content
        self.stopped = False  # there was a finish reason
        self.runs_code = False  # after whose finish reason more may come, whenever the code has ended

    def response(self, value: object) -> None:
        """One response, as a stream sends many."""
        response = _object(value)
        if response.get("error"):
            self._stream.fail(fault_in_answer(response))
            return
        usage = _object(response.get("usageMetadata"))
        if "promptTokenCount" in usage:  # Vertex AI sends one without counts at first
            self._stream.usage(read_usage(usage))
        if candidates := _objects(response.get("candidates")):
            self._candidate(candidates[0])
        elif _object(response.get("promptFeedback")).get("blockReason"):
            self._stream.stop("refusal")

    def whole(self, value: object) -> None:
        """A finished JSON document, one response or an array of them: it cannot have been cut."""
        responses = _objects(value if isinstance(value, list) else [value])
        for response in responses:
            self.response(response)
        if any(response.get("candidates") for response in responses):
            self._stream.complete()

    def end(self) -> None:
        for citation in citations(self._grounding):
            self._stream.citation(citation)
        for block in search_blocks(self._grounding):
            self._stream.block(block)
        self._stream.end()

    def _candidate(self, candidate: JsonObject) -> None:
        for part in _objects(_object(candidate.get("content")).get("parts")):
            self._part(part)
        self._grounding = _object(candidate.get("groundingMetadata")) or self._grounding
        if reason := candidate.get("finishReason"):
            self._finish(str(reason), candidate)

    def _part(self, part: JsonObject) -> None:
        self.runs_code = self.runs_code or "executableCode" in part or "codeExecutionResult" in part
        signature = part.get("thoughtSignature")
        signature = signature if isinstance(signature, str) else ""
        if call := _object(part.get("functionCall")):
            self._call(call, signature)
            return
        text = part.get("text")
        text = text if isinstance(text, str) else _readable(part)
        if part.get("thought"):
            self._thought(text, signature)
        elif text:
            if self._last != "text":
                self._sign(signature or self._held)
            self._stream.text(text)
            self._last = "text"
        elif self._last == "thinking":
            self._sign(signature)
        elif not self._last:
            self._held = signature or self._held
        # A signature behind text that has been shown is let go. Its thinking block would be the last of the message,
        # which Claude Code takes for an answer without text, and Gemini only recommends to send it back.

    def _thought(self, text: str, signature: str) -> None:
        if text:
            self._stream.thinking(text)
            self._last, self._signed = "thinking", False
        if self._last == "thinking":
            self._sign(signature)
        else:
            self._held = signature or self._held

    def _sign(self, signature: str) -> None:
        self._held = ""
        if signature:
            self._signed = True
            self._stream.signature(wrap(self._origin, signature))

    def _call(self, call: JsonObject, signature: str) -> None:
        signature, self._held = signature or self._held, ""
        if self._last == "thinking" and not self._signed:
            # What the client shows before the call has room for it, and an id stays short.
            self._sign(signature)
            signature = ""
        key, self._calls = self._calls, self._calls + 1
        self._stream.tool_call(
            key,
            call_id=f"{OWN_ID_PREFIX}{call['id']}" if call.get("id") else "",
            name=str(call.get("name") or ""),
            signature=wrap(self._origin, signature) if signature else "",
        )
        self._stream.tool_arguments(key, dumps(call.get("args") or {}).decode())
        self._last = "call"

    def _finish(self, reason: str, candidate: JsonObject) -> None:
        self.stopped = True
        if reason in _BROKEN_CALLS:
            detail = candidate.get("finishMessage") or "no details given"
            self._stream.fail(UpstreamFault(502, f"the model broke off with {reason}: {detail}"))
        else:
            self._stream.stop(_STOP_REASONS.get(reason, "end_turn"))


def read_usage(usage: JsonObject) -> Usage:
    """Gemini counts the cached part in the prompt, thoughts beside the answer, and tool results beside the prompt."""
    prompt = whole(usage.get("promptTokenCount")) + whole(usage.get("toolUsePromptTokenCount"))
    cached, thoughts = whole(usage.get("cachedContentTokenCount")), whole(usage.get("thoughtsTokenCount"))
    return Usage(
        input_tokens=max(0, prompt - cached),
        output_tokens=whole(usage.get("candidatesTokenCount")) + thoughts,
        cache_read_tokens=cached,
        reasoning_tokens=thoughts,
    )


def _readable(part: JsonObject) -> str:
    """Parts without an Anthropic form, as text: code that Google ran, its output, and files."""
    if code := _object(part.get("executableCode")):
        return f"\n```{str(code.get('language') or '').lower()}\n{code.get('code') or ''}\n```\n"
    if result := _object(part.get("codeExecutionResult")):
        return f"\n```\n{result.get('output') or result.get('outcome') or ''}\n```\n"
    if data := _object(part.get("inlineData")):
        return f"\n[The model made a file of type {data.get('mimeType')}, which cannot be shown here.]\n"
    if data := _object(part.get("fileData")):
        return f"\n[{data.get('mimeType')}: {data.get('fileUri')}]\n"
    return ""


def _object(value: object) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> list[JsonObject]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
