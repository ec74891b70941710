"""Which format a client speaks, told by the path it asks."""

from __future__ import annotations

import re

from ccr_proxy.protocols.inbound import ANTHROPIC, OPENAI_CHAT, OPENAI_RESPONSES, ClientFormat

# Every endpoint for clients is there for each preset, too.
PRESET_PREFIX = "/preset/{preset}"
_PRESET = re.compile(r"^/preset/[^/]+")

# A base URL that ends in /v1 is a common mistake; the client then asks for /v1/v1/...
PREFIXES = ("/v1", "/v1/v1")

ANSWERING_PATHS: dict[str, ClientFormat] = {
    prefix + path: client
    for prefix in PREFIXES
    for path, client in (
        ("/messages", ANTHROPIC),
        ("/chat/completions", OPENAI_CHAT),
        ("/responses", OPENAI_RESPONSES),
    )
}


def client_of(path: str) -> ClientFormat:
    """The format of a request to `path`; Anthropic's for everything that is no answering path."""
    return ANSWERING_PATHS.get(_PRESET.sub("", path), ANTHROPIC)
