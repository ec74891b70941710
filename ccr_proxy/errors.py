"""Every error the gateway raises on purpose.

    GatewayError                the request cannot be answered; carries the HTTP status and Anthropic error type
      +-- ClientFault           the request itself is wrong: bad JSON, unknown model, not expressible upstream
      +-- UpstreamFault         a provider refused, broke or never answered
    ConfigFault                 the configuration cannot be used; says where and what to do
    ServiceFault                the background process cannot be started, found or stopped

Anthropic's error types and their statuses: https://docs.anthropic.com/en/api/errors
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ERROR_TYPES: dict[int, str] = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    503: "overloaded_error",
    504: "timeout_error",
    529: "overloaded_error",
}


def error_type_for(status: int) -> str:
    """Anthropic's error type for an HTTP status; unknown 4xx are the client's fault, the rest ours."""
    if status in ERROR_TYPES:
        return ERROR_TYPES[status]
    return "invalid_request_error" if 400 <= status < 500 else "api_error"


@dataclass
class GatewayError(Exception):
    """An answer that is an error: HTTP `status`, one-line `message`, Anthropic error `type`.

    `headers` go to the client as they are (for example `retry-after`).
    """

    status: int
    message: str
    type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.type = self.type or error_type_for(self.status)
        super().__init__(self.message)


class ClientFault(GatewayError):
    """The client's request is at fault; trying it elsewhere would not help."""


@dataclass
class UpstreamFault(GatewayError):
    """A provider failed.

    `cause` says where: "answer" when the provider stated the error itself, else as in `availability.classify.Cause`.
    `body` is the provider's error body when it already speaks Anthropic and must reach the client unmodified:
    Claude Code recognises recoverable errors by the provider's wording.
    """

    body: bytes | None = None
    cause: str = "answer"


@dataclass
class ConfigFault(Exception):
    """A configuration file that cannot be used: `message` names file, place and remedy in one line."""

    message: str

    def __post_init__(self) -> None:
        super().__init__(self.message)


@dataclass
class ServiceFault(Exception):
    """The background gateway could not be started, reached or stopped; `log_tail` holds its last log lines."""

    message: str
    log_tail: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        super().__init__(self.message)
