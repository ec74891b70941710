"""Tool arguments that are not JSON, mended if the result fits the tool's schema; always on for translated answers.

Arguments go on as they come for as long as they can still become an object; from the first character that breaks them
the rest is held until the answer is complete. Then what was sent is continued, so that the whole means what the model
meant. What cannot be mended so goes on as it came. A string or number that was left open is never closed, and nothing
is that the output limit cut off: half a command must not run. (`enhancetool` guesses more, and holds arguments back
for it.)
"""

from __future__ import annotations

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.answer_sink import AnswerSink
from ccr_proxy.transformers.enhancetool import repaired
from ccr_proxy.transformers.forwarding import ForwardingSink
from ccr_proxy.transformers.json_prefix import JsonPrefix, continuation
from ccr_proxy.transformers.transformer import Context

_CLOSED = ("}", "]", '"', "'")  # after these no number or word can be half
_SEPARATORS = ", \t\r\n"


class _Call:
    __slots__ = ("done", "held", "name", "prefix", "sent", "separators")

    def __init__(self) -> None:
        self.name = ""
        self.prefix = JsonPrefix()
        self.sent: list[str] = []
        self.separators = ""  # taken, but kept until something follows: a comma too many could not be taken back
        self.held: list[str] = []  # from the first character on that is no JSON
        self.done = False

    def take(self, fragment: str) -> str:
        """What of the arguments may be sent now."""
        taken = 0 if self.held else self.prefix.taken(fragment)
        if taken < len(fragment):
            self.held.append(fragment[taken:])
        text = self.separators + fragment[:taken]
        ready = text if self.prefix.in_string else text.rstrip(_SEPARATORS)
        self.separators = text[len(ready) :]
        self.sent.append(ready)
        return ready

    def is_whole(self) -> bool:
        """Whether nothing is to be mended; a call without arguments is whole."""
        return not self.held and (self.prefix.finished or not any(self.sent))


class MendingSink(ForwardingSink):
    """Passes on arguments as they come, and mends those that are not JSON when the answer is complete."""

    def __init__(self, following: AnswerSink, context: Context) -> None:
        super().__init__(following)
        self._context = context
        self._calls: dict[object, _Call] = {}
        self._complete = self._cut = False

    def tool_call(self, key: object, *, call_id: str = "", name: str = "", signature: str = "") -> None:
        call = self._calls.setdefault(key, _Call())
        call.name = call.name or name
        super().tool_call(key, call_id=call_id, name=name, signature=signature)

    def tool_arguments(self, key: object, fragment: str) -> None:
        call = self._calls.setdefault(key, _Call())
        if ready := call.take(fragment):
            super().tool_arguments(key, ready)

    def tool_done(self, key: object) -> None:
        """Broken arguments wait for the end, when it is known whether the answer was cut."""
        call = self._calls.setdefault(key, _Call())
        call.done = True
        if call.is_whole():
            super().tool_done(key)

    def stop(self, reason: str, stop_sequence: str | None = None) -> None:
        self._complete, self._cut = True, reason == "max_tokens"
        super().stop(reason, stop_sequence)

    def complete(self) -> None:
        self._complete = True
        super().complete()

    def end(self) -> None:
        # Of an answer that broke off nothing is told: it may be asked for again, if no call was shown.
        for key, call in self._calls.items() if self._complete else ():
            if not call.is_whole():
                super().tool_arguments(key, self._rest(call))
                if call.done:
                    super().tool_done(key)
        super().end()

    def _rest(self, call: _Call) -> str:
        as_it_came = call.separators + "".join(call.held)
        if self._cut:
            return as_it_came
        rest = _mended("".join(call.sent), as_it_came, self._schema(call.name))
        if rest is None:
            self._context.note(f"the arguments of {call.name} do not fit its schema and could not be repaired")
            return as_it_came
        self._context.note(f"the arguments of {call.name} were repaired")
        return rest

    def _schema(self, name: str) -> object:
        tools: list[JsonObject] = [tool for tool in self._context.asked.get("tools") or [] if isinstance(tool, dict)]
        return next((tool.get("input_schema") for tool in tools if tool.get("name") == name), None)


def _mended(sent: str, rest: str, schema: object) -> str | None:
    """What has to follow `sent` so that both mean what the model meant."""
    text = sent + rest
    if not text.rstrip(_SEPARATORS).endswith(_CLOSED):
        return None
    arguments = repaired(text, schema)
    # A string that was left open would have swallowed another bracket.
    if arguments is None or arguments != repaired(text + "}", schema):
        return None
    return continuation(sent, arguments)
