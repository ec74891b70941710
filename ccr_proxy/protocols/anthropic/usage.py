"""Usage as Anthropic reports it: in parts, the later overriding the earlier."""

from __future__ import annotations

from ccr_proxy.json_codec import JsonObject, as_object
from ccr_proxy.protocols.usage import Usage, whole


def read_usage(usage: JsonObject) -> Usage:
    """Tokens of Anthropic's `usage`. `cache_creation` divides what was written by how long it stays."""
    written, by_age = whole(usage.get("cache_creation_input_tokens")), as_object(usage.get("cache_creation"))
    return Usage(
        input_tokens=whole(usage.get("input_tokens")),
        output_tokens=whole(usage.get("output_tokens")),
        cache_read_tokens=whole(usage.get("cache_read_input_tokens")),
        cache_write_tokens=written,
        cache_write_1h_tokens=min(written, whole(by_age.get("ephemeral_1h_input_tokens"))),
    )
