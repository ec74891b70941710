"""The proof: one real request to every model that a route leads to, through the running gateway."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from zcf import net

ANSWER_SECONDS = 60.0
# Enough for a word from a model that thinks first; a provider without credit answers with an error all the same.
ANSWER_TOKENS = 64


@dataclass(frozen=True, slots=True)
class RouteCheck:
    """One model and the routes that lead to it; `error` is None when it answered.

    `milliseconds` is the time to the whole answer, tokens are as the gateway counted them.
    """

    routes: tuple[str, ...]
    target: str
    milliseconds: int
    input_tokens: int = 0
    output_tokens: int = 0
    error: str | None = None


def check_routes(
    routes: Mapping[str, str], base_url: str, key: str, *, clock: Callable[[], float] = time.monotonic
) -> Iterator[RouteCheck]:
    """Ask each distinct target of `routes` (route name to "provider,model") for a short answer, one after another."""
    by_target: dict[str, list[str]] = {}
    for route, target in routes.items():
        by_target.setdefault(target, []).append(route)
    for target, names in by_target.items():
        yield _check(tuple(names), target, base_url, key, clock)


def _check(routes: tuple[str, ...], target: str, base_url: str, key: str, clock: Callable[[], float]) -> RouteCheck:
    body = {
        "model": target,
        "max_tokens": ANSWER_TOKENS,
        "messages": [{"role": "user", "content": "Answer with the word OK."}],
    }
    headers = {"authorization": f"Bearer {key}", "anthropic-version": "2023-06-01"}
    started = clock()
    try:
        answer = net.post_local(f"{base_url}/v1/messages", body, headers, timeout=ANSWER_SECONDS)
    except net.NoAnswer as error:
        return RouteCheck(routes, target, _since(started, clock), error=error.reason)
    if answer.status != 200 or not isinstance(answer.body, dict) or answer.body.get("type") != "message":
        return RouteCheck(routes, target, _since(started, clock), error=_reason(answer))
    usage: dict[str, Any] = answer.body.get("usage") or {}
    return RouteCheck(
        routes, target, _since(started, clock), usage.get("input_tokens", 0), usage.get("output_tokens", 0)
    )


def _since(started: float, clock: Callable[[], float]) -> int:
    return round((clock() - started) * 1000)


def _reason(answer: net.Answer) -> str:
    error = answer.body.get("error") if isinstance(answer.body, dict) else None
    message = error.get("message") if isinstance(error, dict) else None
    text = str(message or answer.body or "empty answer").strip().splitlines()
    return f"HTTP {answer.status}: {text[0][:300] if text else ''}"
