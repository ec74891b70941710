"""The configuration as it counts, value by value, each with where it comes from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ccr_proxy.availability.keys import label_for
from ccr_proxy.config.json_path import JsonPath, path_text
from ccr_proxy.config.load import LoadedConfig, load
from ccr_proxy.config.schema import PROXY_KEYS, Config

# Top-level names in the file and the field of Config that holds their value.
_TOP_LEVEL = {
    "HOST": "host",
    "PORT": "port",
    "APIKEY": "api_key",
    "API_TIMEOUT_MS": "api_timeout_ms",
    "LOG": "log",
    "LOG_LEVEL": "log_level",
    "CUSTOM_ROUTER_PATH": "custom_router_path",
}
_SECRET = ("APIKEY", "api_key")


@dataclass(frozen=True, slots=True)
class EffectiveValue:
    """One value. `shown` is its text, of a key only its end; `source` is "default", or the place in the file and the
    variables that it took something from."""

    name: str
    shown: str
    source: str


def effective_values(path: Path, environ: Mapping[str, str]) -> tuple[EffectiveValue, ...]:
    """Every value that counts, in the order of the documentation. Raises ConfigFault."""
    loaded = load(path, environ)
    return tuple(EffectiveValue(path_text(at), shown, _source(loaded, at)) for at, shown in _values(loaded))


def _values(loaded: LoadedConfig) -> Iterator[tuple[JsonPath, str]]:
    config = loaded.config
    for name, field in _TOP_LEVEL.items():
        yield (name,), _shown(name, getattr(config, field))
    proxy = next((key for key in PROXY_KEYS if loaded.document.value.get(key)), PROXY_KEYS[-1])
    yield (proxy,), "set" if config.proxy_url else "not set"  # its address may hold a password
    for name, milliseconds in config.timeouts.model_dump().items():
        yield ("timeouts", name), str(milliseconds)
    yield from _provider_values(loaded)
    for name, targets in config.router.routes().items():
        yield ("Router", name), targets
    yield ("Router", "longContextThreshold"), str(config.router.long_context_threshold)
    for rule in config.router.rules:
        yield rule.path, f"{rule.name}: {', '.join(rule.use.names) if rule.use else 'inactive'}"
    for name, chain in config.fallback.items():
        yield ("fallback", name), ", ".join(chain) or "none"


def _provider_values(loaded: LoadedConfig) -> Iterator[tuple[JsonPath, str]]:
    """Those of the providers that can be used."""
    config: Config = loaded.config
    key = "providers" if loaded.document.value.get("Providers") is None else "Providers"
    listed = loaded.document.value.get(key)
    for index, entry in enumerate(listed if isinstance(listed, list) else ()):
        name = entry.get("name") if isinstance(entry, dict) else None
        provider = config.provider(name) if isinstance(name, str) else None
        if provider is not None:
            yield (key, index, "name"), provider.name
            yield (key, index, "api_base_url"), provider.api_base_url.partition("?")[0]  # a query may hold a key
            yield (key, index, "api_key"), _shown("api_key", provider.api_key)
            yield (key, index, "models"), ", ".join(provider.models) or "any"


def _shown(name: str, value: Any) -> str:
    if value is None:
        return "not set"
    if name in _SECRET:
        return f"set ({label_for(1, str(value)).removeprefix('#1').strip() or 'too short to show a part'})"
    return value if isinstance(value, str) else json.dumps(value)


def _source(loaded: LoadedConfig, at: JsonPath) -> str:
    if not _stands(loaded.document.value, at):
        return "default"
    place = loaded.document.position(at)
    variables = [
        reference.name for reference in loaded.references if reference.path[: len(at)] == at and reference.found
    ]
    from_variables = f" from {', '.join(f'${name}' for name in dict.fromkeys(variables))}" if variables else ""
    return f"{loaded.path.name}:{place.line}:{place.column}{from_variables}"


def _stands(data: Any, at: JsonPath) -> bool:
    for part in at:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return False
    return data not in (None, "")
