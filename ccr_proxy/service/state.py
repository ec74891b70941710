"""What a running gateway leaves on disk so that later commands find it.

Two files: ours (JSON, with the creation time of the process and its instance id) and the decimal pid file that Claude
Code Router 2 reads and writes, kept for tools that look there. Only ours is ever believed.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from ccr_proxy.config import paths
from ccr_proxy.service.private_file import write_private


@dataclass(frozen=True, slots=True)
class GatewayState:
    """One running gateway. Times are seconds since the epoch.

    `create_time` is the process's own start as the operating system tells it: together with `pid` it names one process
    for ever, where a pid alone is reused. `draining` is True once it has stopped listening and only finishes answers.
    """

    pid: int
    create_time: float
    host: str
    port: int
    instance: str
    version: str
    started_at: float
    config_path: str
    draining: bool = False


def read_state() -> GatewayState | None:
    """The recorded gateway, or None when there is no record or it cannot be understood."""
    try:
        recorded = json.loads(paths.state_path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return _state_from(recorded)


def write_state(state: GatewayState) -> None:
    """Record `state` and the pid file of Claude Code Router. Raises OSError."""
    write_private(paths.state_path(), json.dumps(asdict(state), indent=2) + "\n")
    write_private(paths.pid_path(), str(state.pid))


def remove_state(state: GatewayState) -> None:
    """Forget `state`, unless another instance has recorded itself since."""
    current = read_state()
    if current is not None and current.instance == state.instance:
        paths.state_path().unlink(missing_ok=True)
    _remove_pid_file(paths.pid_path(), state.pid)


def _remove_pid_file(path: Path, pid: int) -> None:
    try:
        recorded = path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return
    if recorded == str(pid):
        path.unlink(missing_ok=True)


def _state_from(recorded: Any) -> GatewayState | None:
    if not isinstance(recorded, dict):
        return None
    known = {field.name: recorded[field.name] for field in fields(GatewayState) if field.name in recorded}
    try:
        state = GatewayState(**known)
    except TypeError:
        return None
    return state if _is_well_typed(state) else None


def _is_well_typed(state: GatewayState) -> bool:
    texts = (state.host, state.instance, state.version, state.config_path)
    numbers = (state.create_time, state.started_at)
    return (
        all(isinstance(text, str) for text in texts)
        and all(isinstance(number, int | float) for number in numbers)
        and all(type(number) is int and number > 0 for number in (state.pid, state.port))
        and isinstance(state.draining, bool)
    )
