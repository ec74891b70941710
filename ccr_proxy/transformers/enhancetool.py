"""`enhancetool`: tool arguments that are broken are repaired, if the result fits the tool's schema.

Arguments are held back until they are a finished object, so that a client never sees the broken text first. What cannot
be repaired goes on as it came, and so does what the output limit cut off: closing it would run a tool on half a file.
"""

from __future__ import annotations

from ccr_proxy.json_codec import JsonObject, dumps, loads
from ccr_proxy.protocols.answer_sink import AnswerSink
from ccr_proxy.transformers.forwarding import ForwardingSink
from ccr_proxy.transformers.json_repair import candidates
from ccr_proxy.transformers.schema_check import fits, with_types_of
from ccr_proxy.transformers.transformer import Context, Transformer


def finished_object(text: str) -> JsonObject | None:
    """The JSON object that `text` is; None while it is not (yet) one."""
    if not text.rstrip().endswith("}"):
        return None
    try:
        value = loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def repaired(text: str, schema: object) -> JsonObject | None:
    """The arguments that `text` meant and that fit the schema; None when there are none."""
    for candidate in candidates(text):
        for arguments in (candidate, with_types_of(candidate, schema)):
            if fits(arguments, schema):
                return arguments
    return None


class _HeldCall:
    __slots__ = ("fragments", "name", "sent")

    def __init__(self) -> None:
        self.name = ""
        self.fragments: list[str] = []
        self.sent = False


class RepairingSink(ForwardingSink):
    """Holds the arguments of every call, and passes them on whole."""

    def __init__(self, following: AnswerSink, context: Context) -> None:
        super().__init__(following)
        self._context = context
        self._schemas = {
            tool.get("name"): tool.get("input_schema")
            for tool in context.asked.get("tools") or []
            if isinstance(tool, dict)
        }
        self._calls: dict[object, _HeldCall] = {}
        self._complete = self._cut = False

    def tool_call(self, key: object, *, call_id: str = "", name: str = "", signature: str = "") -> None:
        call = self._calls.setdefault(key, _HeldCall())
        call.name = call.name or name
        super().tool_call(key, call_id=call_id, name=name, signature=signature)

    def tool_arguments(self, key: object, fragment: str) -> None:
        call = self._calls.setdefault(key, _HeldCall())
        if call.sent or not fragment:
            return
        call.fragments.append(fragment)
        # Only a closing bracket can finish an object; without a name it cannot be checked yet.
        if call.name and fragment.rstrip().endswith("}") and finished_object("".join(call.fragments)) is not None:
            self._send(key, call)

    def tool_done(self, key: object) -> None:
        """A call without arguments is done. Others say the same by being whole, and broken ones wait for the end, when
        it is known whether the answer was cut."""
        call = self._calls.get(key)
        if call is not None and not call.sent and not call.fragments:
            self._send(key, call)

    def stop(self, reason: str, stop_sequence: str | None = None) -> None:
        self._complete, self._cut = True, reason == "max_tokens"
        super().stop(reason, stop_sequence)

    def complete(self) -> None:
        self._complete = True
        super().complete()

    def end(self) -> None:
        # Of an answer that broke off nothing is told: it may be asked for again, if no call was shown.
        for key, call in self._calls.items() if self._complete else ():
            if not call.sent:
                self._send(key, call)
        super().end()

    def _send(self, key: object, call: _HeldCall) -> None:
        call.sent = True
        text = "".join(call.fragments)
        super().tool_arguments(key, text if self._cut else self._corrected(call.name, text))
        super().tool_done(key)

    def _corrected(self, name: str, text: str) -> str:
        schema = self._schemas.get(name)
        whole = finished_object(text)
        if not text or (whole is not None and fits(whole, schema)):
            return text
        arguments = repaired(text, schema)
        if arguments is None:
            self._context.note(f"the arguments of {name} do not fit its schema and could not be repaired")
            return text
        self._context.note(f"the arguments of {name} were repaired")
        return dumps(arguments).decode()


def _repair(sink: AnswerSink, context: Context, _options: JsonObject) -> AnswerSink:
    return RepairingSink(sink, context)


ENHANCETOOL = Transformer("enhancetool", answer=_repair)
