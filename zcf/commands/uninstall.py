"""`zcf uninstall`: Claude Code as it was before zcf, the gateway stopped, and with `purge` our own files gone.

Files first, then the gateway: while anything can still fail, Claude Code never points to a gateway that does not run.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ccr_proxy.config import paths
from ccr_proxy.errors import ConfigFault, ServiceFault
from zcf.apply.backup import backups_of
from zcf.apply.directories import remove_empty
from zcf.apply.preferences import preferences_path
from zcf.apply.profiles import profiles_path
from zcf.apply.receipts import receipt_path
from zcf.apply.removal import removed_together
from zcf.commands import api
from zcf.commands.changing import Run, backups_in, change_files
from zcf.commands.running import config_or_none, points_to_gateway, running_now
from zcf.errors import refused
from zcf.gateway import Running
from zcf.look.installed import installed_zcf, removal_of_zcf
from zcf.plan import switch
from zcf.plan.changes import FileChange
from zcf.plan.connection import Connection, connection_of
from zcf.plan.documents import change_of, document_of
from zcf.plan.receipt import Receipt
from zcf.plan.rewind import rewind
from zcf.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class UninstallPlan:
    """What goes and what stays. `purged` are our own files that go for good, `kept` those that stay.

    `kept_values` are values that somebody changed since, with their file. `remove_package` is the command that removes
    the program itself, None where there is nothing to run.
    """

    before: Connection
    after: Connection
    changes: tuple[FileChange, ...]
    running: Running | None
    purged: tuple[Path, ...]
    kept: tuple[Path, ...]
    kept_values: tuple[tuple[Path, str], ...]
    takes_back: tuple[int, ...]
    remove_package: tuple[str, ...] | None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.changes or self.running or self.purged)


@dataclass(frozen=True, slots=True)
class UninstallResult:
    """What was done; `left` are files that could not be deleted."""

    plan: UninstallPlan
    receipt: Receipt | None
    stopped_pid: int | None
    left: tuple[Path, ...]

    @property
    def ok(self) -> bool:
        """Whether everything is done."""
        return not self.left

    @property
    def backups(self) -> tuple[Path, ...]:
        """The copies made of the files that changed, as far as they are still there."""
        return tuple(copy for copy in backups_in(self.receipt) if copy.exists())


def prepare(world: Surroundings, *, purge: bool) -> UninstallPlan:
    """Look, and decide what goes. Raises Refusal."""
    seen = api.look(world)
    config = config_or_none(world)
    settings, state = (rewind(file, seen.receipts, seen.backups) for file in (seen.settings, seen.state))
    after = document_of(settings.path, settings.content)
    settings_change, state_change = api.changes_to(seen, settings, state)
    if api.connection_kept(settings) or points_to_gateway(connection_of(after), config):
        after = seen.settings.document
        if points_to_gateway(seen.connection, config):
            after = switch.to_official(after, api.our_models(seen))
        settings_change = change_of(seen.settings, after)
    own = tuple(path for path in _own_files(seen, world) if path.exists())
    way = installed_zcf(world.environ, Path(sys.prefix), Path(sys.executable)).way
    return UninstallPlan(
        before=seen.connection,
        after=connection_of(after),
        changes=tuple(change for change in (settings_change, state_change) if change is not None),
        running=running_now(config, world, needed=False),
        purged=own if purge else (),
        kept=() if purge else own,
        kept_values=api.kept_names((settings, state)),
        takes_back=tuple(receipt.number for receipt in seen.receipts),
        remove_package=removal_of_zcf(way, Path(sys.executable)),
    )


def _own_files(seen: api.SeenClaude, world: Surroundings) -> Iterator[Path]:
    """What zcf and the gateway made for themselves; what else is in these folders is somebody else's."""
    yield world.config_path
    for file in (world.config_path, seen.settings.path, seen.state.path):
        yield from (backup.copy for backup in backups_of(file))
    yield from sorted(paths.log_directory().glob("gateway.log*"))
    yield from sorted(paths.ccr_home().glob(f"{paths.usage_path().name}*"))
    yield from _receipts(world)
    yield profiles_path(world.state)
    yield preferences_path(world.state)


def _receipts(world: Surroundings) -> list[Path]:
    return sorted(receipt_path(world.state, 1).parent.glob("*.json"))


def carry_out(plan: UninstallPlan, world: Surroundings) -> UninstallResult:
    """Put Claude Code back, stop the gateway, delete what is purged. Raises Refusal; everything is then as it was."""
    stopped: list[int | None] = []
    run = Run("uninstall", takes_back=plan.takes_back)
    # What is purged is renamed first: on a full disk that, and taking it back, needs no space.
    with removed_together(plan.purged) as removal:
        receipt = change_files(plan.changes, run, world, lambda: stopped.append(_stop(plan, world)))
        if plan.purged:
            removal.also = [*_made_by(receipt, world), paths.ccr_home() / "gateway.lock"]
    if plan.purged:
        (world.state / "lock").unlink(missing_ok=True)
        remove_empty((paths.ccr_home(), paths.log_directory()))
        remove_empty((world.state, receipt_path(world.state, 1).parent))
    return UninstallResult(plan, receipt, stopped[0], tuple(removal.left))


def _made_by(receipt: Receipt | None, world: Surroundings) -> tuple[Path, ...]:
    return (*backups_in(receipt), receipt_path(world.state, receipt.number)) if receipt else ()


def _stop(plan: UninstallPlan, world: Surroundings) -> int | None:
    if plan.running is None:
        return None
    try:
        pid = world.gateway.stop(world.config_path)
    except (ServiceFault, ConfigFault) as fault:
        raise refused("uninstall.gateway_stays", reason=fault.message) from fault
    if pid is None:
        # Nothing records it, and the configuration that would tell its port is among what is purged.
        raise refused("uninstall.gateway_stays", reason=f"pid {plan.running.pid}")
    return pid
