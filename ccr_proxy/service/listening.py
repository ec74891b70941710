"""Where the gateway listens and which key it asks for: the configuration, made safe.

The gateway never starts open. Claude Code Router 2 served configurations without APIKEY on loopback only, and its
`ccr activate` then handed out the word "test" as key; such configurations keep working, but the key is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

from ccr_proxy.config.load import LoadedConfig
from ccr_proxy.errors import ServiceFault
from ccr_proxy.service.addresses import is_loopback

KEYLESS_CONFIG_KEY = "test"
# Keys that everybody can read in the documentation of Claude Code Router and of ZCF.
PUBLIC_KEYS = frozenset({KEYLESS_CONFIG_KEY, "sk-zcf-x-ccr"})


@dataclass(frozen=True, slots=True)
class Listening:
    """The effective address and key, and what the user should know about them (one line each)."""

    host: str
    port: int
    api_key: str
    warnings: tuple[str, ...] = ()


def effective_listening(loaded: LoadedConfig, *, host: str | None = None, port: int | None = None) -> Listening:
    """Combine the configured address and key with the `host` and `port` asked for on the command line.

    Raises ServiceFault when a key is configured but cannot be used (its variable is not set), and when the command
    line asks for an address that others can reach and there is no key.
    """
    config = loaded.config
    effective_port = config.port if port is None else port
    if config.api_key:
        return _with_key(host or config.host, effective_port, config.api_key)
    if loaded.document.value.get("APIKEY") not in (None, ""):
        raise ServiceFault(_unusable_key(loaded))
    if host and not is_loopback(host):
        raise ServiceFault(
            f'refusing to listen on {host} without a key: set "APIKEY" in {loaded.path} first (`zcf i -s -t ccr_proxy`)'
        )
    return _without_key(host, config.host, effective_port)


def _unusable_key(loaded: LoadedConfig) -> str:
    """Falling back to the well-known key would open what the user meant to close."""
    place = loaded.document.position(("APIKEY",))
    return (
        f"{loaded.path}:{place.line}:{place.column}: APIKEY cannot be used: "
        "set the variable it names, or write the key as text"
    )


def _with_key(host: str, port: int, api_key: str) -> Listening:
    if is_loopback(host) or api_key not in PUBLIC_KEYS:
        return Listening(host, port, api_key)
    warning = f'{host} can be reached by others and "APIKEY" is a key that everybody knows: choose another'
    return Listening(host, port, api_key, (warning,))


def _without_key(requested_host: str | None, configured_host: str, port: int) -> Listening:
    warnings = [f'no "APIKEY" in the configuration: clients must send the key "{KEYLESS_CONFIG_KEY}"']
    host = requested_host or configured_host
    if not is_loopback(host):
        warnings.append(f'HOST {host} is not used without "APIKEY": listening on 127.0.0.1 only')
        host = "127.0.0.1"
    return Listening(host, port, KEYLESS_CONFIG_KEY, tuple(warnings))
