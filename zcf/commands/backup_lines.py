"""What `zcf backup` says, for people and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ccr_proxy.commands.table import table_lines
from zcf.apply.backup import Backup
from zcf.commands.backup import ListedBackup, RestorePlan
from zcf.commands.changing import backups_in
from zcf.i18n import Texts
from zcf.plan.receipt import Receipt
from zcf.report import change_json, change_lines, shown


def list_lines(backups: Sequence[ListedBackup], texts: Texts) -> Iterator[str]:
    """The copies as a table."""
    if not backups:
        yield texts("backup.none")
        return
    heads = [texts(f"backup.head_{name}") for name in ("backup", "folder", "created", "size", "run")]
    yield from table_lines(heads, [_row(entry) for entry in backups])


def _row(entry: ListedBackup) -> tuple[str, ...]:
    backup = entry.backup
    created = f"{backup.created:%Y-%m-%d %H:%M:%S}"
    return (backup.copy.name, shown(backup.copy.parent), created, f"{backup.size:,}", str(entry.run or "-"))


def list_json(backups: Sequence[ListedBackup]) -> dict[str, Any]:
    """The copies."""
    return {"ok": True, "backups": [{**_backup_json(entry.backup), "run": entry.run} for entry in backups]}


def _backup_json(backup: Backup) -> dict[str, Any]:
    return {
        "file": str(backup.file),
        "backup": str(backup.copy),
        "created": backup.created.isoformat(timespec="milliseconds"),
        "size": backup.size,
    }


def plan_lines(plan: RestorePlan, texts: Texts) -> Iterator[str]:
    """What restoring a copy changes."""
    yield texts("backup.of", path=shown(plan.backup.file), created=f"{plan.backup.created:%Y-%m-%d %H:%M:%S}")
    if plan.change is None:
        yield texts("backup.same")
    elif plan.readable:
        yield from change_lines([plan.change], texts)
        if not plan.change.values:
            yield texts("backup.layout_only")
    else:
        yield texts("backup.whole", path=shown(plan.backup.file))


def plan_json(plan: RestorePlan) -> dict[str, Any]:
    """What restoring a copy changes, secrets masked."""
    change = change_json(plan.change) if plan.change else None
    return {**_backup_json(plan.backup), "change": change, "comparable": plan.readable}


def restored_lines(receipt: Receipt | None, texts: Texts) -> Iterator[str]:
    """What was done."""
    if receipt is None:
        return
    for copy in backups_in(receipt):
        yield texts("init.backup", path=shown(copy))
    yield texts("backup.restored")


def restored_json(plan: RestorePlan, receipt: Receipt | None) -> dict[str, Any]:
    """What was done."""
    return {
        "ok": True,
        "dry_run": False,
        **plan_json(plan),
        "receipt": receipt.number if receipt else None,
        "backups": [str(copy) for copy in backups_in(receipt)],
    }


def prune_lines(backups: Sequence[Backup], texts: Texts) -> Iterator[str]:
    """What pruning deletes."""
    for backup in backups:
        yield texts("change.delete", path=shown(backup.copy))
    if not backups:
        yield texts("backup.nothing_to_prune")


def pruned_lines(backups: Sequence[Backup], left: Sequence[Path], texts: Texts) -> Iterator[str]:
    """What was deleted, and what could not be."""
    for path in left:
        yield texts("uninstall.left", path=shown(path))
    yield texts("backup.pruned", count=len(backups) - len(left))
