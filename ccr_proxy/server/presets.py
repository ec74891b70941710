"""Requests under `/preset/NAME`: answered with the providers and routes of that preset.

Each preset is a gateway of its own within the gateway: what is known of its providers (circuits, limits, lessons) is
its own, because names of providers mean something else in it. Connections, parsed bodies, the ledger and the list
of recent requests are shared. Address, access key, proxy and timeouts are those of the configuration, never of a
preset.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from ccr_proxy.config.document import parse
from ccr_proxy.config.fingerprint import Fingerprint, fingerprint_of
from ccr_proxy.config.load import LoadedConfig, evaluate
from ccr_proxy.config.project_routers import ProjectRouters
from ccr_proxy.errors import ClientFault, ConfigFault
from ccr_proxy.presets.filled import filled
from ccr_proxy.presets.installed import all_installed, installed, is_installed, manifest_path
from ccr_proxy.presets.manifest import Manifest
from ccr_proxy.server.gateway import GATEWAY, Gateway

_OF_A_PRESET = ("Providers", "providers", "Router", "fallback", "availability")
_LOOK_SECONDS = 1.0

_log = logging.getLogger("ccr_proxy")


@dataclass(slots=True)
class _Served:
    gateway: Gateway
    running: LoadedConfig
    manifest: Fingerprint | None
    looked_at: float


@dataclass(slots=True)
class PresetGateways:
    """The gateways of the presets that were asked so far. `clock` gives seconds that only grow."""

    main: Gateway
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    clock: Callable[[], float] = time.monotonic
    _served: dict[str, _Served] = field(default_factory=dict)

    async def find(self, name: str) -> Gateway:
        """The gateway of a preset, which follows its manifest and the configuration. Raises ClientFault."""
        served = self._served.get(name)
        if served is None:
            served = self._served.setdefault(name, await self._started(name))
        elif served.running is not self.main.loaded or self.clock() - served.looked_at > _LOOK_SECONDS:
            served.looked_at = self.clock()
            await self._follow(name, served)
        return served.gateway

    async def _started(self, name: str) -> _Served:
        running = self.main.loaded
        try:
            seen, loaded = await asyncio.to_thread(self._read, name)
        except ConfigFault as fault:
            raise ClientFault(404, f"preset {name!r} cannot be used: {fault.message}") from None
        return _Served(_gateway_within(self.main, loaded), running, seen, self.clock())

    async def _follow(self, name: str, served: _Served) -> None:
        running, seen = self.main.loaded, await asyncio.to_thread(lambda: fingerprint_of(_manifest_of(name)))
        if running is served.running and seen == served.manifest:
            return
        try:
            served.manifest, loaded = await asyncio.to_thread(self._read, name)
        except ConfigFault as fault:
            served.manifest = seen
            _log.error("the changed preset is not used: %s", fault.message)
        else:
            served.gateway.configure(loaded)
        served.running = running

    def _read(self, name: str) -> tuple[Fingerprint | None, LoadedConfig]:
        path = _manifest_of(name)
        # Taken before reading: what is written meanwhile is seen by the next look.
        seen = fingerprint_of(path)
        return seen, preset_configuration(installed(path.parent.name), path, self.main.loaded, self.environ)


PRESETS = web.AppKey("presets", PresetGateways)


async def gateway_for(request: web.Request) -> Gateway:
    """The gateway that answers a request: the preset's that its path names, else the gateway itself. Raises
    ClientFault."""
    name = request.match_info.get("preset")
    return request.app[GATEWAY] if name is None else await request.app[PRESETS].find(name)


def preset_configuration(
    manifest: Manifest, path: Path, main: LoadedConfig, environ: Mapping[str, str]
) -> LoadedConfig:
    """A preset's configuration with what is not its affair taken from the main one. Raises ConfigFault.

    Files that a preset names (custom routers, transformers) are not run: they came with it from somebody else.
    """
    config = filled(manifest)
    around: dict[str, Any] = {key: value for key, value in main.document.value.items() if key not in _OF_A_PRESET}
    own = {key: config[key] for key in _OF_A_PRESET if key in config}
    document = parse(json.dumps({**around, **own}), str(path))
    loaded = evaluate(document, path, environ)
    for problem in loaded.errors:
        _log.warning("%s: %s", path, problem.message)
    kept = {"host": main.config.host, "port": main.config.port, "api_key": main.config.api_key}
    unused = {"custom_router_path": None}
    return LoadedConfig(loaded.config.model_copy(update=kept | unused), loaded.problems, document, path)


def _manifest_of(name: str) -> Path:
    """CCR serves a preset under the name in its manifest, which may be another than that of its folder."""
    if is_installed(name):
        return manifest_path(name)
    found = (each.name for each in all_installed() if each.manifest and each.manifest.text("name") == name)
    folder = next(found, None)
    if folder is None:
        raise ClientFault(404, f"there is no preset {name!r}: `ccr preset list` shows which there are")
    return manifest_path(folder)


def _gateway_within(main: Gateway, loaded: LoadedConfig) -> Gateway:
    gateway = Gateway.of(loaded, main.instance, main.started_at)
    # Routers of projects name providers of the configuration, so a preset has its own, beside its manifest.
    projects = Path.home() / ".claude" / "projects"
    gateway.projects = ProjectRouters(loaded.path.parent, projects, os.environ, time.monotonic)
    gateway.upstream, gateway.pulse, gateway.recent = main.upstream, main.pulse, main.recent
    gateway.bodies, gateway.counter, gateway.sink = main.bodies, main.counter, main.sink
    return gateway
