"""Which error the client gets."""

from __future__ import annotations

import pytest

from ccr_proxy.availability.failures import Failure
from ccr_proxy.availability.most_useful import Failed, most_useful
from ccr_proxy.errors import GatewayError


def failed(text: str) -> Failed:
    """From `kind` or `kind:retry-after`."""
    kind, _, seconds = text.partition(":")
    return Failed(Failure(kind), GatewayError(500, text), float(seconds) if seconds else None)


@pytest.mark.parametrize(
    ("attempts", "told"),
    [
        (["server_error"], "server_error"),
        (["key_refused", "server_error"], "server_error"),
        (["too_long", "rate_limited"], "too_long"),
        (["server_error", "request"], "request"),
        (["unreachable", "overloaded"], "overloaded"),
        (["rate_limited:30", "rate_limited:5"], "rate_limited:5"),
        (["rate_limited:3600", "unreachable"], "unreachable"),
        (["rate_limited:3600", "missing"], "rate_limited:3600"),
        (["missing", "key_refused", "no_credit"], "missing"),
        (["incapable", "overloaded"], "overloaded"),
        (["busy", "connect_timeout"], "connect_timeout"),
        (["busy:9", "forbidden"], "busy:9"),
    ],
)
def test_the_one_that_lets_the_client_do_the_right_thing(attempts: list[str], told: str) -> None:
    assert most_useful([failed(text) for text in attempts]).fault.message == told


def test_every_failure_has_a_rank_and_ties_go_to_the_first() -> None:
    for failure in Failure:
        first, second = Failed(failure, GatewayError(500, "1")), Failed(failure, GatewayError(500, "2"))
        assert most_useful([first, second]) is first
