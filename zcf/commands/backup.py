"""`zcf backup`: the copies of the files that zcf changed, and a way to put one back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from zcf.apply.backup import Backup, backups_of
from zcf.apply.receipts import all_receipts
from zcf.apply.removal import removed_together
from zcf.apply.retention import superfluous
from zcf.apply.state import locked
from zcf.commands.changing import Run, change_files
from zcf.commands.running import config_or_none, points_to_gateway, running_now
from zcf.errors import Refusal, refused
from zcf.look.claude_code import claude_files
from zcf.look.files import content_of, require_writable
from zcf.plan.changes import FileChange
from zcf.plan.connection import connection_of
from zcf.plan.documents import document_of
from zcf.plan.receipt import Receipt
from zcf.plan.secrets import holds_secret
from zcf.plan.values import ValueChange, changes_between
from zcf.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class ListedBackup:
    """A copy, and the run that made it as far as receipts tell."""

    backup: Backup
    run: int | None


@dataclass(frozen=True, slots=True)
class RestorePlan:
    """What restoring changes: `change` is None where the file holds the same already.

    `readable` tells whether both can be compared value by value; where not, the file is replaced as a whole.
    """

    backup: Backup
    change: FileChange | None
    readable: bool


def listed(world: Surroundings) -> tuple[ListedBackup, ...]:
    """All copies of all files that zcf may change or has changed, file by file, the newest first. Raises Refusal."""
    made_by = {
        entry.backup: stored.receipt.number
        for stored in all_receipts(world.state)
        for entry in stored.receipt.files
        if entry.backup is not None
    }
    backups = (backup for file in _files(world) for backup in backups_of(file))
    return tuple(ListedBackup(backup, made_by.get(backup.copy)) for backup in backups)


def _files(world: Surroundings) -> tuple[Path, ...]:
    paths = claude_files(world.environ, world.home)
    changed = (entry.path for stored in all_receipts(world.state) for entry in stored.receipt.files)
    return tuple(dict.fromkeys((world.config_path, paths.settings, paths.state, *changed)))


def find(name: str, world: Surroundings) -> Backup:
    """The copy of that name or path; the name of a file itself means its newest copy. Raises Refusal."""
    backups = [entry.backup for entry in listed(world)]
    exact = [backup for backup in backups if name in (backup.copy.name, str(backup.copy))]
    if len(exact) > 1:
        raise refused("backup.ambiguous", name=name, paths=", ".join(str(backup.copy) for backup in exact))
    newest = next((backup for backup in backups if name in (backup.file.name, str(backup.file))), None)
    found = exact[0] if exact else newest
    if found is None:
        raise refused("backup.unknown", name=name)
    return found


def plan_restore(name: str, world: Surroundings) -> RestorePlan:
    """What putting a copy back changes. Raises Refusal."""
    backup = find(name, world)
    present, content = content_of(backup.file), content_of(backup.copy)
    if content is None:
        raise refused("backup.unknown", name=name)
    if present is not None:
        require_writable(backup.file)
    if present == content:
        return RestorePlan(backup, None, readable=True)
    values = _values(backup.file, present, content)
    # What cannot be read may be a secret.
    private = values is None or any(holds_secret(value.path, value.after) for value in values)
    return RestorePlan(
        backup, FileChange(backup.file, present, content, values or (), private=private), readable=values is not None
    )


def _values(file: Path, present: bytes | None, content: bytes) -> tuple[ValueChange, ...] | None:
    """The difference, None where one of the two is no JSON: putting back what was broken is what copies are for."""
    try:
        return changes_between(document_of(file, present).value, document_of(file, content).value)
    except Refusal:
        return None


def restore(plan: RestorePlan, world: Surroundings) -> Receipt | None:
    """Put the copy back, with a backup of what it replaces and a receipt. Raises Refusal; nothing is changed then."""
    changes = [plan.change] if plan.change else []
    return change_files(changes, Run("backup restore"), world)


def leads_to_stopped_gateway(plan: RestorePlan, world: Surroundings) -> bool:
    """Whether Claude Code, as restored, talks to a gateway that does not run."""
    settings = claude_files(world.environ, world.home).settings
    if plan.change is None or plan.backup.file != settings or not plan.readable:
        return False
    config = config_or_none(world)
    connection = connection_of(document_of(settings, plan.change.after))
    return points_to_gateway(connection, config) and running_now(config, world, needed=False) is None


def plan_prune(keep: int, world: Surroundings) -> tuple[Backup, ...]:
    """The copies beyond the newest `keep` of each file. Raises Refusal."""
    return superfluous(_files(world), world.state, keep)


def prune(backups: Iterable[Backup], world: Surroundings) -> tuple[Path, ...]:
    """Delete these copies, all or none. Returns what is left of them under another name. Raises Refusal."""
    with locked(world.state), removed_together([backup.copy for backup in backups]) as removal:
        pass
    return tuple(removal.left)
