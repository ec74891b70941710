"""An answer as a sequence of plain events, for functions that users write.

    {"type": "text", "text": "..."}             a piece of visible text, cut anywhere
    {"type": "thinking", "text": "..."}         a piece of reasoning, cut anywhere
    {"type": "tool_use", "id": "...", "name": "...", "input": {...}}      a whole call
    {"type": "stop", "reason": "end_turn"}      the stop reason, in Anthropic's words

The function gives back an event, a list of events, or None for none.
"""

from __future__ import annotations

from collections.abc import Callable

from ccr_proxy.errors import UpstreamFault
from ccr_proxy.json_codec import JsonObject, dumps
from ccr_proxy.protocols.answer_sink import AnswerSink
from ccr_proxy.transformers.enhancetool import finished_object
from ccr_proxy.transformers.forwarding import ForwardingSink


class EventSink(ForwardingSink):
    """Shows every event to `transform` and passes on what that gives back. ValueError from it ends the answer."""

    def __init__(self, following: AnswerSink, transform: Callable[[JsonObject], object]) -> None:
        super().__init__(following)
        self._transform = transform
        self._calls: dict[object, _Call] = {}
        self._made = 0  # calls passed on; each gets a key of its own

    def text(self, text: str) -> None:
        if text:
            self._event({"type": "text", "text": text})

    def thinking(self, text: str) -> None:
        if text:
            self._event({"type": "thinking", "text": text})

    def tool_call(self, key: object, *, call_id: str = "", name: str = "", signature: str = "") -> None:
        call = self._calls.setdefault(key, _Call())
        call.call_id, call.name = call.call_id or call_id, call.name or name
        call.signature = call.signature or signature

    def tool_arguments(self, key: object, fragment: str) -> None:
        call = self._calls.setdefault(key, _Call())
        call.fragments.append(fragment)
        if fragment.rstrip().endswith("}") and call.name and call.call_id:
            self._pass_on_if_finished(call)

    def tool_done(self, key: object) -> None:
        if (call := self._calls.get(key)) is not None:
            self._pass_on_if_finished(call)

    def stop(self, reason: str, stop_sequence: str | None = None) -> None:
        self._pass_on_calls()
        for event in self._given_back({"type": "stop", "reason": reason}):
            if event.get("type") == "stop":
                super().stop(str(event.get("reason") or reason), stop_sequence)
            else:
                self._show(event)

    def end(self) -> None:
        self._pass_on_calls()
        super().end()

    def _pass_on_calls(self) -> None:
        for call in self._calls.values():
            self._pass_on(call)

    def _pass_on_if_finished(self, call: _Call) -> None:
        if finished_object("".join(call.fragments)) is not None:
            self._pass_on(call)

    def _pass_on(self, call: _Call) -> None:
        if call.passed_on:
            return
        call.passed_on = True
        text = "".join(call.fragments)
        arguments = finished_object(text or "{}")
        if arguments is None or not call.name:  # nothing that a function could read
            self._show_call(call.call_id, call.name, text, call.signature)
            return
        event = {"type": "tool_use", "id": call.call_id, "name": call.name, "input": arguments}
        for given in self._given_back(event):
            self._show(given, call.signature)

    def _event(self, event: JsonObject) -> None:
        for given in self._given_back(event):
            self._show(given)

    def _given_back(self, event: JsonObject) -> list[JsonObject]:
        try:
            result = self._transform(event)
        except ValueError as error:
            self.fail(UpstreamFault(500, str(error)))
            return []
        events = result if isinstance(result, list) else [] if result is None else [result]
        return [item if isinstance(item, dict) else {} for item in events]

    def _show(self, event: JsonObject, signature: str = "") -> None:
        kind = event.get("type")
        if kind == "text":
            super().text(str(event.get("text") or ""))
        elif kind == "thinking":
            super().thinking(str(event.get("text") or ""))
        elif kind == "tool_use":
            arguments = dumps(event.get("input") or {}).decode()
            self._show_call(str(event.get("id") or ""), str(event.get("name") or ""), arguments, signature)
        elif kind == "stop":
            super().stop(str(event.get("reason") or "end_turn"))
        else:
            message = f"a custom transformer gave back an event of an unknown type: {kind!r}"
            self.fail(UpstreamFault(500, message))

    def _show_call(self, call_id: str, name: str, arguments: str, signature: str) -> None:
        self._made += 1
        super().tool_call(self._made, call_id=call_id, name=name, signature=signature)
        super().tool_arguments(self._made, arguments)
        super().tool_done(self._made)


class _Call:
    __slots__ = ("call_id", "fragments", "name", "passed_on", "signature")

    def __init__(self) -> None:
        self.call_id = ""
        self.name = ""
        self.signature = ""
        self.fragments: list[str] = []
        self.passed_on = False
