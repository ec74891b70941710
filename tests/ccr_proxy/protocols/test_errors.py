"""Provider errors in Anthropic's words: status, type, message, and the wording that makes Claude Code compact."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.protocols.errors import MAXIMUM_MESSAGE, fault_from, fault_in_answer, is_overflow

HTML = (
    b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title><style>p{color:red}</style></head>"
    b"<body>nginx</body></html>"
)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        # (status, type, message)
        (
            400,
            {"error": {"message": "bad field", "type": "invalid_request_error", "code": None}},
            (400, "invalid_request_error", "bad field"),
        ),
        (
            401,
            {"error": {"message": "Incorrect API key", "code": "invalid_api_key"}},
            (401, "authentication_error", "Incorrect API key"),
        ),
        (402, {"error": {"message": "Insufficient Balance"}}, (402, "billing_error", "Insufficient Balance")),
        (403, {"error": {"message": "no access"}}, (403, "permission_error", "no access")),
        (
            404,
            {"error": {"message": "no such model", "code": "model_not_found"}},
            (404, "not_found_error", "no such model"),
        ),
        (413, {"error": {"message": "body too big"}}, (413, "request_too_large", "body too big")),
        (422, {"detail": "model is required"}, (422, "invalid_request_error", "model is required")),
        (429, {"error": {"message": "slow down", "type": "requests"}}, (429, "rate_limit_error", "slow down")),
        (500, {"error": {"message": "oops"}}, (500, "api_error", "oops")),
        (502, HTML, (502, "api_error", "502 Bad Gateway nginx")),
        (503, {"error": {"message": "busy"}}, (503, "overloaded_error", "busy")),
        (
            529,
            {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}},
            (529, "overloaded_error", "Overloaded"),
        ),
        (
            400,
            {"object": "error", "message": "vLLM, older", "code": 40001},
            (400, "invalid_request_error", "vLLM, older"),
        ),
        (400, {"error": "Ollama says no"}, (400, "invalid_request_error", "Ollama says no")),
        (
            400,
            [{"error": {"code": 400, "message": "Gemini", "status": "INVALID_ARGUMENT"}}],
            (400, "invalid_request_error", "Gemini"),
        ),
        (
            400,
            {"error": {"message": "Provider returned error", "metadata": {"raw": "the real\nreason"}}},
            (400, "invalid_request_error", "Provider returned error: the real reason"),
        ),
        (400, {"error": {"code": "x", "metadata": {"raw": "only raw"}}}, (400, "invalid_request_error", "only raw")),
        (400, {"code": 7, "msg": "SiliconFlow"}, (400, "invalid_request_error", "SiliconFlow")),
        (
            422,
            {"detail": [{"loc": ["body", "x"], "msg": "field required"}]},
            (422, "invalid_request_error", "[{'loc': ['body', 'x'], 'msg': 'field required'}]"),
        ),
        (
            400,
            {"errors": [{"reason": "unusual"}]},
            (400, "invalid_request_error", '{"errors": [{"reason": "unusual"}]}'),
        ),
        (400, {"error": ["first", "second"]}, (400, "invalid_request_error", '{"error": ["first", "second"]}')),
        (503, b"upstream connect error", (503, "overloaded_error", "upstream connect error")),
        (500, b"", (500, "api_error", "the provider answered 500 without a message")),
        (500, b"null", (500, "api_error", "the provider answered 500 without a message")),
        (500, b"\xff\xfe broken", (500, "api_error", "�� broken")),
        (302, b"moved", (502, "api_error", "moved")),
    ],
)
def test_http_errors(status: int, body: Any, expected: tuple[int, str, str]) -> None:
    fault = fault_from(status, body if isinstance(body, bytes) else json.dumps(body).encode(), {})
    assert (fault.status, fault.type, fault.message) == expected


OVERFLOWS = {
    "OpenAI": (
        "This model's maximum context length is 128000 tokens. However, your messages resulted in 150000 tokens. "
        "Please reduce the length of the messages.",
        (150000, 128000),
    ),
    "DeepSeek": (
        "This model's maximum context length is 131072 tokens. However, you requested 210000 tokens (178000 in the "
        "messages, 32000 in the completion). Please reduce the length of the messages or completion.",
        (210000, 131072),
    ),
    "Responses": ("Your input exceeds the context window of this model. Please adjust your input and try again.", None),
    "Gemini": (
        "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
        (1200000, 1048576),
    ),
    "vLLM": (
        "This model's maximum context length is 32768 tokens. However, your request has 40000 input tokens. Please "
        "reduce the length of the input messages.",
        (40000, 32768),
    ),
    "llama.cpp": (
        "request (65536 tokens) exceeds the available context size (8192 tokens), try increasing it",
        (65536, 8192),
    ),
    "Qwen": ("<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 129024]", None),
    "OpenRouter": (
        "This endpoint's maximum context length is 131072 tokens. However, you requested about 250000 tokens (240000 "
        "of text input, 10000 in the output). Please reduce the length of either one.",
        (250000, 131072),
    ),
    "Anthropic": ("prompt is too long: 205123 tokens > 200000 maximum", (205123, 200000)),
    "Bedrock": ("Input is too long for requested model.", None),
    "xAI": (
        "This model's maximum prompt length is 131072 but the request contains 200000 tokens.",
        (200000, 131072),
    ),
    "Moonshot": (
        "Invalid request: Your request exceeded model token limit: 131072 (requested: 200000)",
        (200000, 131072),
    ),
    "Zhipu": ("Prompt exceeds max length", None),
    "Mistral": (
        "Prompt contains 140000 tokens and 0 draft tokens, too large for model with 131072 maximum context length",
        (140000, 131072),
    ),
    "Together": (
        "The input (40,000 tokens) is longer than the model's context length (32,768 tokens).",
        (40000, 32768),
    ),
    "Copilot": ("prompt token count of 90000 exceeds the limit of 64000", (90000, 64000)),
    "SiliconFlow": ("length of prompt_tokens (40000) must be less than max_seq_len (32768).", (40000, 32768)),
    "TGI": (
        "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8193. Given: 9000 `inputs` tokens",
        None,
    ),
    "LM Studio": (
        "Trying to keep the first 12345 tokens when context the overflows. However, the model is loaded with context "
        "length of only 4096 tokens",
        (12345, 4096),
    ),
    "MiniMax": ("invalid params, context window exceeds limit (2013)", None),
}


@pytest.mark.parametrize("provider", OVERFLOWS)
def test_a_prompt_that_does_not_fit_is_told_in_the_words_that_make_the_client_compact(provider: str) -> None:
    message, numbers = OVERFLOWS[provider]
    fault = fault_from(400, json.dumps({"error": {"message": message}}).encode(), {})
    assert (fault.status, fault.type) == (400, "invalid_request_error")
    assert "prompt is too long" in fault.message
    assert message in fault.message, "the provider's own words are kept"
    if numbers:
        assert f"{numbers[0]} tokens > {numbers[1]} maximum" in fault.message


def test_an_overflow_may_be_known_by_its_code_or_come_as_413_or_inside_an_answer() -> None:
    body = b'{"error": {"message": "too much", "code": "context_length_exceeded"}}'
    assert fault_from(413, body, {}).message == "prompt is too long (too much)"
    assert fault_in_answer(json.loads(body)).message == "prompt is too long (too much)"
    assert fault_in_answer(json.loads(body)).status == 400


@pytest.mark.parametrize(
    "message",
    [
        "max_tokens is too large: 64000. This model supports at most 16384 completion tokens, whereas you provided "
        "64000.",
        "Invalid max_tokens value, the valid range of max_tokens is [1, 8192]",
        "max_tokens: 64000 > 8192, which is the maximum allowed number of output tokens for claude-3-5-sonnet",
        "'max_tokens' or 'max_completion_tokens' is too large: 64000. This model's maximum context length is 32768 "
        "tokens and your request has 5234 input tokens (64000 > 32768 - 5234).",
        "`max_tokens` must be less than or equal to `8192`, the maximum value for `max_tokens` is less than the "
        "`context_window` for this model",
        "messages.3.content.1.image: image exceeds the maximum size of 5 MB",
        "tools: the number of tools exceeds the maximum of 128",
        "Invalid 'tools[0].function.name': string too long. Expected a string with maximum length 64",
        "the number of images exceeds the limit of 10",
        "Unsupported parameter: 'temperature'",
        "",
    ],
)
def test_what_compaction_would_not_heal_is_no_overflow(message: str) -> None:
    assert not is_overflow(message)


def test_a_rate_limit_on_tokens_is_no_overflow() -> None:
    message = "Rate limit reached: Limit 30000 tokens per minute, too many tokens requested"
    fault = fault_from(429, json.dumps({"error": {"message": message}}).encode(), {"retry-after": "7"})
    assert (fault.status, fault.message, fault.headers) == (429, message, {"retry-after": "7"})


def test_a_wrong_key_is_told_at_once_instead_of_ten_retries() -> None:
    assert fault_from(401, b'{"error": {"message": "no"}}', {"retry-after": "1"}).headers == {
        "retry-after": "1",
        "x-should-retry": "false",
    }


def test_a_long_error_page_is_cut() -> None:
    assert len(fault_from(500, b"x" * 100_000, {}).message) == MAXIMUM_MESSAGE


@pytest.mark.parametrize(
    ("packet", "expected"),
    [
        ({"error": {"message": "m", "code": 429}}, (429, "rate_limit_error", "m")),
        ({"error": {"message": "m", "code": "503"}}, (503, "overloaded_error", "m")),
        ({"error": {"message": "m", "type": "overloaded_error"}}, (529, "overloaded_error", "m")),
        (
            {"type": "error", "error": {"type": "invalid_request_error", "message": "m"}},
            (400, "invalid_request_error", "m"),
        ),
        ({"error": {"message": "m", "code": "server_is_overloaded"}}, (529, "overloaded_error", "m")),
        ({"error": {"message": "m", "code": 8, "status": "RESOURCE_EXHAUSTED"}}, (429, "rate_limit_error", "m")),
        ({"error": {"message": "m", "code": "invalid_api_key"}}, (401, "authentication_error", "m")),
        ({"error": {"message": "m", "code": 1302}}, (500, "api_error", "m")),
        ({"error": "m"}, (500, "api_error", "m")),
        ({"error": True}, (500, "api_error", "the provider sent an error without a message")),
        ({"message": "m", "code": 400}, (400, "invalid_request_error", "m")),
    ],
)
def test_errors_inside_an_answer(packet: dict[str, Any], expected: tuple[int, str, str]) -> None:
    fault = fault_in_answer(packet)
    assert (fault.status, fault.type, fault.message) == expected


@given(st.binary(max_size=60), st.integers(100, 700))
def test_any_body_becomes_an_error_with_a_message(body: bytes, status: int) -> None:
    fault = fault_from(status, body, {})
    assert 400 <= fault.status < 600
    assert fault.message
    assert fault.type
