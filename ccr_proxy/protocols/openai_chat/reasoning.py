"""Reasoning in a chat delta: one of several fields, never added up, because providers repeat the same text.

`reasoning_details` (https://openrouter.ai/docs/use-cases/reasoning-tokens) may carry signatures or
encrypted data that the provider wants back unmodified on the next turn; they travel in the signature of the thinking
block.
"""

from __future__ import annotations

from ccr_proxy.json_codec import JsonObject, dumps
from ccr_proxy.protocols.answer_sink import AnswerSink
from ccr_proxy.protocols.signatures import wrap

_TEXT_FIELDS = ("text", "summary")


class ReasoningReader:
    """Reads the reasoning of one answer."""

    def __init__(self, stream: AnswerSink, origin: str) -> None:
        self._stream = stream
        self._origin = origin
        self._details: list[JsonObject] = []

    def read(self, delta: JsonObject) -> None:
        found = delta.get("reasoning_details")
        details = [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []
        texts = (delta.get("reasoning_content"), delta.get("reasoning"), _text_of(details))
        self._stream.thinking(next((text for text in texts if isinstance(text, str) and text), ""))
        if details:
            self._keep(details)

    def _keep(self, details: list[JsonObject]) -> None:
        for detail in details:
            if not self._continue_last(detail):
                self._details.append(dict(detail))
        if any(detail.get("signature") or detail.get("data") for detail in details):
            self._stream.signature(wrap(self._origin, dumps(self._details).decode()))
            self._details = []

    def _continue_last(self, detail: JsonObject) -> bool:
        """Streamed pieces of one detail share its index and type; the signature may come as a piece of its own."""
        last = self._details[-1] if self._details else None
        same = last is not None and all(last.get(key) == detail.get(key) for key in ("type", "index"))
        if last is None or not same:
            return False
        signs = "signature" in detail and not last.get("signature")
        if not signs and not any(field in detail for field in _TEXT_FIELDS):
            return False
        for field in _TEXT_FIELDS:
            if isinstance(detail.get(field), str):
                last[field] = str(last.get(field) or "") + detail[field]
        last.update({key: value for key, value in detail.items() if key not in _TEXT_FIELDS and value is not None})
        return True


def _text_of(details: list[JsonObject]) -> str:
    return "".join(text for item in details for field in _TEXT_FIELDS if isinstance(text := item.get(field), str))
