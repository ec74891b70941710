"""Which proxy a request to a provider takes.

The configuration's PROXY_URL comes first, then the environment as every other program reads it (HTTPS_PROXY,
HTTP_PROXY, ALL_PROXY, NO_PROXY). Loopback addresses never take one: local model servers are reached directly.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from ccr_proxy.errors import GatewayError


def proxy_for(url: str, configured: str | None) -> str | None:
    """The proxy URL, or None for a direct connection. Raises GatewayError for a kind that cannot be used."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if is_loopback(host):
        return None
    proxy = configured
    if proxy is None and not proxy_bypass(host):
        proxies = getproxies()
        proxy = proxies.get(parts.scheme) or proxies.get("all")
    if proxy and urlsplit(proxy).scheme not in ("http", "https"):
        raise GatewayError(502, f"proxy {proxy}: only http:// and https:// proxies can be used")
    return proxy or None


@lru_cache(maxsize=256)
def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
