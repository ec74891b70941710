"""Which proxy a request takes."""

from __future__ import annotations

import pytest

from ccr_proxy.errors import GatewayError
from ccr_proxy.upstream.proxies import is_loopback, proxy_for

VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(
    ("url", "configured", "environment", "proxy"),
    [
        ("https://api.x/v1", None, {}, None),
        ("https://api.x/v1", "http://p:1", {"https_proxy": "http://other:2"}, "http://p:1"),
        ("https://api.x/v1", None, {"https_proxy": "http://p:1"}, "http://p:1"),
        ("https://api.x/v1", None, {"http_proxy": "http://p:1"}, None),
        ("http://api.x/v1", None, {"http_proxy": "http://p:1"}, "http://p:1"),
        ("https://api.x/v1", None, {"all_proxy": "http://p:1"}, "http://p:1"),
        ("https://api.x/v1", None, {"https_proxy": "http://p:1", "no_proxy": ".x"}, None),
        ("http://127.0.0.1:11434/v1", "http://p:1", {}, None),
        ("http://localhost:11434/v1", None, {"http_proxy": "http://p:1"}, None),
        ("http://[::1]:1234/v1", "http://p:1", {}, None),
    ],
)
def test_proxies(
    monkeypatch: pytest.MonkeyPatch, url: str, configured: str | None, environment: dict[str, str], proxy: str | None
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert proxy_for(url, configured) == proxy


def test_a_kind_of_proxy_that_cannot_be_used_is_told() -> None:
    with pytest.raises(GatewayError, match="socks5://p:1"):
        proxy_for("https://api.x", "socks5://p:1")


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("a.localhost", True),
        ("127.0.0.9", True),
        ("::1", True),
        ("[::1]", True),
        ("10.0.0.1", False),
        ("localhost.x", False),
        ("", False),
    ],
)
def test_is_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) == loopback
