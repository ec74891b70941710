"""Token counts in OpenAI's terms: the prompt includes what came from the cache or went into it."""

from __future__ import annotations

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.usage import Usage, whole


def usage_of_message(message: JsonObject) -> Usage:
    """The usage of a finished Anthropic message."""
    found = message.get("usage")
    usage: JsonObject = found if isinstance(found, dict) else {}
    return Usage(
        input_tokens=whole(usage.get("input_tokens")),
        output_tokens=whole(usage.get("output_tokens")),
        cache_read_tokens=whole(usage.get("cache_read_input_tokens")),
        cache_write_tokens=whole(usage.get("cache_creation_input_tokens")),
    )


def chat_usage(usage: Usage) -> JsonObject:
    """`usage` of a chat completion."""
    return _counts(usage, "prompt_tokens", "completion_tokens")


def responses_usage(usage: Usage) -> JsonObject:
    """`usage` of a response."""
    return _counts(usage, "input_tokens", "output_tokens")


def _counts(usage: Usage, prompt: str, completion: str) -> JsonObject:
    total = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens
    details = {"cached_tokens": usage.cache_read_tokens, "cache_write_tokens": usage.cache_write_tokens}
    return {
        prompt: total,
        prompt + "_details": details,
        completion: usage.output_tokens,
        completion + "_details": {"reasoning_tokens": usage.reasoning_tokens},
        "total_tokens": total + usage.output_tokens,
    }
