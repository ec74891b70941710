"""From a configured provider and its model's name to those of the price table. Pure.

A provider may be called anything, so that its address says whose prices count; of one that is not configured any more
the name does. Whoever resells a vendor's models under an address of their own has prices of their own, not known here.

A model's name is looked up as it is, letter case aside, then without what does not change the price:

    claude-sonnet-5-5[1m]         the context window that Claude Code puts behind a name
    models/gemini-2.5-pro         Gemini's own way to write it
    claude-haiku-4-5-20251001, gpt-5-mini-2025-08-07, claude-haiku-4-5@20251001, mistral-large-latest
                                  a version of that name
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from ccr_proxy.config.schema import Provider


# Hosts and whose prices count there; a host below one of these counts too.
_HOSTS = {
    "api.302.ai": "302ai",
    "api.anthropic.com": "anthropic",
    "api.cerebras.ai": "cerebras",
    "aliyuncs.com": "dashscope",
    "api.deepseek.com": "deepseek",
    "generativelanguage.googleapis.com": "gemini",
    "api.groq.com": "groq",
    "api.minimax.io": "minimax",
    "api.minimaxi.com": "minimax",
    "api.mistral.ai": "mistral",
    "api.moonshot.ai": "moonshot",
    "api.moonshot.cn": "moonshot",
    "api.openai.com": "openai",
    "openrouter.ai": "openrouter",
    "api.siliconflow.cn": "siliconflow",
    "api.siliconflow.com": "siliconflow",
    "volces.com": "volcengine",
    "api.x.ai": "xai",
    "api.z.ai": "zai",
    "open.bigmodel.cn": "zai",
}
_DATE = re.compile(r"[-@](20\d{6}|20\d\d-\d\d-\d\d)$")


def vendor_of(provider: Provider) -> str:
    """Whose prices count at a provider; "" when that is not known."""
    if provider.protocol == "demo":
        return "demo"
    host = (urlsplit(provider.api_base_url).hostname or "").lower()
    return next((vendor for known, vendor in _HOSTS.items() if host == known or host.endswith(f".{known}")), "")


def spellings(model: str) -> Iterator[str]:
    """The names under which a model's price may stand, the most exact first; all in lower case."""
    name = model.strip().lower()
    yield name
    name = name.removesuffix("[1m]").removeprefix("models/")
    yield name
    yield _DATE.sub("", name).removesuffix("-latest")
