"""What one has to know of somebody else's preset: where it sends requests, and what it takes from the machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ccr_proxy.config.interpolate import variable_names
from ccr_proxy.presets.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Facts:
    """`hosts` requests go to, `routes` with their targets, environment `variables` that are read, and names of the
    `claude_code_settings` that Claude Code is started with."""

    hosts: tuple[str, ...]
    routes: Mapping[str, str]
    variables: tuple[str, ...]
    claude_code_settings: tuple[str, ...]


def facts_of(manifest: Manifest) -> Facts:
    """Taken from all that is written in the manifest, whether or not its answers lead there."""
    written = [manifest.config, *(manifest.data.get(name) for name in ("template", "configMappings")), manifest.values]
    texts = list(_texts(written))
    hosts = (_host(text) for text in texts if "://" in text)
    router, settings = manifest.config.get("Router"), manifest.config.get("claudeCodeSettings")
    routes = router.items() if isinstance(router, dict) else ()
    return Facts(
        hosts=tuple(dict.fromkeys(host for host in hosts if host)),
        routes={name: target for name, target in routes if isinstance(target, str)},
        variables=tuple(dict.fromkeys(name for text in texts for name in variable_names(text))),
        claude_code_settings=tuple(settings) if isinstance(settings, dict) else (),
    )


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str):
        yield value


def _host(text: str) -> str:
    try:
        return urlsplit(text).hostname or ""
    except ValueError:
        return ""
