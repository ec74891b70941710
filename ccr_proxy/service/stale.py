"""Records of a gateway whose process has ended."""

from __future__ import annotations

import psutil

from ccr_proxy.config import paths
from ccr_proxy.service.process import process_of
from ccr_proxy.service.state import read_state, remove_state


def stale_pid() -> int | None:
    """A process that our record, or the pid file of Claude Code Router, names and that is gone."""
    state = read_state()
    if state is not None:
        return state.pid if process_of(state) is None else None
    pid = _recorded_pid()
    return pid if pid is not None and not psutil.pid_exists(pid) else None


def forget_stale() -> None:
    """Remove the records of a process that is gone. Raises OSError."""
    state = read_state()
    if state is not None and process_of(state) is None:
        remove_state(state)
    if stale_pid() is not None:
        paths.pid_path().unlink(missing_ok=True)


def _recorded_pid() -> int | None:
    try:
        return int(paths.pid_path().read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
