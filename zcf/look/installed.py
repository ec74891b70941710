"""The programs that can be updated: their versions here, and the command that updates each the way it was installed."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path, PurePath

from ccr_proxy.version import __version__
from zcf.look.ccr import npm_ccr
from zcf.look.claude_code import claude_program


class Tool(StrEnum):
    """What is looked at. The values are the names in `--json`."""

    ZCF = "zcf"
    CLAUDE_CODE = "claude-code"
    CCR = "claude-code-router"


class Way(StrEnum):
    """How a program came here."""

    PIPX = "pipx"
    PIPX_RUN = "pipx run"
    UV_TOOL = "uv tool"
    UVX = "uvx"
    UV_PIP = "uv pip"
    PIP = "pip"
    CHECKOUT = "checkout"
    NPM = "npm"
    HOMEBREW = "homebrew"
    NATIVE = "native"


@dataclass(frozen=True, slots=True)
class Installed:
    """A program of this machine. `version` is None if it would not tell; `update` is the command that brings the newest
    version, None where there is nothing to run (a checkout, or a copy that is made anew for each run)."""

    tool: Tool
    version: str | None
    way: Way
    place: Path
    update: tuple[str, ...] | None


def installed_tools(environ: Mapping[str, str], home: Path) -> Iterator[Installed]:
    """zcf itself, Claude Code and npm's Claude Code Router, as far as they are here."""
    yield installed_zcf(environ, Path(sys.prefix), Path(sys.executable))
    if (claude := installed_claude_code(environ, home)) is not None:
        yield claude
    if (ccr := installed_ccr(environ)) is not None:
        yield ccr


def installed_zcf(environ: Mapping[str, str], prefix: Path, python: Path) -> Installed:
    """The zcf that is running, from the environment `prefix` of the interpreter `python`."""
    way = _way_of_zcf(prefix)
    command = {
        Way.PIPX: ("pipx", "upgrade", "zcf"),
        Way.UV_TOOL: ("uv", "tool", "upgrade", "zcf"),
        Way.UV_PIP: ("uv", "pip", "install", "--python", str(python), "--upgrade", "zcf"),
        Way.PIP: (str(python), "-m", "pip", "install", "--upgrade", "zcf"),
    }.get(way)
    return Installed(Tool.ZCF, __version__, way, prefix, _runnable(command, environ))


def removal_of_zcf(way: Way, python: PurePath) -> tuple[str, ...] | None:
    """The command that removes zcf from where it was installed, None where there is nothing to run."""
    return {
        Way.PIPX: ("pipx", "uninstall", "zcf"),
        Way.UV_TOOL: ("uv", "tool", "uninstall", "zcf"),
        Way.UV_PIP: ("uv", "pip", "uninstall", "--python", str(python), "zcf"),
        Way.PIP: (str(python), "-m", "pip", "uninstall", "zcf"),
    }.get(way)


def _way_of_zcf(prefix: Path) -> Way:
    # pipx keeps pipx_metadata.json in the environments it installs; those of `pipx run` stand in its cache, named by a
    # hash. uv keeps uv-receipt.toml; the environments of uvx stand in uv's cache.
    if (prefix / "uv-receipt.toml").is_file():
        return Way.UV_TOOL
    if "archive-v0" in prefix.parts or "environments-v2" in prefix.parts:
        return Way.UVX
    if (prefix / "pipx_metadata.json").is_file():
        return Way.PIPX if prefix.parent.name == "venvs" else Way.PIPX_RUN
    if "pipx" in prefix.parts and ".cache" in prefix.parts:
        return Way.PIPX_RUN
    try:
        found = distribution("zcf")
    except PackageNotFoundError:
        return Way.CHECKOUT
    origin = json.loads(found.read_text("direct_url.json") or "{}")
    if origin.get("dir_info", {}).get("editable"):
        return Way.CHECKOUT
    return Way.UV_PIP if (found.read_text("INSTALLER") or "").strip() == "uv" else Way.PIP


def installed_claude_code(environ: Mapping[str, str], home: Path) -> Installed | None:
    """The `claude` that a shell would start."""
    program = claude_program(environ, home)
    if program is None:
        return None
    real = program.path.resolve()
    package = _npm_package(program.path, "@anthropic-ai/claude-code")
    command: tuple[str, ...]
    if "Caskroom" in real.parts:
        way, command = Way.HOMEBREW, ("brew", "upgrade", "--cask", "claude-code")
    elif package is not None and ".claude" not in package.parts:
        way, command = Way.NPM, _npm_install(package, "@anthropic-ai/claude-code")
    else:
        way, command = Way.NATIVE, (str(program.path), "update")
    return Installed(Tool.CLAUDE_CODE, program.version, way, program.path, _runnable(command, environ))


def installed_ccr(environ: Mapping[str, str]) -> Installed | None:
    """npm's Claude Code Router, if a `ccr` in PATH is it."""
    program = npm_ccr(environ)
    if program is None:
        return None
    package = _npm_package(program, "@musistudio/claude-code-router")
    command = _npm_install(package, "@musistudio/claude-code-router") if package else None
    return Installed(Tool.CCR, _package_version(package), Way.NPM, program, _runnable(command, environ))


def _npm_package(program: Path, name: str) -> Path | None:
    """The folder of the npm package that a program belongs to: npm links to it, or on Windows puts a script beside
    `node_modules`."""
    beside = program.parent / "node_modules" / name
    if beside.is_dir():
        return beside
    real = program.resolve()
    return next((folder for folder in real.parents if folder.as_posix().endswith(f"node_modules/{name}")), None)


def _npm_install(package: Path, name: str) -> tuple[str, ...]:
    # <prefix>/lib/node_modules/@scope/name, on Windows <prefix>/node_modules/@scope/name. The prefix is named, because
    # the npm in PATH may have another one and would install a second copy.
    modules = package.parents[1]
    prefix = modules.parent.parent if modules.parent.name == "lib" else modules.parent
    return ("npm", "install", "--global", "--prefix", str(prefix), f"{name}@latest")


def _package_version(package: Path | None) -> str | None:
    if package is None:
        return None
    try:
        version = json.loads((package / "package.json").read_bytes()).get("version")
    except (OSError, ValueError, AttributeError):
        return None
    return version if isinstance(version, str) else None


def _runnable(command: tuple[str, ...] | None, environ: Mapping[str, str]) -> tuple[str, ...] | None:
    """The command with its program's full path (npm is `npm.cmd` on Windows); as it is where it cannot be found."""
    if command is None:
        return None
    found = shutil.which(command[0], path=environ.get("PATH", os.defpath))
    return (found or command[0], *command[1:])
