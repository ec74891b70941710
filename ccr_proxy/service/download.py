"""Downloads one file that the user named by its address."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

from ccr_proxy.errors import ServiceFault
from ccr_proxy.service.addresses import is_loopback

_SECONDS = 30.0


def download(address: str, most_bytes: int) -> bytes:
    """The content behind `address`, at most `most_bytes`. Raises ServiceFault, also for an address that everybody on
    the way could answer for: only https, and http on this machine."""
    _require_safe(address)
    request = urllib.request.Request(address, headers={"user-agent": "zcf"})  # noqa: S310 - the scheme was checked
    try:
        with urllib.request.build_opener(_SafeRedirects).open(request, timeout=_SECONDS) as answer:
            content: bytes = answer.read(most_bytes + 1)
    except (urllib.error.URLError, OSError, http.client.HTTPException) as error:
        raise ServiceFault(f"{address} cannot be downloaded: {error}") from None
    if len(content) > most_bytes:
        raise ServiceFault(f"{address} is larger than {most_bytes // 1024} KB")
    return content


class _SafeRedirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects to safe addresses only."""

    def redirect_request(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: http.client.HTTPMessage, newurl: str
    ) -> urllib.request.Request | None:
        """The request that follows the redirect. Raises ServiceFault."""
        _require_safe(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _require_safe(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        raise ServiceFault(f"{address} is not an https address")
