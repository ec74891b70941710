"""How the Responses API and Gemini report a failure: as the body of an HTTP error, and in the middle of a stream.

https://platform.openai.com/docs/api-reference/responses-streaming/error
https://cloud.google.com/apis/design/errors
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

_GOOGLE_STATUS = {
    400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED", 499: "CANCELLED", 500: "INTERNAL", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED",
}  # fmt: skip
# The lab's scripts name failures in Anthropic's and OpenAI's words.
_HTTP_STATUS = {"overloaded_error": 503, "rate_limit_error": 429, "invalid_request_error": 400}


def google_error(status: int, message: str) -> Json:
    """The body of an HTTP error, which is also what stands in a stream that fails."""
    return {"error": {"code": status, "message": message, "status": _GOOGLE_STATUS.get(status, "UNKNOWN")}}


def google_failure(error: Json) -> Json:
    """A scripted error of a stream as the object that ends it."""
    status = _HTTP_STATUS.get(str(error.get("type")), 500)
    return google_error(status, str(error.get("message") or "An internal error has occurred."))


def responses_failure(error: Json, response: Json, number: int) -> tuple[str, Json]:
    """A scripted error of a stream as the event that ends it.

    Before any content the response itself fails; later an `error` event breaks the stream off. `response` is what
    `response.created` carried, `number` the sequence number.
    """
    told = {"code": error.get("type") or "server_error", "message": error.get("message") or "upstream exploded"}
    begun = number > 2  # created and in_progress are always there
    if begun:
        return "error", {"type": "error", "sequence_number": number, **told, "param": None}
    failed = {**response, "status": "failed", "error": told}
    return "response.failed", {"type": "response.failed", "sequence_number": number, "response": failed}
