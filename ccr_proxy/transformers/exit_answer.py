"""A tool call that is the answer: its `response` argument is shown as text while it arrives."""

from __future__ import annotations

import json
import re

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.answer_sink import AnswerSink
from ccr_proxy.transformers.forwarding import ForwardingSink
from ccr_proxy.transformers.json_repair import candidates

_HEAD = re.compile(r'\s*\{\s*"response"\s*:\s*"')
# Whole characters of a JSON string; an escape that is not complete waits, and so does the first half of a pair.
_READY = re.compile(
    r'(?:[^"\\]|\\[^u]|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}'
    r"|\\u(?![dD][89abAB])[0-9a-fA-F]{4})*"
)


class ResponseText:
    """The text in the arguments of one call, piece by piece."""

    def __init__(self) -> None:
        self._state = "head"  # -> "body" -> "over"
        self._pending = ""

    def feed(self, fragment: str) -> str:
        """More of the arguments; what they add to the text."""
        if self._state == "over":
            return ""
        self._pending += fragment
        if self._state == "head":
            match = _HEAD.match(self._pending)
            if match is None:
                return ""
            self._state, self._pending = "body", self._pending[match.end() :]
        return self._body()

    def end(self) -> str:
        """The text of a call that did not have the expected form: nothing that the model said is lost."""
        pending, self._pending = self._pending, ""
        if self._state != "head" or not pending.strip():
            return pending if self._state == "body" else ""
        arguments: JsonObject = next(candidates(pending), {})
        texts = [value for value in arguments.values() if isinstance(value, str)]
        return str(arguments["response"]) if "response" in arguments else "\n".join(texts) or pending

    def _body(self) -> str:
        match = _READY.match(self._pending)
        ready, self._pending = (
            self._pending[: match.end() if match else 0],
            self._pending[match.end() if match else 0 :],
        )
        if self._pending.startswith('"'):
            self._state, self._pending = "over", ""
        try:
            return str(json.loads(f'"{ready}"', strict=False))
        except ValueError:  # an escape that JSON does not have
            return ready


class ExitAnswerSink(ForwardingSink):
    """Turns calls of the exit tool into text; all other calls go on, once their name is known."""

    def __init__(self, following: AnswerSink, exit_tool: str) -> None:
        super().__init__(following)
        self._exit_tool = exit_tool
        self._exits: dict[object, ResponseText] = {}
        self._nameless: dict[object, _Head] = {}
        self._passed: set[object] = set()

    def tool_call(self, key: object, *, call_id: str = "", name: str = "", signature: str = "") -> None:
        if key in self._exits:
            return
        if key in self._passed:
            super().tool_call(key, call_id=call_id, name=name, signature=signature)
            return
        head = self._nameless.setdefault(key, _Head())
        head.call_id, head.signature = head.call_id or call_id, head.signature or signature
        if name:
            self._decide(key, name)

    def tool_arguments(self, key: object, fragment: str) -> None:
        if key in self._exits:
            super().text(self._exits[key].feed(fragment))
        elif key in self._passed:
            super().tool_arguments(key, fragment)
        else:
            self._nameless.setdefault(key, _Head()).fragments.append(fragment)

    def tool_done(self, key: object) -> None:
        if key in self._exits:
            super().text(self._exits[key].end())
        elif key in self._passed:
            super().tool_done(key)

    def end(self) -> None:
        for response in self._exits.values():
            super().text(response.end())
        for key in list(self._nameless):
            self._pass_on(key, "")
        super().end()

    def _decide(self, key: object, name: str) -> None:
        if name != self._exit_tool:
            self._pass_on(key, name)
            return
        head = self._nameless.pop(key)
        self._exits[key] = ResponseText()
        super().signature(head.signature)
        self.tool_arguments(key, "".join(head.fragments))

    def _pass_on(self, key: object, name: str) -> None:
        head = self._nameless.pop(key)
        self._passed.add(key)
        super().tool_call(key, call_id=head.call_id, name=name, signature=head.signature)
        for fragment in head.fragments:
            super().tool_arguments(key, fragment)


class _Head:
    """What came of a call before its name."""

    __slots__ = ("call_id", "fragments", "signature")

    def __init__(self) -> None:
        self.call_id = ""
        self.signature = ""
        self.fragments: list[str] = []
