"""OpenAI's error envelope."""

from __future__ import annotations

import openai
import pytest

from ccr_proxy.protocols.inbound.openai_errors import envelope
from tests.ccr_proxy.protocols.inbound.openai_client import client_of


@pytest.mark.parametrize(
    ("status", "error_type", "message", "expected"),
    [
        (400, "invalid_request_error", "n: one answer only", ("invalid_request_error", "n", None)),
        (400, "invalid_request_error", "input[3].type: no", ("invalid_request_error", "input[3].type", None)),
        (400, "invalid_request_error", "Something: odd", ("invalid_request_error", None, None)),
        (
            400,
            "invalid_request_error",
            "prompt is too long: 5 tokens > 4 maximum",
            ("invalid_request_error", None, "context_length_exceeded"),
        ),
        (401, "authentication_error", "bad key", ("authentication_error", None, "invalid_api_key")),
        (402, "billing_error", "no credit", ("insufficient_quota", None, "insufficient_quota")),
        (404, "not_found_error", "model: no such", ("not_found_error", None, None)),
        (429, "rate_limit_error", "wait", ("rate_limit_error", None, "rate_limit_exceeded")),
        (529, "overloaded_error", "later", ("server_error", None, "server_is_overloaded")),
        (500, "api_error", "oops", ("server_error", None, "server_error")),
        (500, "odd_error", "oops", ("server_error", None, "server_error")),
    ],
)
def test_types_and_codes(
    status: int, error_type: str, message: str, expected: tuple[str, str | None, str | None]
) -> None:
    error = envelope(status, error_type, message)["error"]
    assert error["message"] == message
    assert (error["type"], error["param"], error["code"]) == expected


def test_a_given_code_counts() -> None:
    assert envelope(404, "not_found_error", "no such", "model_not_found")["error"]["code"] == "model_not_found"


async def test_the_official_client_understands_it() -> None:
    async with client_of(envelope(429, "rate_limit_error", "wait a while"), status=429) as client:
        with pytest.raises(openai.RateLimitError, match="wait a while") as raised:
            await client.responses.create(model="m", input="hi")
    assert (raised.value.code, raised.value.type) == ("rate_limit_exceeded", "rate_limit_error")
