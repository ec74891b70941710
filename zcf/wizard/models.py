"""The provider's own list of its models: what can be chosen, and the proof that the key is good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zcf.net import NoAnswer, get
from zcf.presets import Preset

PATIENCE_SECONDS = 8.0
_REFUSED = (401, 403)
_ANTHROPIC_VERSION = "2023-06-01"


@dataclass(frozen=True, slots=True)
class Served:
    """What a provider said: its models (none where it lists none), or the sentence that tells why there is no list.

    `refused` means that the key itself is at fault.
    """

    models: tuple[str, ...] = ()
    problem: str | None = None
    refused: bool = False


def served_models(preset: Preset, url: str | None, key: str) -> Served:
    """Ask the provider; `url` is its list of models, None where it has none."""
    if url is None:
        return Served()
    try:
        answer = get(url, _headers(preset.protocol, key), timeout=PATIENCE_SECONDS)
    except NoAnswer as fault:
        return Served(problem=fault.reason)
    if answer.status in _REFUSED or (answer.status == 400 and preset.protocol == "gemini"):
        return Served(problem=_words(answer.status, answer.body), refused=True)
    if answer.status != 200:
        return Served(problem=_words(answer.status, answer.body))
    return Served(_names(answer.body))


def _headers(protocol: str, key: str) -> Mapping[str, str]:
    if protocol == "gemini":
        return {"x-goog-api-key": key}
    if protocol == "anthropic":
        # Anthropic itself reads the first; those who only speak its format often read the second.
        return {"x-api-key": key, "authorization": f"Bearer {key}", "anthropic-version": _ANTHROPIC_VERSION}
    return {"authorization": f"Bearer {key}"}


def _names(body: Any) -> tuple[str, ...]:
    """`{"data": [{"id": ...}]}`, or Gemini's `{"models": [{"name": "models/..."}]}`."""
    listing = (body.get("data") or body.get("models")) if isinstance(body, dict) else body
    entries = [entry for entry in listing if isinstance(entry, dict)] if isinstance(listing, list) else []
    names = (str(entry.get("id") or entry.get("name") or "").removeprefix("models/") for entry in entries)
    return tuple(dict.fromkeys(name for name in names if name))


def _words(status: int, body: Any) -> str:
    error = body.get("error") if isinstance(body, dict) else None
    message = error.get("message") if isinstance(error, dict) else error if isinstance(error, str) else None
    if message is None and isinstance(body, dict):
        message = body.get("message")
    line = " ".join(str(message or "").split())[:200]
    return f"HTTP {status}: {line}" if line else f"HTTP {status}"
