"""Where a Gemini model answers, and how the key is sent."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

_VERSION = re.compile(r"/v\d+\w*(/|$)")
# `.../models/<model>:<method>` in a base URL that already names a model or a method.
_CALL = re.compile(r"/models(/[^/]*)?$")


def generate_url(base: str, model: str, stream: bool) -> str:
    """The URL of one call. `base` may end anywhere: at the host, the version, `models`, or a whole call of any model;
    on Vertex AI also at the project's location or the publisher. Its query (such as `?key=`) is kept."""
    parts = urlsplit(base)
    path = _CALL.sub("", parts.path.rstrip("/"))
    if not _VERSION.search(path):
        path += "/v1" if _is_vertex(parts.netloc) else "/v1beta"
    if _is_vertex(parts.netloc) and not path.endswith("/publishers/google"):
        path += "/publishers/google"
    method = "streamGenerateContent" if stream else "generateContent"
    path += f"/models/{quote(model.removeprefix('models/'), safe='/@')}:{method}"
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != "alt"]
    if stream:
        query.append(("alt", "sse"))
    return urlunsplit((parts.scheme, parts.netloc, path, urlencode(query), ""))


def gemini_headers(key: str) -> dict[str, str]:
    """An API key has a header of its own; nothing is sent without one."""
    return {"x-goog-api-key": key} if key else {}


def vertex_headers(key: str) -> dict[str, str]:
    """Vertex AI takes an OAuth access token; API keys (`AIza...`, `AQ....`) serve its express mode."""
    if key.startswith(("AIza", "AQ.")):
        return gemini_headers(key)
    return {"authorization": f"Bearer {key}"} if key else {}


def _is_vertex(host: str) -> bool:
    return host.endswith("aiplatform.googleapis.com")
