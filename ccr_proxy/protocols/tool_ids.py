"""Tool call ids that every side accepts.

Anthropic takes only `^[a-zA-Z0-9_-]+$` (its API answers 400 otherwise), while Kimi sends `functions.Bash:0` and wants
exactly that back. Forbidden characters therefore travel as `_-<hex>_` and are restored on the way out. So does an
underscore before a hyphen, which would otherwise look like the start of such an escape.
"""

from __future__ import annotations

import re
import secrets

_FORBIDDEN = re.compile(r"[^a-zA-Z0-9_-]|_(?=-)")
_ESCAPED = re.compile(r"_-([0-9a-f]{1,6})_")


def new_tool_id() -> str:
    """A fresh id in Anthropic's form, for providers that send none."""
    return "toolu_" + secrets.token_hex(12)


def to_anthropic(upstream_id: str) -> str:
    """The id as Claude Code sees it."""
    return _FORBIDDEN.sub(lambda match: f"_-{ord(match.group()):x}_", upstream_id)


def to_upstream(anthropic_id: str) -> str:
    """The id as the provider knew it; ids that were never escaped come back unchanged."""
    return _ESCAPED.sub(_restore, anthropic_id)


def _restore(match: re.Match[str]) -> str:
    code = int(match.group(1), 16)
    restored = chr(code) if code <= 0x10FFFF else ""
    # Only what to_anthropic escapes is restored, so that a foreign id which happens to look escaped stays itself.
    following = match.string[match.end() : match.end() + 1]
    return restored if restored and _FORBIDDEN.match(restored + following) else match.group()
