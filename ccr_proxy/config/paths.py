"""Where the gateway keeps its files: the folder of Claude Code Router, whose users keep their files in place.

Every function looks at the home folder when it is called, so a changed HOME is seen at once. Only the home folder
counts, as with Claude Code Router: `~/.claude-code-router` on every system, under the user profile on Windows.
"""

from __future__ import annotations

from pathlib import Path


def ccr_home() -> Path:
    """The gateway's folder; it need not exist."""
    return Path.home() / ".claude-code-router"


def config_path() -> Path:
    """The configuration, JSON5."""
    return ccr_home() / "config.json"


def pid_path() -> Path:
    """Process id of the running gateway as decimal text, where Claude Code Router's own tools look for it."""
    return ccr_home() / ".claude-code-router.pid"


def state_path() -> Path:
    """What the running gateway says about itself: process id, port, instance id."""
    return ccr_home() / "gateway.json"


def usage_path() -> Path:
    """The ledger of finished requests, SQLite."""
    return ccr_home() / "usage.sqlite3"


def log_directory() -> Path:
    """Folder of the log files."""
    return ccr_home() / "logs"


def log_path() -> Path:
    """The log of the background gateway."""
    return log_directory() / "gateway.log"


def presets_directory() -> Path:
    """Folder of the installed presets, one folder each with a `manifest.json`."""
    return ccr_home() / "presets"


def backup_directory() -> Path:
    """Folder of the backups of `config.json`: they lie beside it, as `config.json.<time>.bak`."""
    return ccr_home()
