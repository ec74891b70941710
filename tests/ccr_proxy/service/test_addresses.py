"""Hosts: who reaches them, and how we do."""

from __future__ import annotations

import pytest

from ccr_proxy.service.addresses import base_url, is_loopback, reachable_host


@pytest.mark.parametrize(
    ("host", "loopback", "reachable", "url"),
    [
        ("127.0.0.1", True, "127.0.0.1", "http://127.0.0.1:3456"),
        ("127.8.9.1", True, "127.8.9.1", "http://127.8.9.1:3456"),
        ("localhost", True, "localhost", "http://localhost:3456"),
        ("LOCALHOST", True, "LOCALHOST", "http://LOCALHOST:3456"),
        ("::1", True, "::1", "http://[::1]:3456"),
        ("[::1]", True, "::1", "http://[::1]:3456"),
        ("0.0.0.0", False, "127.0.0.1", "http://127.0.0.1:3456"),
        ("::", False, "::1", "http://[::1]:3456"),
        ("192.168.1.5", False, "192.168.1.5", "http://192.168.1.5:3456"),
        ("my-machine", False, "my-machine", "http://my-machine:3456"),
        ("localhost.evil.example", False, "localhost.evil.example", "http://localhost.evil.example:3456"),
        ("", False, "127.0.0.1", "http://127.0.0.1:3456"),
    ],
)
def test_a_host_means(host: str, loopback: bool, reachable: str, url: str) -> None:
    assert (is_loopback(host), reachable_host(host), base_url(host, 3456)) == (loopback, reachable, url)
