"""How the background gateway is called: interpreter, arguments, environment."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import ccr_proxy
from ccr_proxy.service.instance import INSTANCE_VARIABLE


def serve_command(config_path: Path, host: str | None, port: int | None) -> list[str]:
    """The arguments that run `serve` in this interpreter.

    `-P` keeps the working directory out of the module search: a `typing.py` there must not become ours.
    """
    command = [sys.executable, "-P", "-m", "ccr_proxy", "serve", "--config", str(config_path)]
    if host is not None:
        command += ["--host", host]
    if port is not None:
        command += ["--port", str(port)]
    return command


def start_command(config_path: Path) -> list[str]:
    """The arguments that run `start` in this interpreter."""
    return [sys.executable, "-P", "-m", "ccr_proxy", "start", "--config", str(config_path)]


def serve_environment(environ: Mapping[str, str], instance: str) -> dict[str, str]:
    """The environment of the background gateway: ours, the instance id, and a way to find this package."""
    environment = {**environ, INSTANCE_VARIABLE: instance}
    search = [str(Path(entry).absolute()) for entry in environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
    package_root = Path(ccr_proxy.__file__).resolve().parent.parent
    if package_root.name not in ("site-packages", "dist-packages") and str(package_root) not in search:
        # Run from a source tree: `-P` and the other working directory would hide the package.
        search.append(str(package_root))
    if search:
        environment["PYTHONPATH"] = os.pathsep.join(search)
    return environment
