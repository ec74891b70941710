"""An answer as the events of a Responses stream (https://platform.openai.com/docs/api-reference/responses-streaming)."""

from __future__ import annotations

from typing import TypeVar

from ccr_proxy.json_codec import JsonObject, dumps
from ccr_proxy.protocols.inbound.client_tools import ClientTool
from ccr_proxy.protocols.inbound.openai_errors import error_object
from ccr_proxy.protocols.inbound.openai_responses.items import (
    CallItem,
    Emit,
    MessageItem,
    ReasoningItem,
    SearchItem,
)
from ccr_proxy.protocols.inbound.openai_responses.reasoning import encrypted_redacted
from ccr_proxy.protocols.inbound.openai_responses.response import new_response
from ccr_proxy.protocols.inbound.openai_responses.tools import client_tools
from ccr_proxy.protocols.inbound.openai_usage import responses_usage
from ccr_proxy.protocols.tool_ids import to_client
from ccr_proxy.protocols.usage import Usage

# Anthropic stop reason -> why the response is incomplete; every other one completes it.
_INCOMPLETE = {
    "max_tokens": "max_output_tokens",
    "model_context_window_exceeded": "max_output_tokens",
    "refusal": "content_filter",
}
_Item = TypeVar("_Item", MessageItem, ReasoningItem, CallItem, SearchItem)


class ResponsesWriter:
    """Collects events as bytes; `take()` hands over what has been written since the last call. `response` is the
    response so far."""

    def __init__(self, body: JsonObject, created: int) -> None:
        self._body = body
        self._created = created
        self._tools = client_tools(body)
        self._parts: list[bytes] = []
        self._sequence = 0
        self._suffix = ""  # what all ids of this answer end in
        # The item being filled. A message stays open until something else begins, because it may get more parts, and a
        # call, because the end of the answer tells whether it is whole.
        self._item: MessageItem | ReasoningItem | CallItem | SearchItem | None = None
        self.response: JsonObject = {}

    def take(self) -> bytes:
        data = b"".join(self._parts)
        self._parts.clear()
        return data

    def message_start(self, message_id: str, model: str, usage: Usage) -> None:
        self._suffix = message_id.removeprefix("msg_")
        self.response = new_response("resp_" + self._suffix, model, self._created, self._body)
        self._event("response.created", {"response": self.response})
        self._event("response.in_progress", {"response": self.response})

    def block_start(self, index: int, block: JsonObject) -> None:
        kind = block.get("type")
        if kind == "text":
            self._begin_text(block)
            return
        self._end_item("completed")
        if kind == "tool_use":
            name = str(block.get("name"))
            tool = self._tools.get(name) or ClientTool("function", name)
            call_id = to_client(str(block.get("id")))
            item_id, emit = self._new_item("fc")
            self._item = self._kept(CallItem(item_id, call_id, tool, emit))
        elif kind == "thinking" and block.get("thinking"):
            self.thinking_delta(index, block["thinking"])
        elif kind == "redacted_thinking":
            self._reasoning().sign(encrypted_redacted(block.get("data")))
        elif kind == "server_tool_use" and block.get("name") == "web_search":
            item_id, emit = self._new_item("ws")
            self._item = self._kept(SearchItem(item_id, emit))

    def text_delta(self, index: int, text: str) -> None:
        if text and isinstance(self._item, MessageItem):
            self._item.text(text)
        else:
            self._sign_of_life()

    def thinking_delta(self, index: int, text: str) -> None:
        # An empty block only keeps the client waiting and is no item.
        if text:
            self._reasoning().text(text)
        else:
            self._sign_of_life()

    def signature_delta(self, index: int, signature: str) -> None:
        self._reasoning().sign(signature)

    def input_json_delta(self, index: int, fragment: str) -> None:
        if fragment and isinstance(self._item, CallItem | SearchItem):
            self._item.arguments(fragment)
        else:
            self._sign_of_life()

    def block_delta(self, index: int, delta: JsonObject) -> None:
        if delta.get("type") == "citations_delta" and isinstance(self._item, MessageItem):
            self._item.cite(delta.get("citation"))

    def block_stop(self, index: int) -> None:
        if isinstance(self._item, MessageItem):
            self._item.end_part()
        elif isinstance(self._item, ReasoningItem | SearchItem):
            self._end_item("completed")

    def message_delta(self, stop_reason: str, stop_sequence: str | None, usage: Usage) -> None:
        reason = _INCOMPLETE.get(stop_reason)
        status = "incomplete" if reason else "completed"
        self._end_item(status)
        self.response |= {"status": status, "usage": responses_usage(usage)}
        if reason:
            self.response["incomplete_details"] = {"reason": reason}
        self._event(f"response.{status}", {"response": self.response})

    def message_stop(self) -> None:
        return None  # the event before it was the last

    def error(self, error_type: str, message: str) -> None:
        """Codex reads the failed response, others the error event; OpenAI sends both."""
        error = error_object(error_type, message)
        self._event("error", {"code": error["code"], "message": message, "param": None})
        self.response |= {"status": "failed", "error": {"code": error["code"], "message": message}}
        self._event("response.failed", {"response": self.response})

    # Items

    def _begin_text(self, block: JsonObject) -> None:
        if not isinstance(self._item, MessageItem):
            self._end_item("completed")
            item_id, emit = self._new_item("msg")
            self._item = self._kept(MessageItem(item_id, emit))
        self._item.begin_part()
        if text := block.get("text"):
            self._item.text(text)
        for citation in block.get("citations") or ():
            self._item.cite(citation)

    def _reasoning(self) -> ReasoningItem:
        if not isinstance(self._item, ReasoningItem):
            self._end_item("completed")
            item_id, emit = self._new_item("rs")
            self._item = self._kept(ReasoningItem(item_id, emit))
        return self._item

    def _new_item(self, prefix: str) -> tuple[str, Emit]:
        output_index = len(self.response["output"])
        item_id = f"{prefix}_{self._suffix}_{output_index}"

        def emit(name: str, fields: JsonObject) -> None:
            named = {} if name.startswith("output_item.") else {"item_id": item_id}
            self._event("response." + name, {"output_index": output_index, **named, **fields})

        return item_id, emit

    def _kept(self, item: _Item) -> _Item:
        self.response["output"].append(item.item)
        return item

    def _end_item(self, status: str) -> None:
        item, self._item = self._item, None
        if item is not None:
            item.end(status)

    # Events

    def _sign_of_life(self) -> None:
        """Comments do not reset the idle timers of clients, events do."""
        self._event("response.in_progress", {"response": {**self.response, "output": [], "tools": []}})

    def _event(self, name: str, fields: JsonObject) -> None:
        data = dumps({"type": name, "sequence_number": self._sequence, **fields})
        self._sequence += 1
        self._parts.append(b"event: %b\ndata: %b\n\n" % (name.encode(), data))
