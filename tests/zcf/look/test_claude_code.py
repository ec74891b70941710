"""Where Claude Code's program and files are."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from zcf.look.claude_code import ClaudeFiles, ClaudeProgram, claude_files, claude_program


def test_files_in_the_home_folder_and_in_a_folder_of_ones_own(tmp_path: Path) -> None:
    assert claude_files({}, tmp_path) == ClaudeFiles(tmp_path / ".claude/settings.json", tmp_path / ".claude.json")
    own = tmp_path / "own"
    environ = {"CLAUDE_CONFIG_DIR": str(own)}
    assert claude_files(environ, tmp_path) == ClaudeFiles(own / "settings.json", own / ".claude.json")
    own.mkdir()
    (own / ".config.json").touch()
    assert claude_files(environ, tmp_path).state == own / ".config.json"


def program(path: Path, body: str) -> Path:
    """An executable that runs this Python code."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!{sys.executable}\n{body}\n")
    path.chmod(0o755)
    return path


def test_the_program_in_path_and_its_version(tmp_path: Path) -> None:
    path = program(tmp_path / "bin" / "claude", "print('2.1.197 (Claude Code)')")
    assert claude_program({"PATH": str(path.parent)}, tmp_path) == ClaudeProgram(path, "2.1.197")


def test_a_program_that_does_not_tell_and_one_outside_path(tmp_path: Path) -> None:
    path = program(tmp_path / ".local" / "bin" / "claude", "raise SystemExit(1)")
    assert claude_program({"PATH": ""}, tmp_path) == ClaudeProgram(path, None)
    path.unlink()
    assert claude_program({"PATH": ""}, tmp_path) is None


def test_a_relative_folder_is_remembered_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    files = claude_files({"CLAUDE_CONFIG_DIR": "own"}, tmp_path)
    assert files == ClaudeFiles(tmp_path / "own/settings.json", tmp_path / "own/.claude.json")


def test_a_folder_that_may_not_be_looked_into_is_left_to_the_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(path: object, **_: object) -> object:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "stat", denied)
    assert claude_files({}, tmp_path).state == tmp_path / ".claude.json"
