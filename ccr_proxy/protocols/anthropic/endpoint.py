"""Where Anthropic-speaking endpoints live, and how they want the key."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit, urlunsplit


@lru_cache(maxsize=256)
def messages_url(base: str, _model: str = "", _stream: bool = False) -> str:
    """`https://host`, `https://host/v1` and the full `.../v1/messages` all name the same endpoint."""
    parts = urlsplit(base)
    path = parts.path.rstrip("/")
    if not path.endswith("/messages"):
        path += "/messages" if path.endswith("/v1") else "/v1/messages"
    return urlunsplit(parts._replace(path=path))


def headers(key: str) -> dict[str, str]:
    """Both spellings of the credential: Anthropic reads `x-api-key`, most compatible services the bearer token."""
    return {"x-api-key": key, "authorization": f"Bearer {key}"} if key else {}
