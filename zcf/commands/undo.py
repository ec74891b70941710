"""`zcf undo`: take the last run back, or a named one, value by value, and stop the gateway if that run started it."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path

from ccr_proxy.config.json_path import path_text
from ccr_proxy.errors import ConfigFault, ServiceFault
from zcf.apply.directories import remove_empty
from zcf.apply.interrupts import interrupts_deferred
from zcf.apply.receipts import all_receipts, last_receipt, receipt_path, undone_path
from zcf.apply.state import locked
from zcf.apply.transaction import RestoredMode, take_back
from zcf.commands.running import config_or_none, points_to_gateway
from zcf.errors import EXIT_CANCELLED, Refusal, refused
from zcf.look.claude_code import claude_files
from zcf.look.files import content_of, mode_of, require_writable
from zcf.plan.connection import connection_of
from zcf.plan.documents import document_of
from zcf.plan.receipt import FileReceipt, Receipt, StoredReceipt, taken_back
from zcf.plan.undo import FileUndo, undo_of_file
from zcf.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """The receipt and what undo does to each of its files."""

    receipt: Receipt
    files: tuple[FileUndo, ...]


@dataclass(frozen=True, slots=True)
class UndoResult:
    """What was done. `stopped_pid` is that of the gateway, if it was stopped, `started_pid` if it was started.

    `gateway_fault` says why what was to happen to it did not.
    """

    plan: UndoPlan
    backups: tuple[Path, ...]
    stopped_pid: int | None = None
    restarted: bool = False
    gateway_fault: str | None = None
    started_pid: int | None = None

    @property
    def ok(self) -> bool:
        """Whether everything that was to be done is done; values that others changed since are theirs."""
        return self.gateway_fault is None


def prepare(world: Surroundings, number: int | None = None) -> UndoPlan | None:
    """Look at the last receipt, or at that of run `number`, and at the files as they are now.

    None when there is nothing to undo. Raises Refusal; so it does for an earlier run whose values are no longer what
    it wrote: taking back a part of them could bring together what never belonged together.
    """
    last = last_receipt(world.state)
    if number is None:
        return plan_of(last) if last else None
    plan = plan_of(_receipt_of(number, world))
    if plan.receipt != last:
        _require_as_written(plan)
    return plan


def _receipt_of(number: int, world: Surroundings) -> Receipt:
    stored = all_receipts(world.state)
    found = next((entry for entry in stored if entry.receipt.number == number), None)
    if found is None:
        raise refused("undo.unknown", number=number)
    if found.undone:
        raise refused("undo.already", number=number)
    taken_back_by = taken_back(stored).get(number)
    if taken_back_by is not None:
        raise refused("undo.taken_back", number=number, by=taken_back_by)
    return found.receipt


def _require_as_written(plan: UndoPlan) -> None:
    for undo in plan.files:
        names = ", ".join(path_text(change.path) for change in undo.kept)
        if names or undo.gone:
            raise refused("undo.not_as_written", number=plan.receipt.number, path=undo.receipt.path, names=names or "-")


def plan_of(receipt: Receipt) -> UndoPlan:
    """The undo of one receipt, from the files as they are now. Raises Refusal."""
    undos = tuple(undo_of_file(entry, content_of(entry.path), _backup_of(entry)) for entry in receipt.files)
    for undo in undos:
        if undo.change is not None and undo.change.before is not None:
            require_writable(undo.change.path)
    return UndoPlan(receipt, undos)


def _backup_of(entry: FileReceipt) -> bytes | None:
    return content_of(entry.backup) if entry.backup else None


def revert(receipt: Receipt, world: Surroundings) -> None:
    """Take back, without a trace, a run that has just failed; the caller holds the lock. Raises Refusal."""
    _take_back(plan_of(receipt), world)
    undone = undone_path(receipt_path(world.state, receipt.number))
    leftovers = [undone, *(entry.backup for entry in receipt.files if entry.backup)]
    for path in leftovers:
        path.unlink(missing_ok=True)
    remove_empty((undone.parent,))


def _take_back(plan: UndoPlan, world: Surroundings) -> tuple[Path, ...]:
    changes = [undo.change for undo in plan.files if undo.change is not None]
    modes = [mode for change in changes if (mode := _mode_to_restore(change.path, plan.receipt)) is not None]
    return take_back(changes, modes, plan.receipt, directory=world.state, now=world.now())


def _mode_to_restore(path: Path, receipt: Receipt) -> RestoredMode | None:
    """The mode a file had before, unless somebody has given it another one since.

    A file that was closed to others before becomes so again in any case: what comes back may be a secret.
    """
    before = next(entry.mode_before for entry in receipt.files if entry.path == path)
    if before is None:
        return None
    present = mode_of(path)
    was_private = before & stat.S_IRWXU == before
    return RestoredMode(path, before) if was_private or present in (None, before & stat.S_IRWXU) else None


def carry_out(plan: UndoPlan, world: Surroundings) -> UndoResult:
    """Put the values back, then stop the gateway or let it read its old configuration again. Raises Refusal."""
    with locked(world.state), interrupts_deferred():
        if StoredReceipt(plan.receipt, undone=False) not in all_receipts(world.state):
            raise refused("undo.receipt_changed")
        backups = _take_back(plan, world)
    try:
        return _with_gateway(plan, backups, world)
    except (ServiceFault, ConfigFault) as fault:
        return UndoResult(plan, backups, gateway_fault=fault.message)
    except KeyboardInterrupt:
        raise Refusal("undo.cancelled_gateway", exit_code=EXIT_CANCELLED) from None


def _with_gateway(plan: UndoPlan, backups: tuple[Path, ...], world: Surroundings) -> UndoResult:
    if world.gateway.running() is None:
        if not _leads_to_gateway(plan, world):
            return UndoResult(plan, backups)
        return UndoResult(plan, backups, started_pid=world.gateway.start(world.config_path).pid)
    if not plan.receipt.gateway_was_running:
        return UndoResult(plan, backups, stopped_pid=world.gateway.stop(world.config_path))
    config_undone = any(undo.change and undo.change.path == world.config_path for undo in plan.files)
    if config_undone and world.config_path.exists():
        world.gateway.restart(world.config_path)
        return UndoResult(plan, backups, restarted=True)
    return UndoResult(plan, backups)


def _leads_to_gateway(plan: UndoPlan, world: Surroundings) -> bool:
    """Whether Claude Code talks to the gateway again because of this undo."""
    settings = claude_files(world.environ, world.home).settings
    if not any(undo.change is not None and undo.change.path == settings for undo in plan.files):
        return False
    try:
        present = document_of(settings, content_of(settings))
    except Refusal:
        # What was put back is no JSON; it leads nowhere.
        return False
    return points_to_gateway(connection_of(present), config_or_none(world))
