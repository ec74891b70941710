"""Reasoning that must survive the round trip through Claude Code.

Claude Code sends thinking blocks back verbatim, signature included. What a provider needs on the next turn (Gemini's
thought signatures, encrypted reasoning of the Responses API, `reasoning_details`) therefore travels inside the
`signature` of a thinking block, together with its origin: only the provider that made it gets it back. The signature of
a call may travel in its id instead (tool_ids).

A wrapped signature reads `zcf1.<origin>.<payload>`, both parts base64url. Anything else is Anthropic's own.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

_PREFIX = "zcf1."


@dataclass(frozen=True, slots=True)
class Wrapped:
    """`origin` is `protocol:provider`; `payload` is whatever that protocol stored."""

    origin: str
    payload: str


def wrap(origin: str, payload: str) -> str:
    """The signature to put on a thinking block."""
    return _PREFIX + ".".join(urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in (origin, payload))


def unwrap(signature: object) -> Wrapped | None:
    """What `wrap` put in; None for Anthropic's own signatures, missing and damaged ones."""
    if not isinstance(signature, str) or not signature.startswith(_PREFIX):
        return None
    try:
        origin, payload = (
            urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode()
            for part in signature.removeprefix(_PREFIX).split(".")
        )
    except (ValueError, binascii.Error):
        return None
    # The decoder passes over characters that are not base64; what does not read back the same is damaged.
    return Wrapped(origin, payload) if wrap(origin, payload) == signature else None


def payload_for(origin: str, signature: object) -> str | None:
    """The payload of a wrapped signature if it came from `origin`."""
    wrapped = unwrap(signature)
    return wrapped.payload if wrapped is not None and wrapped.origin == origin else None
