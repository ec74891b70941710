"""`Anthropic`: the provider speaks Anthropic's own format. `UseBearer` says which header names the key.

Without the option the key goes out in both headers, because compatible services differ in which one they read.
"""

from __future__ import annotations

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.transformers.transformer import Option, Transformer


def _one_credential(headers: dict[str, str], options: JsonObject) -> dict[str, str]:
    if "UseBearer" not in options:
        return headers
    unwanted = "x-api-key" if options["UseBearer"] else "authorization"
    return {name: value for name, value in headers.items() if name.lower() != unwanted}


ANTHROPIC = Transformer(
    "Anthropic",
    options=(Option("UseBearer", "true or false", "whether the key goes as a bearer token or as `x-api-key`"),),
    headers=_one_credential,
)
