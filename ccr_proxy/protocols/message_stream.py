"""The grammar of an Anthropic answer, owned by one object.

    message_start, then blocks, each started, filled and stopped in order, one open at a time,
    then message_delta with stop_reason and usage, then message_stop -- or an `error` event.

Decoders feed it facts in whatever order a provider sends them; nothing else writes Anthropic events. It never invents
an end: `complete()` must have been said before `end()`, or what leaves is a true error.
(https://docs.anthropic.com/en/docs/build-with-claude/streaming)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

from ccr_proxy.errors import UpstreamFault
from ccr_proxy.json_codec import JsonObject, dumps, loads
from ccr_proxy.protocols.empty_answer import empty_answer, needs_content
from ccr_proxy.protocols.tool_ids import new_tool_id, signed, to_anthropic
from ccr_proxy.protocols.usage import Usage

# For the output estimate when a provider reports no usage: English and code average about four characters a token.
CHARACTERS_PER_TOKEN = 4
# A call after other content is shown once it is complete or has so many characters of arguments: until then an answer
# that breaks off can be taken up again by another attempt, because no half call has been shown.
HELD_CHARACTERS = 1024


class EventWriter(Protocol):
    """Where the events go: Anthropic SSE, one whole message, or another client's format."""

    def message_start(self, message_id: str, model: str, usage: Usage) -> None: ...
    def block_start(self, index: int, block: JsonObject) -> None: ...
    def text_delta(self, index: int, text: str) -> None: ...
    def thinking_delta(self, index: int, text: str) -> None: ...
    def signature_delta(self, index: int, signature: str) -> None: ...
    def input_json_delta(self, index: int, fragment: str) -> None: ...
    def block_delta(self, index: int, delta: JsonObject) -> None: ...
    def block_stop(self, index: int) -> None: ...
    def message_delta(self, stop_reason: str, stop_sequence: str | None, usage: Usage) -> None: ...
    def message_stop(self) -> None: ...
    def error(self, error_type: str, message: str) -> None: ...


class ToolCall:
    """A tool call while it arrives; it is shown once its name is known and no other block is being filled."""

    __slots__ = ("call_id", "characters", "final", "fragments", "name", "signature", "unsent")

    def __init__(self) -> None:
        self.call_id = ""
        self.name = ""
        self.signature = ""  # what its provider wants back with this call; travels in the id
        self.fragments: list[str] = []
        self.characters = 0
        self.unsent = 0  # index of the first fragment that has not been written
        self.final = False  # nothing more can come

    @property
    def arguments(self) -> str:
        return "".join(self.fragments)

    def is_complete(self) -> bool:
        """Whether the arguments are a finished JSON object, after which nothing more can come."""
        if not self.final and self.fragments and self.fragments[-1].rstrip().endswith("}"):
            try:
                self.final = isinstance(loads(self.arguments), dict)
            except ValueError:
                self.final = False
        return self.final


def cut_short() -> UpstreamFault:
    """The failure of a body that ended before the answer did."""
    return UpstreamFault(502, "the provider's answer broke off before it was finished", cause="broken_off")


class Retelling:
    """Compares what a second attempt says with what the first has shown."""

    def __init__(self, shown: str) -> None:
        self._shown = shown
        self._said = ""
        self.differs = False

    def new_text(self, text: str) -> str | None:
        """What is to be shown; None while everything has been shown before."""
        self._said += text
        if self._shown.startswith(self._said):
            return None
        self.differs = not self._said.startswith(self._shown)
        return self._said if self.differs else self._said[len(self._shown) :]


class MessageStream:
    """One answer on its way to the client. Not thread-safe; made per request.

    `report` gets the type and message of an error that the client has to see; by default it is written at once.
    `kept_alive` says that the client has seen the start already, and an empty thinking block that is still open.
    """

    def __init__(
        self,
        writer: EventWriter,
        *,
        message_id: str,
        model: str,
        estimated_input: int,
        report: Callable[[str, str], None] | None = None,
        kept_alive: bool = False,
    ) -> None:
        self._writer = writer
        self._report = report or writer.error
        self.message_id = message_id
        self._model = model
        self._usage = self._estimate = Usage(input_tokens=estimated_input, reported=False)
        self._index = 0 if kept_alive else -1
        self._open = "thinking" if kept_alive else ""  # type of the open block, "" when none is open
        self._signature = ""
        self._default_signature = ""
        self._calls: dict[object, ToolCall] = {}
        self._waiting: list[ToolCall] = []
        # Content that came while a call's arguments were unfinished: shown once they are.
        self._deferred: list[tuple[Callable[[Any], None], Any]] = []
        self._current: ToolCall | None = None
        self._used_ids: set[str] = set()
        self._characters = 0
        self._stop_reason: str | None = None
        self._stop_sequence: str | None = None
        self._complete = False
        self._break: UpstreamFault | None = None
        self._shown_text: list[str] = []
        self._retelling: Retelling | None = None  # set while a resumed answer repeats what was shown
        self.started = kept_alive
        self.has_content = False
        self.finished = False
        self.failure: UpstreamFault | None = None

    # What the answer is made of

    def text(self, text: str) -> None:
        """Visible text."""
        if not text or self.finished:
            return
        if self._retelling is not None:
            self._retell(self._retelling, text)
        elif self._open == "text" and not self._waiting:
            self._write_text(text)
        else:
            self._content(self._begin_text, text)

    def end_text(self) -> None:
        """The text so far is one piece; more text begins a block of its own."""
        if self._open == "text" and not self.finished:
            self._close_block()

    def citation(self, citation: JsonObject) -> None:
        """A source of the text before it; without such text there is nothing that it could belong to."""
        if self._open == "text" and not self.finished:
            self._writer.block_delta(self._index, {"type": "citations_delta", "citation": citation})

    def thinking(self, text: str) -> None:
        """Reasoning that the provider shows."""
        if not text or self.finished or self._retelling is not None:
            return
        self._content(self._write_thinking, text)

    def signature(self, signature: str) -> None:
        """Sign the open thinking block, or an empty one when the provider hides its reasoning."""
        if not signature or self.finished or self._retelling is not None:
            return
        self._content(self._write_signature, signature)

    def sign_thinking_with(self, signature: str) -> None:
        """The signature for thinking blocks that get none of their own."""
        self._default_signature = signature

    def redacted_thinking(self, data: str) -> None:
        """Reasoning that only its provider can read."""
        self.block({"type": "redacted_thinking", "data": data})

    def block(self, block: JsonObject) -> None:
        """A block that arrives whole, such as a search result."""
        if not self.finished:
            self._content(self._write_block, block)

    def tool_call(self, key: object, *, call_id: str = "", name: str = "", signature: str = "") -> None:
        """A tool call begins, or more of its head arrives; `key` tells the calls of one answer apart.

        `signature`, made by `signatures.wrap`, travels in the call's id, if it comes before the call is shown.
        """
        if self.finished:
            return
        call = self._calls.get(key)
        if call is None:
            self._retelling = None
            call = self._calls[key] = ToolCall()
            self._waiting.append(call)
        call.call_id = call.call_id or call_id
        call.name = call.name or name
        call.signature = call.signature or signature
        self._advance()

    def tool_arguments(self, key: object, fragment: str) -> None:
        """More of the JSON text of a call's arguments. A call that is complete takes nothing more."""
        if not fragment or self.finished:
            return
        call = self._calls.get(key)
        if call is None:
            self.tool_call(key)
            call = self._calls[key]
        if call.final:
            return
        call.fragments.append(fragment)
        call.characters += len(fragment)
        self._characters += len(fragment)
        if call is self._current:
            self._send_fragments(call)
        if self._waiting:
            self._advance()

    def tool_done(self, key: object) -> None:
        """The call's arguments are complete."""
        call = self._calls.get(key)
        if call is not None and not self.finished:
            call.final = True
            self._advance()

    # How it ends

    def usage(self, usage: Usage) -> None:
        """The provider's own count; the last one wins."""
        self._usage = usage

    def stop(self, reason: str, stop_sequence: str | None = None) -> None:
        """The provider's stop reason, in Anthropic's words."""
        self._stop_reason, self._stop_sequence = reason, stop_sequence
        self._complete = True

    def complete(self) -> None:
        """The provider said that it is done, though it gave no reason."""
        self._complete = True

    def fail(self, fault: UpstreamFault) -> None:
        """The answer cannot be finished. Once something was shown the client sees an `error` event."""
        if self.finished:
            return
        self.finished, self.failure = True, fault
        if self.started:
            self._report(fault.type, fault.message)

    @property
    def can_resume(self) -> bool:
        """Whether another attempt may finish a failed answer: nothing but text and thinking has been shown, and the
        break came where no text was under way."""
        return not self._used_ids and (not self.has_content or bool(self._waiting))

    def resume(self) -> None:
        """Begin again after a failure. Of what the next attempt says, the text that was shown is not shown twice, and
        neither is thinking; text that is different begins a block of its own."""
        self.finished, self.failure, self._break = False, None, None
        self._usage = self._estimate
        self._calls.clear()
        self._waiting.clear()
        self._deferred.clear()
        self._complete, self._stop_reason, self._stop_sequence = False, None, None
        if self.has_content:
            self._retelling = Retelling("".join(self._shown_text))

    def broke_off(self, fault: UpstreamFault) -> None:
        """The connection broke; `end()` follows. What was complete by then has only lost its goodbye."""
        self._break = fault

    def end(self) -> None:
        """Upstream has ended: close what is open, or report the cut."""
        if self.finished:
            return
        if not self._complete:
            self.fail(self._break or cut_short())
            return
        if self._is_empty() and needs_content(self._stop_reason):
            self.fail(empty_answer(self.final_usage()))
            return
        self._end()

    def say_nothing(self, usage: Usage) -> None:
        """End as an answer that is meant to have no content, instead of everything else."""
        self._usage = usage
        self._end()

    def _end(self) -> None:
        self._start()
        nameless = self._flush_calls()
        self._release()
        self._close_block()
        if nameless:
            self.fail(UpstreamFault(502, "the provider sent a tool call without a name", cause="garbled"))
            return
        self.finished = True
        self._writer.message_delta(self._final_stop_reason(), self._stop_sequence, self.final_usage())
        self._writer.message_stop()

    def keep_alive(self) -> None:
        """Content that says nothing yet: Claude Code gives up after 300 s without content events, and neither pings
        nor comments count, but empty deltas do."""
        if self.finished:
            return
        if not self._open:
            self._start()
            self._open_block("thinking", {"type": "thinking", "thinking": "", "signature": ""})
        if self._open == "text":
            self._writer.text_delta(self._index, "")
        elif self._open == "thinking":
            self._writer.thinking_delta(self._index, "")
        elif self._open == "tool_use":
            self._writer.input_json_delta(self._index, "")

    def final_usage(self) -> Usage:
        """The provider's usage, or the estimate of input and output where it gave none."""
        if self._usage.reported:
            return self._usage
        return replace(self._usage, output_tokens=-(-self._characters // CHARACTERS_PER_TOKEN))

    def spent(self) -> Usage | None:
        """What an answer that may have broken off has taken; None when there was neither a usage nor content."""
        return self.final_usage() if self._usage.reported or self._characters else None

    # Content, once its turn has come

    def _content(self, show: Callable[[Any], None], value: Any) -> None:
        """Show content now, or once the calls that began before it have got their arguments: a block that was closed
        takes nothing more."""
        self._advance()
        if self._waiting or (self._current is not None and not self._current.is_complete()):
            self._deferred.append((show, value))
            return
        self._release()
        show(value)

    def _release(self) -> None:
        deferred, self._deferred = self._deferred, []
        for show, value in deferred:
            show(value)

    def _retell(self, retelling: Retelling, text: str) -> None:
        new = retelling.new_text(text)
        if new is None:
            return
        if retelling.differs:
            self._close_block()
        self._retelling = None
        self.text(new)

    def _begin_text(self, text: str) -> None:
        if self._open != "text":
            self._begin("text", {"type": "text", "text": ""})
        self._write_text(text)

    def _write_text(self, text: str) -> None:
        self._characters += len(text)
        self._shown_text.append(text)
        self._writer.text_delta(self._index, text)

    def _write_thinking(self, text: str) -> None:
        if self._open != "thinking" or self._signature:
            self._begin("thinking", {"type": "thinking", "thinking": "", "signature": ""})
        self.has_content = True
        self._characters += len(text)
        self._writer.thinking_delta(self._index, text)

    def _write_signature(self, signature: str) -> None:
        if self._open != "thinking" or self._signature:
            self._begin("thinking", {"type": "thinking", "thinking": "", "signature": ""})
        self._signature = signature

    def _write_block(self, block: JsonObject) -> None:
        arguments = block.get("input")
        if isinstance(arguments, dict):
            # As Anthropic does it: a call on the provider's side gets its input in deltas, like any other call.
            self._begin(str(block.get("type")), {**block, "input": {}})
            self._writer.input_json_delta(self._index, dumps(arguments).decode())
        else:
            self._begin(str(block.get("type")), block)
        self._close_block()

    def _is_empty(self) -> bool:
        return not (self.has_content or self._waiting or self._deferred)

    # The grammar

    def _start(self) -> None:
        if not self.started:
            self.started = True
            self._writer.message_start(self.message_id, self._model, self._usage)

    def _begin(self, kind: str, block: JsonObject) -> None:
        """Open a block of real content."""
        self._close_block()
        self.has_content = True
        self._open_block(kind, block)

    def _open_block(self, kind: str, block: JsonObject) -> None:
        self._start()
        self._index += 1
        self._open = kind
        self._writer.block_start(self._index, block)

    def _close_block(self) -> None:
        if not self._open:
            return
        if self._open == "thinking" and (signature := self._signature or self._default_signature):
            self._writer.signature_delta(self._index, signature)
        self._signature = ""
        self._open = ""
        self._writer.block_stop(self._index)
        if self._current is not None:
            self._current.final, self._current = True, None

    def _advance(self) -> None:
        """Show the next waiting call as soon as the one before it can get no more arguments."""
        while self._waiting and (self._current is None or self._current.is_complete()):
            call = self._waiting[0]
            # Without an id yet, wait for it until arguments come: some providers send it late.
            if not call.name or not (call.call_id or call.fragments):
                return
            if self._index >= 0 and call.characters < HELD_CHARACTERS and not call.is_complete():
                return
            self._show_call(self._waiting.pop(0))

    def _show_call(self, call: ToolCall) -> None:
        self._close_block()
        self.has_content = True
        tool_id = signed(self._unique_id(call.call_id), call.signature)
        self._open_block("tool_use", {"type": "tool_use", "id": tool_id, "name": call.name, "input": {}})
        self._current = call
        self._send_fragments(call)

    def _send_fragments(self, call: ToolCall) -> None:
        for fragment in call.fragments[call.unsent :]:
            self._writer.input_json_delta(self._index, fragment)
        call.unsent = len(call.fragments)

    def _flush_calls(self) -> bool:
        """Nothing more comes: show the calls that still wait. True when one cannot be shown because it has no name; a
        call of which nothing ever came is none."""
        waiting, self._waiting = self._waiting, []
        for call in waiting:
            if call.name:
                self._show_call(call)
        return any(not call.name and (call.call_id or call.fragments) for call in waiting)

    def _unique_id(self, upstream_id: str) -> str:
        tool_id = to_anthropic(upstream_id) if upstream_id else new_tool_id()
        while tool_id in self._used_ids:
            tool_id = new_tool_id()
        self._used_ids.add(tool_id)
        return tool_id

    def _final_stop_reason(self) -> str:
        reason = self._stop_reason or "end_turn"
        if reason == "end_turn" and self._used_ids:
            return "tool_use"
        if reason == "tool_use" and not self._used_ids:
            return "end_turn"
        return reason
