"""The input items of a Responses request as messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ccr_proxy.json_codec import JsonObject, dumps
from ccr_proxy.protocols.inbound import media
from ccr_proxy.protocols.inbound.client_tools import LOCAL_SHELL, hub_name
from ccr_proxy.protocols.inbound.fields import a_list, a_name, a_text, an_object, refuse
from ccr_proxy.protocols.inbound.hub_conversation import HubConversation, text_block, tool_input, tool_use
from ccr_proxy.protocols.inbound.openai_responses.reasoning import earlier_reasoning

_TEXT_PARTS = {"input_text": "text", "output_text": "text", "text": "text", "refusal": "refusal"}


def add_input(request: JsonObject, instructions: object, items: object) -> None:
    """Put `system` and `messages` into an Anthropic request. Raises ClientFault naming the item that cannot go."""
    conversation = HubConversation()
    if text := a_text(instructions, "instructions"):
        conversation.system([text_block(text)])
    if isinstance(items, str):
        conversation.user([text_block(items)])
    else:
        for position, item in enumerate(a_list(items, "input")):
            field = f"input[{position}]"
            _add(conversation, an_object(item, field), field)
    conversation.write(request)


def _add(conversation: HubConversation, item: JsonObject, field: str) -> None:
    kind = item.get("type") or "message"
    read = _READERS.get(kind) if isinstance(kind, str) else None
    if read is None:
        why = _WHY_NOT.get(str(kind), f"items of type {kind!r} cannot be used with the models behind this gateway")
        refuse(f"{field}.type", why)
    read(conversation, item, field)


_WHY_NOT = {
    "item_reference": "this gateway stores no items; send the item itself",
    "compaction": "a compacted conversation can be read by OpenAI only; compact it anew with this model",
    "compaction_summary": "a compacted conversation can be read by OpenAI only; compact it anew with this model",
}


def _message(conversation: HubConversation, item: JsonObject, field: str) -> None:
    role = item.get("role")
    blocks = list(_blocks(item.get("content"), f"{field}.content"))
    if role == "user":
        conversation.user(blocks)
    elif role in ("system", "developer", "assistant"):
        for position, block in enumerate(blocks):
            if block["type"] != "text":
                refuse(f"{field}.content[{position}]", "only text can stand in a message of this role")
        (conversation.assistant if role == "assistant" else conversation.system)(blocks)
    else:
        refuse(f"{field}.role", f"{role!r} is not one of system, developer, user and assistant")


def _reasoning(conversation: HubConversation, item: JsonObject, field: str) -> None:
    conversation.assistant(earlier_reasoning(item, field))


def _function_call(conversation: HubConversation, item: JsonObject, field: str) -> None:
    name = hub_name(a_name(item.get("name"), f"{field}.name"), a_text(item.get("namespace"), f"{field}.namespace"))
    arguments = tool_input(a_text(item.get("arguments"), f"{field}.arguments"))
    conversation.assistant([tool_use(_call_id(item, field), name, arguments)])


def _custom_call(conversation: HubConversation, item: JsonObject, field: str) -> None:
    name = hub_name(a_name(item.get("name"), f"{field}.name"), a_text(item.get("namespace"), f"{field}.namespace"))
    text = a_text(item.get("input"), f"{field}.input")
    conversation.assistant([tool_use(_call_id(item, field), name, {"input": text})])


def _shell_call(conversation: HubConversation, item: JsonObject, field: str) -> None:
    action = an_object(item.get("action"), f"{field}.action")
    arguments = {key: value for key, value in action.items() if key != "type" and value not in (None, {})}
    conversation.assistant([tool_use(_call_id(item, field), LOCAL_SHELL, arguments)])


def _call_output(conversation: HubConversation, item: JsonObject, field: str) -> None:
    output = item.get("output")
    if isinstance(output, dict):  # early Codex versions wrapped a failure
        output = output.get("content") if isinstance(output.get("content"), str) else dumps(output).decode()
    content = output if isinstance(output, str) else list(_blocks(output, f"{field}.output"))
    conversation.result(_call_id(item, field), content)


def _search_call(conversation: HubConversation, item: JsonObject, field: str) -> None:
    """What the search found stands in the text that followed; its pages are not sent back."""
    action = an_object(item.get("action") or {}, f"{field}.action")
    told = action.get("query") or action.get("queries") or action.get("url")
    if told:
        conversation.assistant([text_block(f"[Searched the web: {told}]")])


def _call_id(item: JsonObject, field: str) -> str:
    """Early `local_shell` items had an `id` only."""
    return a_name(item.get("call_id") or item.get("id"), f"{field}.call_id")


_READERS: dict[str, Callable[[HubConversation, JsonObject, str], None]] = {
    "message": _message,
    "reasoning": _reasoning,
    "function_call": _function_call,
    "function_call_output": _call_output,
    "custom_tool_call": _custom_call,
    "custom_tool_call_output": _call_output,
    "local_shell_call": _shell_call,
    "local_shell_call_output": _call_output,
    "web_search_call": _search_call,
}


def _blocks(content: object, field: str) -> Iterator[JsonObject]:
    if isinstance(content, str):
        yield text_block(content)
        return
    for position, part in enumerate(a_list(content, field)):
        path = f"{field}[{position}]"
        yield _block(an_object(part, path), path)


def _block(part: JsonObject, field: str) -> JsonObject:
    kind = part.get("type")
    if isinstance(kind, str) and kind in _TEXT_PARTS:
        key = _TEXT_PARTS[kind]
        return text_block(a_text(part.get(key), f"{field}.{key}"))
    if kind == "input_image":
        media.no_stored_file(part, field)
        return media.image(part.get("image_url"), f"{field}.image_url")
    if kind == "input_file":
        return media.file(part, field)
    if kind == "input_audio":
        refuse(field, "the models behind this gateway do not take audio; send a transcript")
    return refuse(
        f"{field}.type", f"{kind!r} is not one of input_text, output_text, refusal, input_image and input_file"
    )
