"""Where OpenAI-style endpoints live, and how they want the key."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

# A base that already names a version: /v1, /api/v3, /v1beta/openai, /api/paas/v4 ...
_VERSIONED = re.compile(r"/v\d+[a-z]*(/openai)?$")


def completed(base: str, path: str) -> str:
    """The full URL for `path` ("/chat/completions"): a URL that ends in it stays, a base gets what is missing.

    `https://host` becomes `https://host/v1/chat/completions`, `https://host/api/v3` keeps its version.
    """
    parts = urlsplit(base)
    current = parts.path.rstrip("/")
    if not current.endswith(path):
        bare = current if current and (_VERSIONED.search(current) or not _is_root(current)) else current + "/v1"
        current = bare + path
    return urlunsplit(parts._replace(path=current))


def bearer(key: str) -> dict[str, str]:
    """The header that carries an OpenAI-style key; none for servers that want none."""
    return {"authorization": f"Bearer {key}"} if key else {}


def _is_root(path: str) -> bool:
    return path == ""
