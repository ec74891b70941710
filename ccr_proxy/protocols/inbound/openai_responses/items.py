"""The items of a response, built while an answer arrives.

Each item knows how it looks when it begins, how its content is told, and how it looks when it is done. An item's
`emit` writes one event about it; `output_index` and `item_id` are added there.
"""

from __future__ import annotations

from collections.abc import Callable

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.inbound.client_tools import ClientTool, custom_text
from ccr_proxy.protocols.inbound.hub_conversation import tool_input

# (event name without "response.", its fields)
Emit = Callable[[str, JsonObject], None]


class MessageItem:
    """What the model says: one part per text block."""

    def __init__(self, item_id: str, emit: Emit) -> None:
        self._emit = emit
        self._fragments: list[str] = []
        self._length = 0  # of all parts so far
        self._part_start = 0
        self.item: JsonObject = {
            "id": item_id,
            "type": "message",
            "status": "in_progress",
            "role": "assistant",
            "content": [],
        }
        emit("output_item.added", {"item": {**self.item, "content": []}})

    @property
    def part_index(self) -> int:
        return len(self.item["content"]) - 1

    def begin_part(self) -> None:
        self._fragments, self._part_start = [], self._length
        part: JsonObject = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
        self.item["content"].append(part)
        self._emit("content_part.added", {"content_index": self.part_index, "part": {**part, "annotations": []}})

    def text(self, text: str) -> None:
        self._fragments.append(text)
        self._length += len(text)
        self._emit("output_text.delta", {"content_index": self.part_index, "delta": text, "logprobs": []})

    def cite(self, citation: object) -> None:
        """A page behind the text of this part; Anthropic does not tell where in the text."""
        url = citation.get("url") if isinstance(citation, dict) else None
        if not isinstance(citation, dict) or not isinstance(url, str):
            return
        place = {"start_index": 0, "end_index": self._length - self._part_start}
        annotation = {"type": "url_citation", "url": url, "title": citation.get("title") or url, **place}
        known = self.item["content"][-1]["annotations"]
        known.append(annotation)
        place_in_list = {"content_index": self.part_index, "annotation_index": len(known) - 1}
        self._emit("output_text.annotation.added", {**place_in_list, "annotation": annotation})

    def end_part(self) -> None:
        part = self.item["content"][-1]
        part["text"] = "".join(self._fragments)
        self._emit("output_text.done", {"content_index": self.part_index, "text": part["text"], "logprobs": []})
        self._emit("content_part.done", {"content_index": self.part_index, "part": part})

    def end(self, status: str) -> None:
        self.item["status"] = status
        self._emit("output_item.done", {"item": self.item})


class ReasoningItem:
    """What the model thinks; its signature is the encrypted content."""

    def __init__(self, item_id: str, emit: Emit) -> None:
        self._emit = emit
        self._fragments: list[str] = []
        self.item: JsonObject = {"id": item_id, "type": "reasoning", "summary": []}
        emit("output_item.added", {"item": {**self.item, "summary": []}})

    def text(self, text: str) -> None:
        if not self._fragments:
            self._emit("reasoning_summary_part.added", {"summary_index": 0, "part": _summary("")})
        self._fragments.append(text)
        self._emit("reasoning_summary_text.delta", {"summary_index": 0, "delta": text})

    def sign(self, signature: str) -> None:
        self.item["encrypted_content"] = signature

    def end(self, status: str) -> None:
        if self._fragments:
            text = "".join(self._fragments)
            self._emit("reasoning_summary_text.done", {"summary_index": 0, "text": text})
            self._emit("reasoning_summary_part.done", {"summary_index": 0, "part": _summary(text)})
            self.item["summary"] = [_summary(text)]
        self._emit("output_item.done", {"item": self.item})


class CallItem:
    """A tool call, in the kind that the client knows the tool by."""

    def __init__(self, item_id: str, call_id: str, tool: ClientTool, emit: Emit) -> None:
        self._emit = emit
        self._kind = tool.kind
        self._fragments: list[str] = []
        self.item: JsonObject = {"id": item_id, "call_id": call_id, "status": "in_progress"}
        if tool.namespace:
            self.item["namespace"] = tool.namespace
        if tool.kind == "function":
            self.item |= {"type": "function_call", "name": tool.name, "arguments": ""}
        elif tool.kind == "custom":
            self.item |= {"type": "custom_tool_call", "name": tool.name, "input": ""}
        else:
            self.item |= {"type": "local_shell_call", "action": _shell_action("")}
        emit("output_item.added", {"item": dict(self.item)})

    def arguments(self, fragment: str) -> None:
        """More of the JSON text; the text of a custom tool is inside it and can be read at the end only."""
        self._fragments.append(fragment)
        if self._kind == "function":
            self._emit("function_call_arguments.delta", {"delta": fragment})

    def end(self, status: str) -> None:
        self.item["status"] = status
        text = "".join(self._fragments)
        if self._kind == "function":
            if not text:
                text = "{}"  # clients parse the arguments, and "" is not JSON
                self._emit("function_call_arguments.delta", {"delta": text})
            self.item["arguments"] = text
            self._emit("function_call_arguments.done", {"arguments": text, "name": self.item["name"]})
        elif self._kind == "custom":
            self.item["input"] = custom_text(text)
            self._emit("custom_tool_call_input.delta", {"delta": self.item["input"]})
            self._emit("custom_tool_call_input.done", {"input": self.item["input"]})
        else:
            self.item["action"] = _shell_action(text)
        self._emit("output_item.done", {"item": self.item})


class SearchItem:
    """A web search that the provider runs."""

    def __init__(self, item_id: str, emit: Emit) -> None:
        self._emit = emit
        self._fragments: list[str] = []
        self.item: JsonObject = {
            "id": item_id,
            "type": "web_search_call",
            "status": "in_progress",
            "action": {"type": "search", "query": ""},
        }
        emit("output_item.added", {"item": dict(self.item)})
        emit("web_search_call.in_progress", {})
        emit("web_search_call.searching", {})

    def arguments(self, fragment: str) -> None:
        """More of the JSON text of the search's input."""
        self._fragments.append(fragment)

    def end(self, status: str) -> None:
        query = tool_input("".join(self._fragments)).get("query")
        action = {"type": "search", "query": query if isinstance(query, str) else ""}
        self.item |= {"status": status, "action": action}
        self._emit("web_search_call.completed", {})
        self._emit("output_item.done", {"item": self.item})


def _summary(text: str) -> JsonObject:
    return {"type": "summary_text", "text": text}


def _shell_action(arguments: str) -> JsonObject:
    given = tool_input(arguments)
    command = given.get("command")
    action: JsonObject = {"type": "exec", "command": command if isinstance(command, list) else [], "env": {}}
    return action | {key: given[key] for key in ("working_directory", "timeout_ms") if given.get(key) is not None}
