"""Reasoning that a model writes into its answer as `<think>...</think>` (DeepSeek R1 and models distilled from it).

Only a tag at the very beginning counts: later on it is something the model talks about.
"""

from __future__ import annotations

from ccr_proxy.protocols.answer_sink import AnswerSink

_OPEN, _CLOSE = "<think>", "</think>"


class ThinkTagSplitter:
    """Sends the text of one answer to `thinking` while inside the tag and to `text` otherwise."""

    def __init__(self, stream: AnswerSink) -> None:
        self._stream = stream
        self._state = "start"  # -> "opened" -> "thinking" -> "trim" -> "text"
        self._held = ""

    def feed(self, text: str) -> None:
        if self._state == "text":
            self._stream.text(text)
            return
        self._held += text
        if self._state == "start":
            self._at_start()
        if self._state == "opened":
            self._after_opening()
        if self._state == "thinking":
            self._in_thinking()
        if self._state == "trim":
            self._after_thinking()

    def end(self) -> None:
        """No more text for now: what was held back is what it seems to be."""
        held, self._held = self._held, ""
        if self._state == "thinking":
            self._stream.thinking(held)
        elif self._state not in ("opened", "trim"):
            self._state = "text"
            self._stream.text(held)

    def _at_start(self) -> None:
        seen = self._held.lstrip()
        if seen.startswith(_OPEN):
            self._state, self._held = "opened", seen[len(_OPEN) :]
        elif not _OPEN.startswith(seen):
            self._release()

    def _after_opening(self) -> None:
        """The line ends after the tag belong to neither."""
        self._held = self._held.lstrip("\n")
        if self._held:
            self._state = "thinking"

    def _in_thinking(self) -> None:
        before, tag, after = self._held.partition(_CLOSE)
        if tag:
            self._stream.thinking(before)
            self._state, self._held = "trim", after
            return
        keep = next((size for size in range(len(_CLOSE) - 1, 0, -1) if self._held.endswith(_CLOSE[:size])), 0)
        ready = len(self._held) - keep
        self._stream.thinking(self._held[:ready])
        self._held = self._held[ready:]

    def _after_thinking(self) -> None:
        """The blank lines between reasoning and answer belong to neither."""
        self._held = self._held.lstrip("\n")
        if self._held:
            self._release()

    def _release(self) -> None:
        self._state = "text"
        held, self._held = self._held, ""
        self._stream.text(held)
