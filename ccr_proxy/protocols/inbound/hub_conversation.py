"""A conversation on its way into the hub: whatever order a client sends it in, what comes out is what the Anthropic
API takes: turns that alternate, and every tool call answered right after its turn."""

from __future__ import annotations

from ccr_proxy.errors import ClientFault
from ccr_proxy.json_codec import JsonObject, loads
from ccr_proxy.protocols.conversation import turns_of
from ccr_proxy.protocols.tool_ids import from_client


class HubConversation:
    """Collects one request's system texts and messages."""

    def __init__(self) -> None:
        self._system: list[JsonObject] = []
        self._messages: list[JsonObject] = []

    def system(self, blocks: list[JsonObject]) -> None:
        """Instructions. Before the first message they are the system prompt; later ones keep their place."""
        blocks = [block for block in blocks if block.get("text")]
        if self._messages and blocks:
            self._messages.append({"role": "system", "content": blocks})
        else:
            self._system += blocks

    def user(self, blocks: list[JsonObject]) -> None:
        """What the user says, or the results of tools."""
        self._messages.append({"role": "user", "content": blocks})

    def assistant(self, blocks: list[JsonObject]) -> None:
        """What the model has said, thought or called."""
        self._messages.append({"role": "assistant", "content": blocks})

    def result(self, call_id: str, content: str | list[JsonObject]) -> None:
        """The result of a tool call, under the id that the client knows. Anthropic refuses empty texts in it."""
        if isinstance(content, list):
            content = [block for block in content if block["type"] != "text" or block["text"]]
        self.user([{"type": "tool_result", "tool_use_id": from_client(call_id), "content": content}])

    def write(self, request: JsonObject) -> None:
        """Put `system` and `messages` into an Anthropic request. Raises ClientFault when nothing was said."""
        system, messages = self._system, self._messages
        if not messages and system:
            # Anthropic demands a user turn; instructions alone are then what there is to answer.
            system, messages = [], [{"role": "user", "content": system}]
        if not messages:
            raise ClientFault(400, "messages: at least one message is required")
        if system:
            request["system"] = system
        request["messages"] = [
            {"role": turn.role, "content": [*turn.results, *turn.blocks]} for turn in turns_of({"messages": messages})
        ]


def text_block(text: str) -> JsonObject:
    """Text as a content block."""
    return {"type": "text", "text": text}


def tool_use(call_id: str, name: str, tool_input: JsonObject) -> JsonObject:
    """A tool call under the id that the client knows."""
    return {"type": "tool_use", "id": from_client(call_id), "name": name, "input": tool_input}


def thinking(text: str, signature: str) -> JsonObject:
    """Earlier reasoning; without a signature only some providers take it back."""
    return {"type": "thinking", "thinking": text, "signature": signature}


def tool_input(arguments: str) -> JsonObject:
    """The arguments of an earlier call. What is not a JSON object is kept the way Claude Code reports such input."""
    try:
        value = loads(arguments) if arguments.strip() else {}
    except ValueError:
        value = None
    if isinstance(value, dict):
        return value
    return {"__unparsedToolInput": {"raw": arguments, "len": len(arguments)}}
