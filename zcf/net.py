"""Every HTTP request the wizard makes. The only module that imports httpx, and only when it is used.

Requests to this machine never go through a proxy, whatever the environment says.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer: `body` is the parsed JSON, or the text where it is not JSON."""

    status: int
    body: Any


@dataclass
class NoAnswer(Exception):
    """Nothing came back: refused, timed out, cut. `reason` is one line."""

    reason: str

    def __post_init__(self) -> None:
        super().__init__(self.reason)


def get(url: str, headers: Mapping[str, str], *, timeout: float) -> Answer:
    """GET from anywhere, by the proxy that the gateway would take; `timeout` in seconds for each phase.

    A redirect is an answer and is not followed: the headers hold a key. Raises NoAnswer.
    """
    return _request("GET", url, None, headers, timeout, proxy=_proxy_for(url))


def post(url: str, body: Mapping[str, Any], headers: Mapping[str, str], *, timeout: float) -> Answer:
    """POST JSON to anywhere; as `get`."""
    return _request("POST", url, body, headers, timeout, proxy=_proxy_for(url))


def _proxy_for(url: str) -> str | None:
    from ccr_proxy.errors import GatewayError
    from ccr_proxy.upstream.proxies import proxy_for

    try:
        return proxy_for(url, None)
    except GatewayError as error:
        raise NoAnswer(error.message) from error


def get_local(url: str, headers: Mapping[str, str] = MappingProxyType({}), *, timeout: float) -> Answer:
    """GET from this machine; `timeout` in seconds for each phase. Raises NoAnswer."""
    return _request("GET", url, None, headers, timeout)


def post_local(url: str, body: Mapping[str, Any], headers: Mapping[str, str], *, timeout: float) -> Answer:
    """POST JSON to this machine; `timeout` in seconds for each phase. Raises NoAnswer."""
    return _request("POST", url, body, headers, timeout)


def _request(
    method: str,
    url: str,
    body: Mapping[str, Any] | None,
    headers: Mapping[str, str],
    timeout: float,
    *,
    proxy: str | None = None,
) -> Answer:
    import httpx

    try:
        with httpx.Client(trust_env=False, proxy=proxy, timeout=timeout) as client:
            response = client.request(method, url, json=body, headers=dict(headers))
    except httpx.TimeoutException:
        raise NoAnswer(f"no answer within {timeout:g} s") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NoAnswer(str(error) or type(error).__name__) from error
    try:
        return Answer(response.status_code, json.loads(response.content))
    except ValueError:
        return Answer(response.status_code, response.text)
