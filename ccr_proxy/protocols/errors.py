"""Provider errors in Anthropic's words.

Claude Code acts on status and wording: "prompt is too long" makes it compact, a raw 401 makes it retry for three
minutes, and an error that looks like an answer makes it go on with half of one. The provider's own message is always
kept, because it is what helps the user.
"""

from __future__ import annotations

import re

from ccr_proxy.errors import UpstreamFault, error_type_for
from ccr_proxy.json_codec import JsonObject, loads

MAXIMUM_MESSAGE = 2000

# How providers say that the prompt does not fit. The client compacts only on "prompt is too long".
_OVERFLOW = re.compile(
    r"context[_ ](length|window|size)|(maximum|larger than the) context|(prompt|input) is too long|"
    r"too many (input )?tokens|input token count|maximum prompt length|prompt exceeds max|"
    r"(prompt|input|tokens?)\b.{0,40}\bexceed(s|ed)? the (model'?s? )?(maximum|limit)|"
    r"exceed(s|ed)? (the )?model token limit|"
    r"exceeds? max(imum)? (input |message )?tokens|maximum (number of )?(input )?tokens|"
    r"prompt_tokens.{0,40}max_seq_len|`inputs` tokens|reduce the length|range of input length",
    re.IGNORECASE,
)
# ... and how they complain about the requested output instead, which compaction would not heal.
_OUTPUT_LIMIT = re.compile(
    r"max_(completion_|output_)?tokens.{0,60}(too large|too high|at most|exceed|less than|between|range|greater)|"
    r"number of output tokens",
    re.IGNORECASE,
)
# A number of tokens, with or without thousands separators, and where the limit is told apart from the other numbers.
_NUMBER = r"(\d{1,3}(?:,\d{3})+(?!\d)|\d{3,})"
_NUMBERS = re.compile(_NUMBER)
_LIMIT = re.compile(rf"(?:context length|prompt length|token limit|limit)(?: is| of|:)? {_NUMBER}", re.IGNORECASE)


def fault_from(status: int, body: bytes, headers: dict[str, str]) -> UpstreamFault:
    """An HTTP error answer of a provider. `headers` are those that may go on to the client."""
    message, code = _read(body)
    message = message or f"the provider answered {status} without a message"
    return _fault(status if 400 <= status < 600 else 502, message, code, headers)


def fault_in_answer(packet: JsonObject) -> UpstreamFault:
    """An error inside a 200 answer: `{"error": {...}}`, `{"error": "..."}`, or Anthropic's event."""
    error = packet.get("error")
    message, code = _message_of(error if error is not None else packet)
    numeric = next((int(part) for part in code.split() if part.isdecimal() and 400 <= int(part) < 600), 0)
    status = numeric or _STATUS_BY_CODE.get(next((part for part in code.split() if part in _STATUS_BY_CODE), ""), 500)
    return _fault(status, message or "the provider sent an error without a message", code, {})


def not_json(data: bytes) -> UpstreamFault:
    """The failure of an event that cannot be read."""
    excerpt = data[:100].decode("utf-8", "replace")
    return UpstreamFault(502, f"the provider sent an event that is not JSON: {excerpt}", cause="garbled")


_STATUS_BY_CODE = {
    "invalid_request_error": 400,
    "context_length_exceeded": 400,
    "authentication_error": 401,
    "invalid_api_key": 401,
    "permission_error": 403,
    "not_found_error": 404,
    "model_not_found": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "rate_limit_exceeded": 429,
    "insufficient_quota": 429,
    "overloaded_error": 529,
    "server_is_overloaded": 529,
    "INVALID_ARGUMENT": 400,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "RESOURCE_EXHAUSTED": 429,
    "UNAVAILABLE": 503,
}


def _fault(status: int, message: str, code: str, headers: dict[str, str]) -> UpstreamFault:
    headers = dict(headers)
    if status in (400, 413, 422) and is_overflow(message, code):
        return UpstreamFault(400, _overflow_message(message), "invalid_request_error", headers)
    if status == 401:
        # Left alone, Claude Code repeats a 401 ten times over three minutes and shows nothing meanwhile.
        headers["x-should-retry"] = "false"
    return UpstreamFault(status, message, error_type_for(status), headers)


def is_overflow(message: str, code: str = "") -> bool:
    """Whether an error says that the prompt exceeds the model's context."""
    if "context_length_exceeded" in code:
        return True
    return bool(_OVERFLOW.search(message)) and not _OUTPUT_LIMIT.search(message)


def _overflow_message(message: str) -> str:
    """Anthropic's wording first, with the numbers where the provider gave two, then the provider's own."""
    if "prompt is too long" in message.lower():
        return message
    numbers = [_token_count(number) for number in _NUMBERS.findall(message)]
    found = _LIMIT.search(message)
    limit = _token_count(found.group(1)) if found else min(numbers, default=0)
    asked = next((number for number in numbers if number > limit), 0)
    head = f"prompt is too long: {asked} tokens > {limit} maximum" if limit and asked else "prompt is too long"
    return f"{head} ({message})"


def _token_count(number: str) -> int:
    return int(number.replace(",", ""))


def _read(body: bytes) -> tuple[str, str]:
    try:
        value = loads(body)
    except ValueError:
        return _plain(body.decode("utf-8", "replace")), ""
    if isinstance(value, list) and value:  # Gemini wraps a streamed error in an array
        value = value[0]
    message, code = _message_of(value.get("error", value) if isinstance(value, dict) else value)
    # A shape that is not known here may still be understood by a person.
    return message or (_plain(body.decode("utf-8", "replace")) if value else ""), code


def _message_of(error: object) -> tuple[str, str]:
    """Message and codes (space-separated) of the error objects in use."""
    if isinstance(error, str):
        return _plain(error), ""
    if not isinstance(error, dict):
        return "", ""
    message = error.get("message") or error.get("detail") or error.get("msg") or error.get("error_msg") or ""
    raw = (error.get("metadata") or {}).get("raw") if isinstance(error.get("metadata"), dict) else None
    text = message if isinstance(message, str) else str(message)
    if isinstance(raw, str) and raw and raw not in text:  # OpenRouter: what the provider behind it said
        text = f"{text}: {raw}" if text else raw
    codes = (error.get(key) for key in ("code", "type", "status"))
    return _plain(text), " ".join(str(code) for code in codes if isinstance(code, str | int))


def _plain(text: str) -> str:
    """One readable line: markup of HTML error pages removed, white space folded, length bounded."""
    if "<html" in text[:500].lower() or "<!doctype" in text[:500].lower():
        text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", text, flags=re.DOTALL | re.IGNORECASE)
    return re.sub(r"\s+", " ", text).strip()[:MAXIMUM_MESSAGE]
