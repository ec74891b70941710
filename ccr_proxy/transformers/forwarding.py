"""An AnswerSink that passes everything on: what transformers of answers start from."""

from __future__ import annotations

from ccr_proxy.errors import UpstreamFault
from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.answer_sink import AnswerSink
from ccr_proxy.protocols.usage import Usage


class ForwardingSink:
    """Stands in front of `following`; a subclass overrides the facts that it changes."""

    def __init__(self, following: AnswerSink) -> None:
        self._following = following

    def text(self, text: str) -> None:
        self._following.text(text)

    def end_text(self) -> None:
        self._following.end_text()

    def citation(self, citation: JsonObject) -> None:
        self._following.citation(citation)

    def thinking(self, text: str) -> None:
        self._following.thinking(text)

    def signature(self, signature: str) -> None:
        self._following.signature(signature)

    def sign_thinking_with(self, signature: str) -> None:
        self._following.sign_thinking_with(signature)

    def redacted_thinking(self, data: str) -> None:
        self._following.redacted_thinking(data)

    def block(self, block: JsonObject) -> None:
        self._following.block(block)

    def tool_call(self, key: object, *, call_id: str = "", name: str = "", signature: str = "") -> None:
        self._following.tool_call(key, call_id=call_id, name=name, signature=signature)

    def tool_arguments(self, key: object, fragment: str) -> None:
        self._following.tool_arguments(key, fragment)

    def tool_done(self, key: object) -> None:
        self._following.tool_done(key)

    def usage(self, usage: Usage) -> None:
        self._following.usage(usage)

    def stop(self, reason: str, stop_sequence: str | None = None) -> None:
        self._following.stop(reason, stop_sequence)

    def complete(self) -> None:
        self._following.complete()

    def fail(self, fault: UpstreamFault) -> None:
        self._following.fail(fault)

    def end(self) -> None:
        self._following.end()
