"""Which kind a fault is."""

from __future__ import annotations

import pytest

from ccr_proxy.availability.classify import Cause, ErrorRule, failure_of
from ccr_proxy.availability.failures import Failure
from ccr_proxy.errors import ClientFault, UpstreamFault


@pytest.mark.parametrize(
    ("status", "message", "failure"),
    [
        (400, "messages.0.content: field required", Failure.REQUEST),
        (400, "Invalid `signature` in `thinking` block", Failure.REQUEST),
        (400, "adaptive thinking is not supported on this model", Failure.REQUEST),
        (400, "role 'system' is not supported on this model", Failure.REQUEST),
        (400, "max_tokens: 64000 > 8192, which is the maximum allowed number of output tokens", Failure.REQUEST),
        (400, "prompt is too long: 210000 tokens > 200000 maximum", Failure.TOO_LONG),
        (413, "Request Entity Too Large", Failure.TOO_LONG),
        (422, "unprocessable", Failure.REQUEST),
        (418, "teapot", Failure.REQUEST),
        (400, "Your credit balance is too low to access the Anthropic API.", Failure.NO_CREDIT),
        (400, "API key not valid. Please pass a valid API key.", Failure.KEY_REFUSED),
        (400, "Incorrect API key provided: sk-abc.", Failure.KEY_REFUSED),
        (400, "openai/gpt-99 is not a valid model ID", Failure.MISSING),
        (400, "Model Not Exist", Failure.MISSING),
        (400, "The model `gpt-9` does not exist", Failure.MISSING),
        (404, "No endpoints found that support image input", Failure.INCAPABLE),
        (400, "This model does not support image input", Failure.INCAPABLE),
        (400, "Function calling is not supported with this model", Failure.INCAPABLE),
        (401, "unauthorized", Failure.KEY_REFUSED),
        (402, "Payment Required", Failure.NO_CREDIT),
        (403, "forbidden", Failure.FORBIDDEN),
        (404, "no such page", Failure.MISSING),
        (408, "timeout", Failure.TRANSIENT),
        (409, "conflict", Failure.TRANSIENT),
        (425, "too early", Failure.TRANSIENT),
        (429, "slow down", Failure.RATE_LIMITED),
        (429, "insufficient balance (1008)", Failure.NO_CREDIT),
        (500, "oops", Failure.SERVER_ERROR),
        (500, "prompt is too long: but as a 500", Failure.SERVER_ERROR),
        (501, "not implemented", Failure.MISSING),
        (502, "bad gateway", Failure.SERVER_ERROR),
        (503, "unavailable", Failure.OVERLOADED),
        (504, "gateway timeout", Failure.SERVER_ERROR),
        (524, "a timeout occurred", Failure.SERVER_ERROR),
        (529, "overloaded", Failure.OVERLOADED),
    ],
)
def test_an_error_that_the_provider_states(status: int, message: str, failure: Failure) -> None:
    assert failure_of(UpstreamFault(status, message)) is failure


@pytest.mark.parametrize(
    ("cause", "failure"),
    [
        (Cause.ENCODING, Failure.INCAPABLE),
        (Cause.CONNECT, Failure.UNREACHABLE),
        (Cause.CONNECT_TIMEOUT, Failure.CONNECT_TIMEOUT),
        (Cause.FIRST_BYTE_TIMEOUT, Failure.FIRST_BYTE_TIMEOUT),
        (Cause.IDLE_TIMEOUT, Failure.IDLE_TIMEOUT),
        (Cause.BROKEN_OFF, Failure.BROKEN_OFF),
        (Cause.EMPTY, Failure.EMPTY),
        (Cause.GARBLED, Failure.GARBLED),
        (Cause.BUSY, Failure.BUSY),
    ],
)
def test_where_it_happened_counts_before_the_status(cause: Cause, failure: Failure) -> None:
    assert failure_of(UpstreamFault(400, "prompt is too long"), cause) is failure


def test_a_fault_of_the_client_is_the_requests_whatever_its_status() -> None:
    assert failure_of(ClientFault(404, "no such provider")) is Failure.REQUEST


def test_a_configured_rule_comes_first_and_only_where_it_applies() -> None:
    rule = ErrorRule(Failure.SERVER_ERROR, "openrouter", frozenset({400}), "Provider returned error")
    upstream = UpstreamFault(400, "provider returned ERROR: busy")
    assert failure_of(upstream, provider="OpenRouter", rules=[rule]) is Failure.SERVER_ERROR
    assert failure_of(upstream, provider="other", rules=[rule]) is Failure.REQUEST
    assert failure_of(UpstreamFault(422, upstream.message), provider="openrouter", rules=[rule]) is Failure.REQUEST
    assert failure_of(UpstreamFault(400, "bad field"), provider="openrouter", rules=[rule]) is Failure.REQUEST
