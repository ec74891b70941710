"""The gateway's configuration as it is now, and Claude Code Router's own program where npm installed it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from zcf.errors import refused
from zcf.facts import SeenFile
from zcf.look.files import see

if TYPE_CHECKING:
    from ccr_proxy.config.schema import Config


@dataclass(frozen=True, slots=True)
class SeenConfig:
    """The configuration file, and its meaning with the environment filled in (None where there is no file yet)."""

    file: SeenFile
    config: Config | None

    @property
    def usable(self) -> bool:
        """Whether requests can be answered with it: a default route that leads to a configured provider."""
        config = self.config
        return config is not None and config.router.default is not None and bool(config.target(config.router.default))

    @property
    def only_demo(self) -> bool:
        """Whether there is nothing but the built-in demo in it."""
        config = self.config
        return config is not None and all(provider.protocol == "demo" for provider in config.providers)


def see_config(path: Path, environ: Mapping[str, str]) -> SeenConfig:
    """Read the configuration. Raises Refusal when the file cannot be used as it stands; it is then left alone."""
    from ccr_proxy.config.load import load
    from ccr_proxy.errors import ConfigFault

    file = see(path)
    if file.content is None or not file.document.value:
        return SeenConfig(file, None)
    try:
        return SeenConfig(file, load(path, environ).config)
    except ConfigFault as fault:
        raise refused("ccr.config_fault", reason=fault.message) from fault


def npm_ccr(environ: Mapping[str, str]) -> Path | None:
    """The first `ccr` in PATH that belongs to Claude Code Router's npm package, whatever stands before it."""
    names = ("ccr", "ccr.cmd") if os.name == "nt" else ("ccr",)
    for folder in environ.get("PATH", "").split(os.pathsep):
        for name in names:
            program = Path(folder or ".") / name
            if program.is_file() and _is_npm(program):
                return program
    return None


def npm_ccr_in_front(environ: Mapping[str, str]) -> Path | None:
    """npm's `ccr`, if that is the one a shell starts."""
    found = shutil.which("ccr", path=environ.get("PATH", ""))
    return Path(found) if found and _is_npm(Path(found)) else None


def _is_npm(program: Path) -> bool:
    """npm links to the package, or on Windows writes a short script that names it."""
    if "claude-code-router" in program.resolve().as_posix():
        return True
    try:
        return program.stat().st_size < 4096 and b"claude-code-router" in program.read_bytes()
    except OSError:
        return False
