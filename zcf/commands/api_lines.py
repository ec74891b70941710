"""What `zcf api` says, for people and as JSON. Keys are never shown whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ccr_proxy.commands.activate import usual_shell
from ccr_proxy.commands.shells import shell_lines
from ccr_proxy.commands.table import table_lines
from zcf.commands.api_env import Environment
from zcf.commands.api_status import ApiStatus
from zcf.commands.switch import SwitchPlan, SwitchResult
from zcf.i18n import Texts
from zcf.plan.connection import Connection
from zcf.plan.profile import Profile
from zcf.plan.secrets import is_reference, masked
from zcf.report import change_json, change_lines, notice_text, shown


def connection_text(connection: Connection, texts: Texts, *, to_gateway: bool = False) -> str:
    """A connection in one line."""
    if connection.is_official:
        return texts("api.at_official")
    credential = masked(connection.credential) if connection.credential else "-"
    kind = "ccr" if to_gateway else connection.kind.value
    url = connection.base_url or "https://api.anthropic.com"
    return texts(f"api.at_{kind}", url=url, key=credential)


def connection_json(connection: Connection) -> dict[str, Any]:
    """A connection, secrets masked."""
    return {
        "type": connection.kind.value,
        "base_url": connection.base_url,
        "api_key": masked(connection.api_key) if connection.api_key else None,
        "auth_token": masked(connection.auth_token) if connection.auth_token else None,
        "models": dict(connection.models),
    }


# --- status and profiles ----------------------------------------------------------------------------------------------


def status_lines(status: ApiStatus, texts: Texts) -> Iterator[str]:
    """Where Claude Code points, what is in the way, and the profiles."""
    text = connection_text(status.connection, texts, to_gateway=status.place == "ccr")
    yield texts("api.now", where=text)
    if status.profile is not None:
        yield texts("api.now_profile", name=status.profile.name)
    for name, model in status.connection.models.items():
        yield texts("api.now_model", name=name, model=model)
    if status.place == "ccr":
        running = status.running
        yield texts("api.gateway_runs", pid=running.pid) if running else texts("api.gateway_down")
    for note in status.notices:
        yield texts("note", text=notice_text(note, texts))
    if status.back_to is not None:
        yield texts("api.back_to", where=connection_text(status.back_to, texts))
    if status.profiles:
        yield ""
        yield from profile_lines(status, texts)


def profile_lines(status: ApiStatus, texts: Texts) -> Iterator[str]:
    """The profiles as a table; `*` marks the one in use."""
    if not status.profiles:
        yield texts("api.no_profiles")
        return
    heads = ("", *(texts(f"api.head_{name}") for name in ("profile", "type", "key", "url", "models")))
    yield from table_lines(heads, [_row(profile, status) for profile in status.profiles])


def _row(profile: Profile, status: ApiStatus) -> tuple[str, ...]:
    access = profile.access
    mark = "*" if profile is status.profile else ""
    models = ", ".join(dict.fromkeys(access.models.values())) or "-"
    return (mark, profile.name, access.kind.value, _hint(access.secret), access.base_url or "api.anthropic.com", models)


def _hint(secret: str) -> str:
    return secret if is_reference(secret) else masked(secret)


def profiles_json(status: ApiStatus) -> dict[str, Any]:
    """The profiles, secrets masked."""
    return {
        "ok": True,
        "profiles": [
            {
                "name": profile.name,
                "type": profile.access.kind.value,
                "key": _hint(profile.access.secret),
                "base_url": profile.access.base_url,
                "models": dict(profile.access.models),
                "current": profile is status.profile,
            }
            for profile in status.profiles
        ],
    }


def status_json(status: ApiStatus, texts: Texts) -> dict[str, Any]:
    """Everything that `status_lines` says."""
    return {
        **profiles_json(status),
        "place": status.place,
        "connection": connection_json(status.connection),
        "gateway_running": status.running is not None,
        "notices": [notice_text(note, texts) for note in status.notices],
        "back_to": connection_json(status.back_to) if status.back_to else None,
    }


# --- switching --------------------------------------------------------------------------------------------------------


def plan_lines(plan: SwitchPlan, texts: Texts) -> Iterator[str]:
    """What a switch will do."""
    yield texts("api.from", where=connection_text(plan.before, texts))
    yield texts("api.to", where=connection_text(plan.after, texts, to_gateway=plan.to_gateway))
    yield from change_lines(plan.changes, texts)
    for path, name in plan.kept:
        yield texts("undo.kept", path=shown(path), name=name)
    for note in plan.notices:
        yield texts("note", text=notice_text(note, texts))


def changed_lines(result: SwitchResult, texts: Texts) -> Iterator[str]:
    """What a switch did."""
    for backup in result.backups:
        yield texts("init.backup", path=shown(backup))
    if result.started is not None:
        url = f"http://{result.started.host}:{result.started.port}"
        yield texts("init.gateway_started", url=url, pid=result.started.pid)
    if result.stopped_pid is not None:
        yield texts("undo.stopped", pid=result.stopped_pid)
    elif result.gateway_fault is not None:
        yield texts("undo.gateway_fault", reason=result.gateway_fault)
    elif result.plan.leaves_gateway and result.plan.running is not None:
        yield texts("api.gateway_left", pid=result.plan.running.pid)
    if result.receipt is None:
        yield texts("api.unchanged")
    else:
        yield texts("api.went_back" if result.plan.takes_back else "api.switched")


def plan_json(plan: SwitchPlan, texts: Texts) -> dict[str, Any]:
    """The plan, secrets masked."""
    return {
        "destination": plan.destination,
        "before": connection_json(plan.before),
        "after": connection_json(plan.after),
        "files": [change_json(change) for change in plan.changes],
        "kept": [{"path": str(path), "name": name} for path, name in plan.kept],
        "notices": [notice_text(note, texts) for note in plan.notices],
    }


def result_json(result: SwitchResult, texts: Texts) -> dict[str, Any]:
    """The result, secrets masked."""
    return {
        "ok": result.ok,
        "dry_run": False,
        **plan_json(result.plan, texts),
        "receipt": result.receipt.number if result.receipt else None,
        "backups": [str(path) for path in result.backups],
        "gateway": {
            "started_pid": result.started.pid if result.started else None,
            "stopped_pid": result.stopped_pid,
            "left_running": result.plan.leaves_gateway and result.stopped_pid is None,
            "error": result.gateway_fault,
        },
    }


def env_lines(environment: Environment, shell: str | None, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Assignments for one shell; they hold the key whole, because they are to be run."""
    return shell_lines(shell or usual_shell(environ), environment.variables, environment.unset)
