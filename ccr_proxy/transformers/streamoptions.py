"""`streamoptions`: ask a streaming provider for usage. The encoder does so too; old configurations name it."""

from __future__ import annotations

from ccr_proxy.json_codec import JsonObject, as_object
from ccr_proxy.transformers.transformer import Context, Transformer


def _ask_for_usage(body: JsonObject, context: Context, _options: JsonObject) -> JsonObject:
    if context.protocol != "openai-chat" or not body.get("stream"):
        return body
    return {**body, "stream_options": {**as_object(body.get("stream_options")), "include_usage": True}}


STREAMOPTIONS = Transformer("streamoptions", request=_ask_for_usage)
