"""How Claude Code is started: its program, and what has to stand before its arguments."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from ccr_proxy.errors import ServiceFault

_PACKAGE = Path("node_modules/@anthropic-ai/claude-code")
INSTALLATION = "https://code.claude.com/docs/en/setup"


def claude_command(configured: str | None, environ: Mapping[str, str], home: Path) -> list[str]:
    """The beginning of a command line that starts Claude Code: CLAUDE_PATH of the configuration, of the environment,
    `claude` in PATH, or where its own installer puts it. Raises ServiceFault when there is none."""
    wanted = configured or environ.get("CLAUDE_PATH")
    if wanted:
        found = shutil.which(os.path.expanduser(wanted), path=environ.get("PATH"))
        if found is None:
            raise ServiceFault(f"CLAUDE_PATH is {wanted}, but there is no such program")
        return _without_batch_file(Path(found), environ)
    places = (
        shutil.which("claude", path=environ.get("PATH")),
        home / ".local/bin/claude",
        home / ".claude/local/claude",
    )
    found_at = next((Path(place) for place in places if place and os.access(place, os.X_OK)), None)
    if found_at is None:
        raise ServiceFault(f"Claude Code was not found: install it ({INSTALLATION}) or set CLAUDE_PATH")
    return _without_batch_file(found_at, environ)


def _without_batch_file(program: Path, environ: Mapping[str, str]) -> list[str]:
    """On Windows npm makes a batch file; cmd.exe would evaluate what the arguments hold, so what it calls is called.
    (https://docs.python.org/3/library/subprocess.html#security-considerations)"""
    if program.suffix.casefold() not in (".cmd", ".bat"):
        return [str(program)]
    package = program.parent / _PACKAGE
    if (native := package / "bin" / "claude.exe").is_file():
        return [str(native)]
    node = shutil.which("node", path=environ.get("PATH"))
    if (script := package / "cli.js").is_file() and node:
        return [node, str(script)]
    raise ServiceFault(f"{program} is a batch file, to which arguments cannot be passed safely: set CLAUDE_PATH")
