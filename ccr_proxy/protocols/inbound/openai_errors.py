"""OpenAI's error envelope (https://platform.openai.com/docs/guides/error-codes)."""

from __future__ import annotations

import re

from ccr_proxy.json_codec import JsonObject

# Anthropic's error type -> OpenAI's type and code. Codex acts on the codes: it gives up on an exhausted quota, waits
# after a rate limit, and compacts the conversation when the context is full.
_TYPES: dict[str, tuple[str, str | None]] = {
    "invalid_request_error": ("invalid_request_error", None),
    "authentication_error": ("authentication_error", "invalid_api_key"),
    "billing_error": ("insufficient_quota", "insufficient_quota"),
    "permission_error": ("permission_error", None),
    "not_found_error": ("not_found_error", None),
    "request_too_large": ("invalid_request_error", "request_too_large"),
    "rate_limit_error": ("rate_limit_error", "rate_limit_exceeded"),
    "overloaded_error": ("server_error", "server_is_overloaded"),
    "timeout_error": ("server_error", "timeout"),
    "api_error": ("server_error", "server_error"),
}
# Our own refusals begin with the path of the field.
_FIELD = re.compile(r"([a-z_]\w*(?:\[\d+\]|\.\w+)*): ")


def envelope(status: int, error_type: str, message: str, code: str | None = None) -> JsonObject:
    """The body of an error answer; `error_type` is Anthropic's, `code` overrules the usual one."""
    return {"error": error_object(error_type, message, code, status)}


def error_object(error_type: str, message: str, code: str | None = None, status: int = 500) -> JsonObject:
    """The error itself, as it also stands in streams."""
    openai_type, usual_code = _TYPES.get(error_type, ("server_error", "server_error"))
    if message.startswith("prompt is too long"):
        usual_code = "context_length_exceeded"
    field = _FIELD.match(message) if status == 400 else None
    return {"message": message, "type": openai_type, "param": field[1] if field else None, "code": code or usual_code}
