"""Reasoning that a model writes between tags, anywhere in its text.

No text is ever lost: a tag that is never closed still shows what it held, and a piece of text that only begins like a
tag is text.
"""

from __future__ import annotations

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.answer_sink import AnswerSink
from ccr_proxy.transformers.forwarding import ForwardingSink


class TaggedReasoningSink(ForwardingSink):
    """Sends what stands between `<tag>` and `</tag>` to `thinking`, and the rest to `text`."""

    def __init__(self, following: AnswerSink, tag: str) -> None:
        super().__init__(following)
        self._tags = {False: f"<{tag}>", True: f"</{tag}>"}
        self._inside = False
        self._held = ""  # the beginning of what may become a tag
        self._at_edge = False  # right after a tag: line ends there belong to neither side
        self._unclosed: list[str] = []  # reasoning whose tag is still open
        self._visible = False
        self._complete = False

    def text(self, text: str) -> None:
        self._held += text
        while (position := self._held.find(self._tags[self._inside])) >= 0:
            before, after = self._held[:position], self._held[position + len(self._tags[self._inside]) :]
            self._say(before)
            self._inside, self._at_edge, self._held = not self._inside, True, after
            self._unclosed = []
        keep = _tag_begun(self._held, self._tags[self._inside])
        ready, self._held = self._held[: len(self._held) - keep], self._held[len(self._held) - keep :]
        self._say(ready)

    def end_text(self) -> None:
        self._settle()
        super().end_text()

    def citation(self, citation: JsonObject) -> None:
        self._settle()
        super().citation(citation)

    def thinking(self, text: str) -> None:
        self._settle()
        super().thinking(text)

    def signature(self, signature: str) -> None:
        self._settle()
        super().signature(signature)

    def redacted_thinking(self, data: str) -> None:
        self._settle()
        super().redacted_thinking(data)

    def block(self, block: JsonObject) -> None:
        self._leave()
        super().block(block)

    def tool_call(self, key: object, *, call_id: str = "", name: str = "", signature: str = "") -> None:
        self._leave()
        super().tool_call(key, call_id=call_id, name=name, signature=signature)

    def stop(self, reason: str, stop_sequence: str | None = None) -> None:
        self._complete = reason != "max_tokens"
        super().stop(reason, stop_sequence)

    def complete(self) -> None:
        self._complete = True
        super().complete()

    def end(self) -> None:
        self._settle()
        if self._inside and self._complete and not self._visible:
            # The model forgot to close the tag, so its answer is in there, and nothing else would be seen of it.
            super().text("".join(self._unclosed))
        super().end()

    def _say(self, text: str) -> None:
        if self._at_edge:
            text = text.lstrip("\n")
        if not text:
            return
        self._at_edge = False
        if self._inside:
            self._unclosed.append(text)
            super().thinking(text)
        else:
            self._visible = self._visible or not text.isspace()
            super().text(text)

    def _settle(self) -> None:
        """Something else comes: what was held back is no tag."""
        held, self._held = self._held, ""
        self._say(held)

    def _leave(self) -> None:
        """A call or a block ends the reasoning, closed or not."""
        self._settle()
        self._inside, self._visible, self._unclosed = False, True, []


def _tag_begun(text: str, tag: str) -> int:
    """How many characters at the end of `text` may be the beginning of `tag`."""
    return next((size for size in range(min(len(tag) - 1, len(text)), 0, -1) if text.endswith(tag[:size])), 0)
