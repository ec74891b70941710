"""How each program came here, and the command that updates it in the same place."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath

import pytest

from zcf.look.installed import (
    Tool,
    Way,
    installed_ccr,
    installed_claude_code,
    installed_zcf,
    removal_of_zcf,
)


def program(path: Path, version: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {version}\n")
    path.chmod(0o755)
    return path


def npm_package(prefix: Path, name: str, version: str, command: str) -> Path:
    """A package as npm installs it globally, and its command in `bin`."""
    package = prefix / "lib/node_modules" / name
    script = program(package / "cli.js", version)
    (package / "package.json").write_text(json.dumps({"name": name, "version": version}))
    (prefix / "bin").mkdir(exist_ok=True)
    (prefix / "bin" / command).symlink_to(script)
    return package


@pytest.mark.parametrize(
    ("prefix", "file", "way", "command"),
    [
        ("pipx/venvs/zcf", "pipx_metadata.json", Way.PIPX, ("pipx", "upgrade", "zcf")),
        ("pipx/.cache/3c1a", "pipx_metadata.json", Way.PIPX_RUN, None),
        ("uv/tools/zcf", "uv-receipt.toml", Way.UV_TOOL, ("uv", "tool", "upgrade", "zcf")),
        ("uv/archive-v0/x1", "pyvenv.cfg", Way.UVX, None),
    ],
)
def test_the_environment_tells_who_made_it(
    tmp_path: Path, prefix: str, file: str, way: Way, command: tuple[str, ...] | None
) -> None:
    folder = tmp_path / prefix
    folder.mkdir(parents=True)
    (folder / file).touch()
    found = installed_zcf({"PATH": ""}, folder, folder / "bin/python")
    assert (found.way, found.update) == (way, command)


def test_an_npm_claude_code_is_updated_in_its_own_prefix(tmp_path: Path) -> None:
    npm_package(tmp_path / "node", "@anthropic-ai/claude-code", "2.1.197", "claude")
    npm = program(tmp_path / "other/bin/npm")
    path = f"{tmp_path}/node/bin:{npm.parent}:/bin:/usr/bin"
    found = installed_claude_code({"PATH": path}, tmp_path)
    assert found is not None
    assert (found.version, found.way) == ("2.1.197", Way.NPM)
    package = "@anthropic-ai/claude-code@latest"
    assert found.update == (str(npm), "install", "--global", "--prefix", str(tmp_path / "node"), package)


@pytest.mark.parametrize("place", [".local/share/claude/versions/2.1.197", ".claude/local/node_modules/.bin/claude"])
def test_a_native_claude_code_updates_itself(tmp_path: Path, place: str) -> None:
    real = program(tmp_path / place, "2.1.197")
    (tmp_path / ".local/bin").mkdir(parents=True, exist_ok=True)
    link = tmp_path / ".local/bin/claude"
    link.symlink_to(real)
    found = installed_claude_code({"PATH": str(link.parent)}, tmp_path)
    assert found is not None
    assert (found.way, found.update) == (Way.NATIVE, (str(link), "update"))


def test_homebrew_updates_its_cask(tmp_path: Path) -> None:
    real = program(tmp_path / "Caskroom/claude-code/2.1.197/claude", "2.1.197")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/claude").symlink_to(real)
    found = installed_claude_code({"PATH": f"{tmp_path}/bin"}, tmp_path)
    assert found is not None
    assert (found.way, found.update) == (Way.HOMEBREW, ("brew", "upgrade", "--cask", "claude-code"))


def test_npms_router_is_recognised_by_its_package(tmp_path: Path) -> None:
    npm_package(tmp_path / "node", "@musistudio/claude-code-router", "2.0.0", "ccr")
    found = installed_ccr({"PATH": f"{tmp_path}/node/bin"})
    assert found is not None
    assert (found.tool, found.version, found.way) == (Tool.CCR, "2.0.0", Way.NPM)
    assert installed_ccr({"PATH": str(tmp_path)}) is None


def test_a_package_that_does_not_tell_its_version_has_none(tmp_path: Path) -> None:
    package = npm_package(tmp_path / "node", "@musistudio/claude-code-router", "2.0.0", "ccr")
    (package / "package.json").write_text("{")
    found = installed_ccr({"PATH": f"{tmp_path}/node/bin"})
    assert found is not None
    assert found.version is None


@pytest.mark.parametrize(
    ("way", "command"),
    [
        (Way.PIPX, ("pipx", "uninstall", "zcf")),
        (Way.UV_TOOL, ("uv", "tool", "uninstall", "zcf")),
        (Way.UV_PIP, ("uv", "pip", "uninstall", "--python", "/v/bin/python", "zcf")),
        (Way.PIP, ("/v/bin/python", "-m", "pip", "uninstall", "zcf")),
        (Way.PIPX_RUN, None),
        (Way.UVX, None),
        (Way.CHECKOUT, None),
    ],
)
def test_it_is_removed_the_way_it_was_installed(way: Way, command: tuple[str, ...] | None) -> None:
    assert removal_of_zcf(way, PurePosixPath("/v/bin/python")) == command
