"""Every HTTP request the wizard makes. The only module that imports httpx, and only when it is used.

Requests to this machine never go through a proxy, whatever the environment says.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
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
    """GET from anywhere, through the proxy of the environment; `timeout` in seconds for each phase. Raises NoAnswer."""
    return _request("GET", url, None, headers, timeout, trust_env=True)


def get_local(url: str, *, timeout: float) -> Answer:
    """GET from this machine; `timeout` in seconds for each phase. Raises NoAnswer."""
    return _request("GET", url, None, {}, timeout)


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
    trust_env: bool = False,
) -> Answer:
    import httpx

    try:
        with httpx.Client(trust_env=trust_env, timeout=timeout, follow_redirects=trust_env) as client:
            response = client.request(method, url, json=body, headers=dict(headers))
    except httpx.TimeoutException:
        raise NoAnswer(f"no answer within {timeout:g} s") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NoAnswer(str(error) or type(error).__name__) from error
    try:
        return Answer(response.status_code, json.loads(response.content))
    except ValueError:
        return Answer(response.status_code, response.text)
