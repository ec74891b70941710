"""What a host setting means: who can reach it, and under which address this machine reaches it."""

from __future__ import annotations

import ipaddress

_WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - read, not bound


def is_loopback(host: str) -> bool:
    """True when only this machine can connect to a listener on `host`."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def reachable_host(host: str) -> str:
    """The address under which a listener on `host` is reached from this machine."""
    return _WILDCARDS.get(host.strip("[]"), host.strip("[]"))


def base_url(host: str, port: int) -> str:
    """`http://address:port` for clients on this machine, with brackets round an IPv6 address."""
    address = reachable_host(host)
    return f"http://[{address}]:{port}" if ":" in address else f"http://{address}:{port}"
