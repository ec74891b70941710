"""The messages of a Chat Completions request, role by role."""

from __future__ import annotations

from collections.abc import Iterator

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.inbound import media
from ccr_proxy.protocols.inbound.fields import a_list, a_name, a_text, an_object, refuse
from ccr_proxy.protocols.inbound.hub_conversation import HubConversation, text_block, thinking, tool_input, tool_use
from ccr_proxy.protocols.inbound.openai_chat.reasoning import earlier_reasoning


def add_messages(request: JsonObject, messages: object) -> None:
    """Put `system` and `messages` into an Anthropic request. Raises ClientFault naming the part that cannot go."""
    reader = _MessageReader()
    for position, message in enumerate(a_list(messages, "messages")):
        field = f"messages[{position}]"
        reader.read(an_object(message, field), field)
    reader.conversation.write(request)


class _MessageReader:
    """Reads the messages of one request in their order."""

    def __init__(self) -> None:
        self.conversation = HubConversation()
        self._function_calls = 0  # calls in the old form, which have no ids

    def read(self, message: JsonObject, field: str) -> None:
        role, content = message.get("role"), message.get("content")
        if role in ("system", "developer"):
            self.conversation.system(list(_texts(content, f"{field}.content")))
        elif role == "user":
            self.conversation.user(list(_blocks(content, f"{field}.content")))
        elif role == "assistant":
            self.conversation.assistant(self._assistant(message, field))
        elif role == "tool":
            call_id = a_name(message.get("tool_call_id"), f"{field}.tool_call_id")
            self.conversation.result(call_id, list(_blocks(content, f"{field}.content")))
        elif role == "function":
            self.conversation.result(self._function_id(), a_text(content, f"{field}.content"))
        else:
            refuse(f"{field}.role", f"{role!r} is not one of system, developer, user, assistant, tool and function")

    def _assistant(self, message: JsonObject, field: str) -> list[JsonObject]:
        if message.get("audio") and not message.get("content"):
            refuse(f"{field}.audio", "this gateway cannot look up an earlier spoken answer; send its transcript")
        blocks = (
            earlier_reasoning(message)
            or [
                thinking(text, "")
                for key in ("reasoning_content", "reasoning")
                if isinstance(text := message.get(key), str) and text
            ][:1]
        )
        blocks += _texts(message.get("content"), f"{field}.content")
        if refusal := a_text(message.get("refusal"), f"{field}.refusal"):
            blocks.append(text_block(refusal))
        for position, call in enumerate(a_list(message.get("tool_calls"), f"{field}.tool_calls")):
            path = f"{field}.tool_calls[{position}]"
            blocks.append(_call(an_object(call, path), path))
        if message.get("function_call"):
            self._function_calls += 1
            function = an_object(message["function_call"], f"{field}.function_call")
            blocks.append(_function(self._function_id(), function, f"{field}.function_call"))
        return blocks

    def _function_id(self) -> str:
        """Calls in the old form come one at a time: a result belongs to the call before it."""
        return f"function_call_{self._function_calls}"


def _call(call: JsonObject, field: str) -> JsonObject:
    call_id = a_name(call.get("id"), f"{field}.id")
    if call.get("type") == "custom":
        custom = an_object(call.get("custom"), f"{field}.custom")
        text = a_text(custom.get("input"), f"{field}.custom.input")
        return tool_use(call_id, a_name(custom.get("name"), f"{field}.custom.name"), {"input": text})
    return _function(call_id, an_object(call.get("function"), f"{field}.function"), f"{field}.function")


def _function(call_id: str, function: JsonObject, field: str) -> JsonObject:
    arguments = a_text(function.get("arguments"), f"{field}.arguments")
    return tool_use(call_id, a_name(function.get("name"), f"{field}.name"), tool_input(arguments))


def _texts(content: object, field: str) -> Iterator[JsonObject]:
    """Content of a role that has text only."""
    for position, block in enumerate(_blocks(content, field)):
        if block["type"] != "text":
            refuse(f"{field}[{position}]", "only text can stand in a message of this role")
        yield block


def _blocks(content: object, field: str) -> Iterator[JsonObject]:
    if content is None:
        return
    if isinstance(content, str):
        yield text_block(content)
        return
    for position, part in enumerate(a_list(content, field)):
        path = f"{field}[{position}]"
        yield _block(an_object(part, path), path)


def _block(part: JsonObject, field: str) -> JsonObject:
    kind = part.get("type")
    if kind in ("text", "refusal"):
        block = text_block(a_text(part.get(kind), f"{field}.{kind}"))
    elif kind == "image_url":
        given = part.get("image_url")
        url = given.get("url") if isinstance(given, dict) else given
        block = media.image(url, f"{field}.image_url.url")
    elif kind == "file":
        block = media.file(an_object(part.get("file"), f"{field}.file"), f"{field}.file")
    elif kind == "input_audio":
        refuse(field, "the models behind this gateway do not take audio; send a transcript")
    else:
        refuse(f"{field}.type", f"{kind!r} is not one of text, image_url, file and refusal")
    # Anthropic's cache mark, in the place where OpenRouter's clients put it.
    return {**block, "cache_control": part["cache_control"]} if part.get("cache_control") else block
