"""Which program `ccr code` starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccr_proxy.errors import ServiceFault
from ccr_proxy.service.claude_program import claude_command


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_the_configuration_then_the_environment_then_path_then_its_own_place(tmp_path: Path) -> None:
    native = program(tmp_path / ".local/bin/claude")
    assert claude_command(None, {"PATH": ""}, tmp_path) == [str(native)]
    in_path = program(tmp_path / "bin/claude")
    environ = {"PATH": str(in_path.parent)}
    assert claude_command(None, environ, tmp_path) == [str(in_path)]
    named = program(tmp_path / "named")
    assert claude_command(None, {**environ, "CLAUDE_PATH": str(named)}, tmp_path) == [str(named)]
    configured = program(tmp_path / "configured")
    assert claude_command(str(configured), {**environ, "CLAUDE_PATH": str(named)}, tmp_path) == [str(configured)]


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ServiceFault, match="Claude Code was not found: install it"):
        claude_command(None, {"PATH": ""}, tmp_path)
    with pytest.raises(ServiceFault, match="CLAUDE_PATH is /no/claude"):
        claude_command("/no/claude", {"PATH": ""}, tmp_path)


def test_a_batch_file_is_not_started_but_what_it_calls(tmp_path: Path) -> None:
    batch = program(tmp_path / "npm/claude.cmd")
    node = program(tmp_path / "bin/node")
    environ = {"PATH": str(node.parent)}
    with pytest.raises(ServiceFault, match="is a batch file"):
        claude_command(str(batch), environ, tmp_path)
    script = program(batch.parent / "node_modules/@anthropic-ai/claude-code/cli.js")
    assert claude_command(str(batch), environ, tmp_path) == [str(node), str(script)]
    native = program(script.parent / "bin/claude.exe")
    assert claude_command(str(batch), environ, tmp_path) == [str(native)]
