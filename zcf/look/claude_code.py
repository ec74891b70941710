"""Claude Code on this machine: its program, its version, and where its two settings files are.

The client keeps `settings.json` in its configuration folder (`$CLAUDE_CONFIG_DIR`, else `~/.claude`) and its state in
`.claude.json` in `$CLAUDE_CONFIG_DIR`, else in the home folder; where the configuration folder holds a `.config.json`,
that old name is used instead (read in client 2.1.197).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

VERSION_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class ClaudeFiles:
    """The client's two files; neither need exist."""

    settings: Path
    state: Path


@dataclass(frozen=True, slots=True)
class ClaudeProgram:
    """The client's program; `version` is None if it would not tell."""

    path: Path
    version: str | None


def claude_files(environ: Mapping[str, str], home: Path) -> ClaudeFiles:
    """Where the client started from this environment looks for its files."""
    configured = environ.get("CLAUDE_CONFIG_DIR")
    # Absolute, because a receipt is read from other working directories too.
    folder = Path(configured).absolute() if configured else home / ".claude"
    old_state = folder / ".config.json"
    # Not Path.exists, which raises for a folder that may not be looked into; reading settings.json then says so.
    state = old_state if os.path.exists(old_state) else (folder if configured else home) / ".claude.json"
    return ClaudeFiles(folder / "settings.json", state)


def claude_program(environ: Mapping[str, str], home: Path) -> ClaudeProgram | None:
    """The `claude` that a shell would start, or the one of the native installer outside PATH."""
    found = shutil.which("claude", path=environ.get("PATH"))
    candidates = [Path(found)] if found else [home / ".local/bin/claude", home / ".claude/local/claude"]
    path = next((candidate for candidate in candidates if os.path.exists(candidate)), None)
    return ClaudeProgram(path, _version(path, environ)) if path else None


def _version(path: Path, environ: Mapping[str, str]) -> str | None:
    try:
        answer = subprocess.run(
            [str(path), "--version"],
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=VERSION_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(rb"\d+\.\d+\.\d+[\w.-]*", answer.stdout)
    return match.group().decode() if match else None
