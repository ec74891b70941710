"""Files changed as one run: locked, applied, read back, and taken back without a trace when what follows fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from ccr_proxy.errors import ConfigFault, ServiceFault
from zcf.apply.interrupts import interrupts_deferred
from zcf.apply.state import locked
from zcf.apply.transaction import apply_plan
from zcf.commands.undo import revert
from zcf.errors import refused
from zcf.look.files import require_written
from zcf.plan.changes import FileChange
from zcf.plan.receipt import Receipt
from zcf.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class Run:
    """What the receipt says of a run besides its changes.

    Undo stops the gateway unless `gateway_was_running`, which is therefore also true for runs that start none.
    """

    command: str
    gateway_was_running: bool = True
    takes_back: tuple[int, ...] = ()


def _nothing() -> None:
    """Where nothing follows."""


def change_files(
    changes: Sequence[FileChange], run: Run, world: Surroundings, then: Callable[[], None] = _nothing
) -> Receipt | None:
    """Apply the changes and do `then`; None when there are no changes. Raises Refusal; all files are then as before."""
    receipt: Receipt | None = None
    with locked(world.state) if changes else nullcontext():
        try:
            if changes:
                with interrupts_deferred():
                    receipt = _apply(changes, run, world)
                require_written(receipt)
            then()
        except BaseException as fault:
            if receipt is not None:
                with interrupts_deferred():
                    revert(receipt, world)
            if isinstance(fault, ServiceFault | ConfigFault):
                raise refused("gateway.not_started", reason=fault.message) from fault
            raise
    return receipt


def _apply(changes: Sequence[FileChange], run: Run, world: Surroundings) -> Receipt:
    return apply_plan(
        changes,
        directory=world.state,
        command=run.command,
        gateway_was_running=run.gateway_was_running,
        now=world.now(),
        takes_back=run.takes_back,
    )


def backups_in(receipt: Receipt | None) -> tuple[Path, ...]:
    """The copies that a run made of the files it changed."""
    return tuple(entry.backup for entry in receipt.files if entry.backup) if receipt else ()
