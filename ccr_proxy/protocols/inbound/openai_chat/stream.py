"""An answer as the chunks of a Chat Completions stream.

The bytes come from templates: only strings are encoded, so that a chunk costs about a microsecond.
(https://platform.openai.com/docs/api-reference/chat-streaming)
"""

from __future__ import annotations

from ccr_proxy.json_codec import JsonObject, dumps
from ccr_proxy.protocols.inbound.client_tools import custom_text
from ccr_proxy.protocols.inbound.openai_chat import reasoning
from ccr_proxy.protocols.inbound.openai_chat.citations import annotation
from ccr_proxy.protocols.inbound.openai_chat.tools import client_tools, is_old_form
from ccr_proxy.protocols.inbound.openai_errors import error_object
from ccr_proxy.protocols.inbound.openai_usage import chat_usage
from ccr_proxy.protocols.tool_ids import to_client
from ccr_proxy.protocols.usage import Usage

FINISH_REASONS = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "pause_turn": "stop",
    "tool_use": "tool_calls",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "content_filter",
}


class ChatWriter:
    """Collects chunks as bytes; `take()` hands over what has been written since the last call."""

    def __init__(self, body: JsonObject, created: int) -> None:
        options = body.get("stream_options")
        self._wants_usage = isinstance(options, dict) and options.get("include_usage") is True
        self._old_form = is_old_form(body)
        self._custom = client_tools(body)
        self._created = created
        self._parts: list[bytes] = []
        self._head = b""
        self._tail = b""
        self._calls = -1  # number of the latest tool call
        self._thoughts = -1  # number of the latest thinking block
        self._held: list[str] | None = None  # arguments of a custom tool, shown as text once they are whole
        self._arguments_came = False
        self._block: JsonObject = {}
        self._text_length = 0  # of all text so far: citations tell their place in it

    def take(self) -> bytes:
        data = b"".join(self._parts)
        self._parts.clear()
        return data

    def message_start(self, message_id: str, model: str, usage: Usage) -> None:
        head = {
            "id": "chatcmpl-" + message_id.removeprefix("msg_"),
            "object": "chat.completion.chunk",
            "created": self._created,
            "model": model,
        }
        # Every chunk has the field once the client wants the usage; the last one alone has a value.
        usage_field = b',"usage":null' if self._wants_usage else b""
        self._opening = dumps(head)[:-1]
        self._head = b"data: " + self._opening + b',"choices":[{"index":0,"delta":'
        self._tail = b',"finish_reason":null}]' + usage_field + b"}\n\n"
        self._delta(b'{"role":"assistant","content":""}')

    def block_start(self, index: int, block: JsonObject) -> None:
        self._block, kind = block, block.get("type")
        if kind == "tool_use":
            self._begin_call(block)
        elif kind == "thinking":
            self._thoughts += 1
            if text := block.get("thinking"):
                self.thinking_delta(index, text)
        elif kind == "redacted_thinking":
            self._thoughts += 1
            self._details(reasoning.encrypted_detail(self._thoughts, block.get("data")))
        elif kind == "text":
            if text := block.get("text"):
                self.text_delta(index, text)
            for citation in block.get("citations") or ():
                self._cite(citation)

    def text_delta(self, index: int, text: str) -> None:
        self._text_length += len(text)
        self._delta(b'{"content":%b}' % dumps(text) if text else b"{}")

    def thinking_delta(self, index: int, text: str) -> None:
        if not text:
            self._delta(b"{}")
            return
        detail = reasoning.text_detail(self._thoughts, text)
        self._delta(b'{"reasoning_content":%b,"reasoning_details":[%b]}' % (dumps(text), dumps(detail)))

    def signature_delta(self, index: int, signature: str) -> None:
        self._details(reasoning.signature_detail(self._thoughts, signature))

    def input_json_delta(self, index: int, fragment: str) -> None:
        if self._held is not None:
            self._held.append(fragment)
        if self._held is not None or self._block.get("type") != "tool_use":
            # Shown at the end of the call, or never: a tool that the provider runs is not the client's to call.
            self._delta(b"{}")
            return
        self._arguments_came = self._arguments_came or bool(fragment)
        if self._old_form:
            self._delta(b'{"function_call":{"arguments":%b}}' % dumps(fragment))
        else:
            self._delta(b'{"tool_calls":[{"index":%d,"function":{"arguments":%b}}]}' % (self._calls, dumps(fragment)))

    def block_delta(self, index: int, delta: JsonObject) -> None:
        if delta.get("type") == "citations_delta":
            self._cite(delta.get("citation"))

    def block_stop(self, index: int) -> None:
        if self._block.get("type") != "tool_use":
            return
        if self._held is not None:
            text, self._held = custom_text("".join(self._held)), None
            self._delta(dumps({"tool_calls": [{"index": self._calls, "custom": {"input": text}}]}))
        elif not self._arguments_came:
            self.input_json_delta(index, "{}")  # clients parse the arguments, and "" is not JSON

    def message_delta(self, stop_reason: str, stop_sequence: str | None, usage: Usage) -> None:
        reason = finish_reason(stop_reason, old_form=self._old_form)
        finish = dumps(reason)
        self._parts.append(self._head + b"{}" + self._tail.replace(b"null", finish, 1))
        if self._wants_usage:
            counts = dumps(chat_usage(usage))
            self._parts.append(b"data: " + self._opening + b',"choices":[],"usage":%b}\n\n' % counts)

    def message_stop(self) -> None:
        self._parts.append(b"data: [DONE]\n\n")

    def error(self, error_type: str, message: str) -> None:
        """An error inside a stream has no `[DONE]` behind it: the answer is not done."""
        self._parts.append(b"data: %b\n\n" % dumps({"error": error_object(error_type, message)}))

    def _delta(self, delta: bytes) -> None:
        self._parts.append(self._head + delta + self._tail)

    def _details(self, detail: JsonObject) -> None:
        self._delta(b'{"reasoning_details":[%b]}' % dumps(detail))

    def _begin_call(self, block: JsonObject) -> None:
        self._calls += 1
        self._arguments_came = False
        name = block.get("name")
        if self._old_form:
            if self._calls:
                self._block = {}  # this form has room for one call; the model was told so
            else:
                self._delta(dumps({"function_call": {"name": name, "arguments": ""}}))
            return
        call: JsonObject = {"index": self._calls, "id": to_client(str(block.get("id")))}
        if name in self._custom:
            self._held = []
            call |= {"type": "custom", "custom": {"name": name, "input": ""}}
        else:
            call |= {"type": "function", "function": {"name": name, "arguments": ""}}
        self._delta(dumps({"tool_calls": [call]}))

    def _cite(self, citation: object) -> None:
        if found := annotation(citation, self._text_length):
            self._delta(dumps({"annotations": [found]}))


def finish_reason(stop_reason: object, *, old_form: bool) -> str:
    """Anthropic's stop reason in OpenAI's words; an unknown one is an ordinary end."""
    reason = FINISH_REASONS.get(str(stop_reason), "stop")
    return "function_call" if reason == "tool_calls" and old_form else reason
