"""settings.json and the shell together, as Claude Code reads them.

Measured with Claude Code 2.1.197: `env` of settings.json outranks the shell, and an empty value there switches the
shell's off.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from ccr_proxy.service.addresses import base_url, is_loopback
from zcf.diagnosis.facts import Answerer, ClaudeFacts, ConfigFacts

_DEFAULT_PORTS = {"http": 80, "https": 443}


def settings_env(claude: ClaudeFacts) -> dict[str, str]:
    """`env` of settings.json; what is not text or a number counts as not there."""
    env = claude.settings.document.get(("env",)) if claude.settings else None
    items = env.items() if isinstance(env, dict) else ()
    return {str(name): str(value) for name, value in items if isinstance(value, str | int)}


def effective(name: str, claude: ClaudeFacts, shell: Mapping[str, str]) -> str:
    """The value that counts for Claude Code, "" for none."""
    return settings_env(claude).get(name, shell.get(name, ""))


def address_of(url: str) -> tuple[str, int] | None:
    """Host and port of a URL that leads to this machine; None for any other, and for what is no URL."""
    try:
        parts = urlsplit(url)
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return None
    host = parts.hostname
    return (host, port) if host and port and is_loopback(host) else None


def leads_to_gateway(claude: ClaudeFacts, shell: Mapping[str, str], config: ConfigFacts) -> bool:
    """Whether Claude Code is pointed to a gateway that answers, or to the address of the configured one."""
    if claude.endpoint is not None and claude.endpoint.answerer is Answerer.GATEWAY:
        return True
    address = address_of(effective("ANTHROPIC_BASE_URL", claude, shell))
    if address is None or config.listening is None:
        return False
    ours = address_of(base_url(config.listening.host, config.listening.port))
    return ours is not None and address[1] == ours[1]
