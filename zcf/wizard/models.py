"""The live check of a provider: its own list of models, and one request of a few tokens.

The list alone proves no key: some providers show it to everybody (https://openrouter.ai/api/v1/models).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ccr_proxy.protocols.answer import Target, WireProtocol
from ccr_proxy.protocols.model_profile import profile_for
from ccr_proxy.protocols.registry import PROTOCOLS
from zcf.net import Answer, NoAnswer, get, post
from zcf.presets import Preset

PATIENCE_SECONDS = 8.0
# Models that think first take longer than lists.
ANSWER_SECONDS = 30.0
_REFUSED = (401, 403)
_ANTHROPIC_VERSION = "2023-06-01"
# OpenAI's Responses API refuses less (https://platform.openai.com/docs/api-reference/responses).
_FEWEST_TOKENS = 16


@dataclass(frozen=True, slots=True)
class Served:
    """What a provider said: its models (none where it lists none), and what is wrong, in its words.

    `refused` means that the key itself is at fault; `asked` is the model that answered a request, "" where none was
    known to ask.
    """

    models: tuple[str, ...] = ()
    problem: str | None = None
    refused: bool = False
    asked: str = ""


def served_models(preset: Preset, url: str | None, key: str, base_url: str) -> Served:
    """Ask the provider at `base_url`; `url` is its list of models, None where it has none."""
    protocol = PROTOCOLS[preset.protocol]
    listed = _listed(protocol, url, key)
    if listed.refused:
        return listed
    model = _model_to_ask(preset, listed.models)
    if model is None:
        return listed
    return _answered(protocol, base_url, key, model, listed)


def _listed(protocol: WireProtocol, url: str | None, key: str) -> Served:
    if url is None:
        return Served()
    try:
        answer = get(url, _headers(protocol, key), timeout=PATIENCE_SECONDS)
    except NoAnswer as fault:
        return Served(problem=fault.reason)
    if answer.status != 200:
        return Served(problem=_words(answer), refused=_refuses(answer, protocol))
    return Served(_names(answer.body))


def _model_to_ask(preset: Preset, served: tuple[str, ...]) -> str | None:
    """One that the preset knows to chat: a list may begin with a model that makes pictures."""
    known = [model.id for model in preset.models]
    return next((name for name in known if not served or name in served), None)


def _answered(protocol: WireProtocol, base_url: str, key: str, model: str, listed: Served) -> Served:
    body = {"model": model, "max_tokens": _FEWEST_TOKENS, "messages": [{"role": "user", "content": "Hi"}]}
    encoded = protocol.encode(body, Target("", model, profile_for(model)))
    try:
        address = protocol.url(base_url, model, False)
        answer = post(address, encoded.body, _headers(protocol, key), timeout=ANSWER_SECONDS)
    except NoAnswer as fault:
        return Served(listed.models, f"{model}: {fault.reason}")
    if answer.status != 200:
        return Served(listed.models, f"{model}: {_words(answer)}", refused=_refuses(answer, protocol))
    return Served(listed.models, asked=model)


def _headers(protocol: WireProtocol, key: str) -> Mapping[str, str]:
    version = {"anthropic-version": _ANTHROPIC_VERSION} if protocol.name == "anthropic" else {}
    return {**protocol.headers(key), **version}


def _refuses(answer: Answer, protocol: WireProtocol) -> bool:
    """Gemini says 400 to a wrong key."""
    return answer.status in _REFUSED or (
        answer.status == 400 and protocol.name == "gemini" and "api key" in _words(answer).casefold()
    )


def _names(body: Any) -> tuple[str, ...]:
    """`{"data": [{"id": ...}]}`, or Gemini's `{"models": [{"name": "models/..."}]}`."""
    listing = (body.get("data") or body.get("models")) if isinstance(body, dict) else body
    entries = [entry for entry in listing if isinstance(entry, dict)] if isinstance(listing, list) else []
    names = (str(entry.get("id") or entry.get("name") or "").removeprefix("models/") for entry in entries)
    return tuple(dict.fromkeys(name for name in names if name))


def _words(answer: Answer) -> str:
    status, body = answer.status, answer.body
    error = body.get("error") if isinstance(body, dict) else None
    message = error.get("message") if isinstance(error, dict) else error if isinstance(error, str) else None
    if message is None and isinstance(body, dict):
        message = body.get("message")
    line = " ".join(str(message or "").split())[:200]
    return f"HTTP {status}: {line}" if line else f"HTTP {status}"
