"""Which failures move a request to its next target."""

from __future__ import annotations

from ccr_proxy.errors import ClientFault, GatewayError

# The request itself is at fault: every other target would refuse it too.
_THE_REQUESTS_FAULT = frozenset({400, 413, 422})


def moves_on(failure: GatewayError) -> bool:
    """Whether another target may succeed where this one failed."""
    return not isinstance(failure, ClientFault) and failure.status not in _THE_REQUESTS_FAULT
