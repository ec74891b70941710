"""An Anthropic message as a whole response: told to the stream's writer, so that both forms always say the same."""

from __future__ import annotations

from ccr_proxy.json_codec import JsonObject, dumps
from ccr_proxy.protocols.inbound.openai_responses.stream import ResponsesWriter
from ccr_proxy.protocols.inbound.openai_usage import usage_of_message


def whole(message: JsonObject, body: JsonObject, created: int) -> JsonObject:
    """The whole answer to the request `body`; `created` is Unix time in seconds."""
    writer = ResponsesWriter(body, created)
    usage = usage_of_message(message)
    writer.message_start(str(message.get("id")), str(message.get("model")), usage)
    for index, block in enumerate(message.get("content") or []):
        writer.block_start(index, block)
        if block.get("type") in ("tool_use", "server_tool_use") and block.get("input"):
            writer.input_json_delta(index, dumps(block["input"]).decode())
        elif block.get("type") == "thinking" and block.get("signature"):
            writer.signature_delta(index, block["signature"])
        writer.block_stop(index)
    writer.message_delta(str(message.get("stop_reason")), message.get("stop_sequence"), usage)
    return writer.response
