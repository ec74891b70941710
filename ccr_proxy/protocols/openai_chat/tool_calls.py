"""Which tool call a fragment belongs to.

OpenAI numbers calls by `index`; others leave it out, use one index for all, or repeat the name in every fragment.
"""

from __future__ import annotations

from typing import Any

from ccr_proxy.json_codec import as_object, dumps, loads
from ccr_proxy.protocols.answer_sink import AnswerSink
from ccr_proxy.protocols.openai_chat.call_signatures import signature_of


class _Call:
    __slots__ = ("call_id", "key", "name", "text")

    def __init__(self, key: int) -> None:
        self.key = key
        self.call_id = ""
        self.name = ""
        self.text = ""


class ToolCallReader:
    """Tells an AnswerSink about tool calls, each under a key of its own."""

    def __init__(self, stream: AnswerSink, origin: str) -> None:
        self._stream = stream
        self._origin = origin
        self._calls: list[_Call] = []
        self._by_index: dict[object, _Call] = {}

    def read(self, calls: list[Any]) -> None:
        """The `tool_calls` of one delta or message."""
        for call in calls:
            if isinstance(call, dict):
                self._fragment(call, as_object(call.get("function")))

    def _fragment(self, call: dict[str, Any], function: dict[str, Any]) -> None:
        call_id, name = str(call.get("id") or ""), str(function.get("name") or "")
        index = call.get("index")
        index = index if isinstance(index, int | str) else None
        known = self._find(index, call_id, name)
        if known is None:
            known = _Call(len(self._calls))
            self._calls.append(known)
        if index is not None:
            self._by_index[index] = known
        known.call_id, known.name = known.call_id or call_id, known.name or name
        self._stream.tool_call(known.key, call_id=call_id, name=name, signature=signature_of(call, self._origin))
        text = _text(function.get("arguments"))
        if text == "null" and not known.text:  # Groq: a call without arguments
            return
        known.text += text
        self._stream.tool_arguments(known.key, text)

    def _find(self, index: int | str | None, call_id: str, name: str) -> _Call | None:
        """The call that a fragment continues; None when it begins a new one."""
        if index is not None:
            call = self._by_index.get(index)
        elif call_id:
            call = next((known for known in self._calls if known.call_id == call_id), None)
            if call is None and self._calls and not name and not self._calls[-1].call_id:
                call = self._calls[-1]  # the id arrives after the name
        else:
            call = self._calls[-1] if self._calls else None
        if call is None or not name or not call.name:
            return call
        # A used index begins a new call when both id and name come again and the id differs; without ids when another
        # name comes, or the same again after finished arguments.
        if call_id and call.call_id:
            return call if call_id == call.call_id else None
        return None if name != call.name or _is_finished(call.text) else call


def _is_finished(text: str) -> bool:
    if not text.rstrip().endswith("}"):
        return False
    try:
        return isinstance(loads(text), dict)
    except ValueError:
        return False


def _text(arguments: object) -> str:
    """The JSON text of arguments; some servers send the object itself, or nothing."""
    if isinstance(arguments, str):
        return arguments
    return "" if arguments is None else dumps(arguments).decode()
