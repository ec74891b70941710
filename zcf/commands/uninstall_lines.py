"""What `zcf uninstall` says, for people and as JSON."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from zcf.commands.api_lines import connection_json, connection_text
from zcf.commands.uninstall import UninstallPlan, UninstallResult
from zcf.i18n import Texts
from zcf.report import change_json, change_lines, shown


def plan_lines(plan: UninstallPlan, texts: Texts) -> Iterator[str]:
    """What goes and what stays."""
    yield texts("uninstall.claude", where=connection_text(plan.after, texts))
    yield from change_lines(plan.changes, texts)
    for path, name in plan.kept_values:
        yield texts("undo.kept", path=shown(path), name=name)
    if plan.running is not None:
        yield texts("uninstall.will_stop", pid=plan.running.pid)
    for path in plan.purged:
        yield texts("change.delete", path=shown(path))
    for path in plan.kept:
        yield texts("uninstall.keeps", path=shown(path))


def done_lines(result: UninstallResult, texts: Texts) -> Iterator[str]:
    """What was done, and what is left to do."""
    for backup in result.backups:
        yield texts("init.backup", path=shown(backup))
    if result.stopped_pid is not None:
        yield texts("undo.stopped", pid=result.stopped_pid)
    for path in result.left:
        yield texts("uninstall.left", path=shown(path))
    if result.plan.is_empty:
        yield texts("uninstall.nothing")
    elif result.plan.purged:
        yield texts("uninstall.purged")
    else:
        yield texts("uninstall.done")
    command = result.plan.remove_package
    yield texts("uninstall.package", command=_command_line(command)) if command else texts("uninstall.no_package")


def _command_line(command: tuple[str, ...]) -> str:
    return subprocess.list2cmdline(command) if sys.platform == "win32" else shlex.join(command)


def plan_json(plan: UninstallPlan) -> dict[str, Any]:
    """What goes and what stays, secrets masked."""
    return {
        "before": connection_json(plan.before),
        "after": connection_json(plan.after),
        "files": [change_json(change) for change in plan.changes],
        "stops_gateway": plan.running.pid if plan.running else None,
        "deletes": [str(path) for path in plan.purged],
        "keeps": [str(path) for path in plan.kept],
        "kept_values": [{"path": str(path), "name": name} for path, name in plan.kept_values],
        "remove_package": list(plan.remove_package) if plan.remove_package else None,
    }


def result_json(result: UninstallResult) -> dict[str, Any]:
    """What was done."""
    return {
        "ok": result.ok,
        "dry_run": False,
        **plan_json(result.plan),
        "receipt": result.receipt.number if result.receipt and not result.plan.purged else None,
        "backups": [str(path) for path in result.backups],
        "stopped_pid": result.stopped_pid,
        "left": [str(path) for path in result.left],
    }
