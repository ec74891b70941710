"""The list of wire protocols, and which of them a provider speaks.

Recognised in this order: `"protocol"` in the provider's configuration; the transformer that Claude Code Router's
configuration names; the URL; and otherwise OpenAI Chat Completions, which is what compatible services offer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ccr_proxy.protocols import anthropic, gemini, openai_chat, openai_responses
from ccr_proxy.protocols.answer import WireProtocol

PROTOCOLS: dict[str, WireProtocol] = {
    protocol.name: protocol
    for protocol in (
        anthropic.PROTOCOL,
        openai_chat.PROTOCOL,
        openai_responses.PROTOCOL,
        gemini.PROTOCOL,
        gemini.VERTEX_PROTOCOL,
    )
}

_BY_TRANSFORMER = {
    "anthropic": "anthropic",
    "openai": "openai-chat",
    "openai-responses": "openai-responses",
    "gemini": "gemini",
    "vertex-gemini": "vertex-gemini",
    "vertex-claude": "anthropic",
    "vertex-openai": "openai-chat",
}
_VERTEX = re.compile(r"aiplatform\.googleapis\.com|/publishers/google")
_BY_URL = tuple(
    (re.compile(pattern), name)
    for pattern, name in (
        (r"/chat/completions/?$", "openai-chat"),
        (r"/openai/?$|/v1beta/openai", "openai-chat"),
        (r"/responses/?$", "openai-responses"),
        (r"/messages/?$|//api\.anthropic\.com|/anthropic(/v1)?/?$", "anthropic"),
        (_VERTEX.pattern, "vertex-gemini"),
        (r"generateContent|generativelanguage\.googleapis\.com|/v1beta/models/?$", "gemini"),
    )
)


def protocol_of(configured: str | None, transformers: Iterable[str], url: str) -> str:
    """The protocol's name, from a provider's `protocol`, the names in `transformer.use`, and `api_base_url`."""
    path = url.split("?")[0]
    if configured == "gemini" and _VERTEX.search(path):
        return "vertex-gemini"
    if configured:
        return "openai-chat" if configured == "demo" else configured
    for name in transformers:
        if name.lower() in _BY_TRANSFORMER:
            return _BY_TRANSFORMER[name.lower()]
    return next((name for pattern, name in _BY_URL if pattern.search(path)), "openai-chat")
