"""The environment variables that point Claude Code, and any Anthropic SDK, at the gateway.

They are those of Claude Code Router 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ccr_proxy.config.load import LoadedConfig
from ccr_proxy.service.addresses import base_url, reachable_host
from ccr_proxy.service.listening import effective_listening


@dataclass(frozen=True, slots=True)
class ClientEnvironment:
    """What a client's environment needs to have, and what it must not have."""

    variables: Mapping[str, str]
    unset: tuple[str, ...] = ("CLAUDE_CODE_USE_BEDROCK",)

    def within(self, environ: Mapping[str, str]) -> dict[str, str]:
        """`environ` with both done."""
        return {name: value for name, value in environ.items() if name not in self.unset} | dict(self.variables)


def client_environment(loaded: LoadedConfig, environ: Mapping[str, str]) -> ClientEnvironment:
    """The variables for clients of a gateway with this configuration; `environ` is the client's own."""
    listening = effective_listening(loaded)
    host = reachable_host(listening.host)
    return ClientEnvironment(
        {
            "ANTHROPIC_AUTH_TOKEN": listening.api_key,
            "ANTHROPIC_BASE_URL": base_url(host, listening.port),
            "NO_PROXY": _without_proxy(environ, host),
            "DISABLE_TELEMETRY": "true",
            "DISABLE_COST_WARNINGS": "true",
            "API_TIMEOUT_MS": str(loaded.config.api_timeout_ms),
        }
    )


def _without_proxy(environ: Mapping[str, str], host: str) -> str:
    """The user's own NO_PROXY with the gateway's address added."""
    entries = [entry.strip() for entry in environ.get("NO_PROXY", "").split(",") if entry.strip()]
    return ",".join(entries if host in entries else [*entries, host])
