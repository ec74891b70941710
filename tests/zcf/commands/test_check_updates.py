"""`zcf check-updates` as a process: a registry on this machine, and programs that update as npm does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.ports import free_port
from tests.zcf.look.registry import Registry, running_registry
from tests.zcf.look.test_installed import npm_package, program

CLAUDE, ROUTER = "@anthropic-ai/claude-code", "@musistudio/claude-code-router"


@pytest.fixture
def registry() -> Iterator[Registry]:
    with running_registry() as running:
        running.has_zcf("0.0.1")
        yield running


@pytest.fixture
def node(tmp_path: Path) -> Path:
    """A prefix of npm with an old Claude Code, and an npm that writes down what it is asked for."""
    npm_package(tmp_path / "node", CLAUDE, "2.1.0", "claude")
    npm_that(tmp_path, "exit 0")
    return tmp_path / "node"


def npm_that(folder: Path, does: str) -> None:
    npm = program(folder / "node/bin/npm")
    npm.write_text(f'#!/bin/sh\necho "$@" >> {folder}/npm.log\n{does}\n')


def check(registry: Registry, node: Path, *arguments: str, **environ: str) -> tuple[int, str, str]:
    world = {"PATH": f"{node}/bin:/usr/bin:/bin", "HOME": str(node.parent), "LANG": "C.UTF-8", "NO_PROXY": "127.0.0.1"}
    done = subprocess.run(
        [sys.executable, "-m", "zcf", "check-updates", *arguments],
        env={**world, "PYTHONPATH": os.getcwd(), **registry.environment(), **environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def tools(output: str) -> dict[str, dict[str, Any]]:
    return {tool["tool"]: tool for tool in json.loads(output)["tools"]}


def test_without_a_terminal_it_only_looks_and_says_how_to_update(registry: Registry, node: Path) -> None:
    registry.has_npm(CLAUDE, "2.2.0")
    code, output, _ = check(registry, node)
    assert code == 0
    assert [line.split()[:3] for line in output.splitlines()[1:3]] == [
        ["zcf", "0.1.0", "0.0.1"],
        ["Claude", "Code", "2.1.0"],
    ]
    assert "To update Claude Code: zcf check-updates -s, or " in output
    assert not (node.parent / "npm.log").exists()


def test_an_update_is_verified(registry: Registry, node: Path) -> None:
    registry.has_npm(CLAUDE, "2.2.0")
    npm_that(node.parent, f"sed -i s/2.1.0/2.2.0/ {node}/lib/node_modules/{CLAUDE}/cli.js")
    code, output, _ = check(registry, node, "-s", "--json")
    assert (code, tools(output)["claude-code"]["updated_to"]) == (0, "2.2.0")
    asked = (node.parent / "npm.log").read_text().split()
    assert asked == ["install", "--global", "--prefix", str(node), f"{CLAUDE}@latest"]


def test_an_updater_that_lies_is_found_out(registry: Registry, node: Path) -> None:
    registry.has_npm(CLAUDE, "2.2.0")
    code, output, _ = check(registry, node, "-s")
    assert code == 1
    assert "Claude Code: not updated, the updater reported success, but version 2.1.0 is still installed" in output


def test_an_updater_that_fails_is_quoted(registry: Registry, node: Path) -> None:
    registry.has_npm(CLAUDE, "2.2.0")
    npm_that(node.parent, "echo npm error EACCES: permission denied; echo a log is in x; exit 243")
    code, output, _ = check(registry, node, "-s")
    assert code == 1
    assert "the updater ended with exit code 243: npm error EACCES: permission denied" in output


def test_what_cannot_be_checked_is_not_called_up_to_date(registry: Registry, node: Path) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    code, output, _ = check(registry, node, npm_config_registry=nowhere)
    assert code == 1
    assert "Claude Code: could not check, " in output
    assert "up to date" not in output.splitlines()[2]


def test_a_new_major_version_of_the_router_is_left_alone(registry: Registry, node: Path) -> None:
    registry.has_npm(CLAUDE, "2.1.0")
    registry.has_npm(ROUTER, "3.1.1")
    npm_package(node, ROUTER, "2.0.0", "ccr")
    code, output, _ = check(registry, node, "-s")
    assert code == 0
    assert "its new major version does not read a configuration of version 2" in output
    assert not (node.parent / "npm.log").exists()


def test_the_alias_and_the_other_language(registry: Registry, node: Path) -> None:
    registry.has_npm(CLAUDE, "2.1.0")
    code, output, _ = check(registry, node, "--lang", "zh-CN")
    assert code == 0
    assert "已是最新" in output
