"""Where a provider lists its models: the cheapest request that only a provider that works can answer."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from ccr_proxy.protocols.answer import WireProtocol

# What the address of a request ends in, and what the address of the list ends in instead.
_ENDINGS = {
    "openai-chat": ("/chat/completions", "/models"),
    "openai-responses": ("/responses", "/models"),
    "anthropic": ("/messages", "/models"),
    "gemini": ("/models/m:generateContent", "/models"),
}


def model_list_url(protocol: WireProtocol, base: str) -> str | None:
    """The address of the list, from the configured address; None where the protocol has none.

    https://platform.openai.com/docs/api-reference/models, https://docs.anthropic.com/en/api/models-list,
    https://ai.google.dev/api/models
    """
    if protocol.name not in _ENDINGS:
        return None
    ending, instead = _ENDINGS[protocol.name]
    parts = urlsplit(protocol.url(base, "m", False))
    if not parts.path.endswith(ending):
        return None
    return urlunsplit(parts._replace(path=parts.path.removesuffix(ending) + instead))


def is_model_list(answer: object) -> bool:
    """Whether a JSON answer is such a list; a web page behind a wrong address is not."""
    return isinstance(answer, dict) and any(isinstance(answer.get(key), list) for key in ("data", "models"))
