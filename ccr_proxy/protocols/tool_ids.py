"""Tool call ids that every side accepts.

Anthropic takes only `^[a-zA-Z0-9_-]+$` (its API answers 400 otherwise), while Kimi sends `functions.Bash:0` and wants
exactly that back. Forbidden characters therefore travel as `_-<hex>_` and are restored on the way out. So does an
underscore before a hyphen, which would otherwise look like the start of such an escape.

Every client echoes an id exactly, in the call and in its result, so an id is also where a provider's signature of the
call travels: `<id>_-z<check>_<signature>`. The check is made of the signature and its origin: it tells whose signature
it is, and whether a client has cut it. Only the id before it goes to providers.
"""

from __future__ import annotations

import re
import secrets
from hashlib import sha256

from ccr_proxy.protocols.signatures import payload_for, unwrap, wrap

_FORBIDDEN = re.compile(r"[^a-zA-Z0-9_-]|_(?=-)")
_ESCAPED = re.compile(r"_-([0-9a-f]{1,6})_")
# No escape begins with z, so the first `_-z` that is not part of an escape ends the id.
_SIGNED = re.compile(
    r"(?P<id>(?:[a-zA-Z0-9-]|_(?!-)|_-[0-9a-f]{1,6}_)+)_-z(?P<check>[0-9a-f]{12})_(?P<signature>[a-zA-Z0-9_-]+)"
)


def new_tool_id() -> str:
    """A fresh id in Anthropic's form, for providers that send none."""
    return "toolu_" + secrets.token_hex(12)


def to_anthropic(upstream_id: str) -> str:
    """The id as Claude Code sees it."""
    return _FORBIDDEN.sub(lambda match: f"_-{ord(match.group()):x}_", upstream_id)


def to_upstream(anthropic_id: str) -> str:
    """The id as the provider knew it, without a signature; ids that were never escaped come back unchanged."""
    return _ESCAPED.sub(_restore, unsigned(anthropic_id))


def to_client(anthropic_id: str) -> str:
    """The id for a client of another format: as the provider knew it, but with its signature."""
    return anthropic_id if is_signed(anthropic_id) else to_upstream(anthropic_id)


def from_client(client_id: str) -> str:
    """What `to_client` was given, or an id that the client made itself, in Anthropic's form."""
    return client_id if is_signed(client_id) else to_anthropic(client_id)


def signed(anthropic_id: str, signature: str) -> str:
    """The id with a signature that `signatures.wrap` made; any other signature has no place here."""
    wrapped = unwrap(signature)
    if wrapped is None or not wrapped.payload:
        return anthropic_id
    return f"{anthropic_id}_-z{_check(signature)}_{signature.rpartition('.')[2]}"


def is_signed(tool_id: object) -> bool:
    """Whether an id carries a signature."""
    return isinstance(tool_id, str) and "_-z" in tool_id and _SIGNED.fullmatch(tool_id) is not None


def unsigned(anthropic_id: str) -> str:
    """The id without its signature."""
    found = _SIGNED.fullmatch(anthropic_id)
    return found["id"] if found else anthropic_id


def signature_for(origin: str, tool_id: object) -> str | None:
    """The signature in an id if it came from `origin` and is whole."""
    found = _SIGNED.fullmatch(tool_id) if isinstance(tool_id, str) else None
    if found is None:
        return None
    wrapped = wrap(origin, "") + found["signature"]
    return payload_for(origin, wrapped) if _check(wrapped) == found["check"] else None


def _check(signature: str) -> str:
    return sha256(signature.encode()).hexdigest()[:12]


def _restore(match: re.Match[str]) -> str:
    code = int(match.group(1), 16)
    restored = chr(code) if code <= 0x10FFFF else ""
    # Only what to_anthropic escapes is restored, so that a foreign id which happens to look escaped stays itself.
    following = match.string[match.end() : match.end() + 1]
    return restored if restored and _FORBIDDEN.match(restored + following) else match.group()
