"""Usage as Anthropic reports it: in parts, the later overriding the earlier."""

from __future__ import annotations

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.usage import Usage, whole


def read_usage(usage: JsonObject) -> Usage:
    return Usage(
        input_tokens=whole(usage.get("input_tokens")),
        output_tokens=whole(usage.get("output_tokens")),
        cache_read_tokens=whole(usage.get("cache_read_input_tokens")),
        cache_write_tokens=whole(usage.get("cache_creation_input_tokens")),
    )
