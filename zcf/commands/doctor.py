"""`zcf doctor`: look, diagnose, and put right what may be put right.

Repairs of files are one run: planned together, applied all or nothing, with backups and a receipt, so that `zcf undo`
takes them back. What changes no content stands outside of it: closing a file to others, removing what is left of a
run that was killed, forgetting a process that is gone, starting the gateway.
"""

from __future__ import annotations

import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ccr_proxy.errors import ConfigFault, ServiceFault
from ccr_proxy.service.stale import forget_stale
from ccr_proxy.service.status import Condition
from ccr_proxy.service.system_errors import system_error_text
from zcf.apply.state import locked
from zcf.commands.changing import Run, backups_in, change_files
from zcf.diagnosis.codes import Group, Severity
from zcf.diagnosis.every import CHECKS, Diagnosis, diagnose
from zcf.diagnosis.facts import Facts
from zcf.diagnosis.finding import Finding, Repair
from zcf.diagnosis.repairs import changes_for
from zcf.look.checkup import look
from zcf.plan.changes import FileChange
from zcf.surroundings import Surroundings

Action = Callable[[Finding, Facts, Surroundings], None]


@dataclass(frozen=True, slots=True)
class Checkup:
    """What was looked at and what was found."""

    facts: Facts
    diagnosis: Diagnosis

    @property
    def ok(self) -> bool:
        """Whether nothing is worse than a note."""
        return all(finding.severity <= Severity.NOTE for finding in self.diagnosis.findings)


@dataclass(frozen=True, slots=True)
class Fixed:
    """What came of the repairs: the copies made, and what of `wanted` could not be done, with the reason.

    `has_receipt` tells whether `zcf undo` can take something back.
    """

    wanted: tuple[Finding, ...]
    has_receipt: bool
    backups: tuple[Path, ...]
    faults: tuple[tuple[Finding, str], ...]


def check(world: Surroundings, *, offline: bool) -> Checkup:
    """Look at everything and judge it."""
    facts = look(world, offline=offline)
    nobody_asked = not facts.providers.answers and facts.providers.fault is None
    asked = [check for check in CHECKS if not (nobody_asked and check.group is Group.PROVIDERS)]
    return Checkup(facts, diagnose(facts, asked))


def fixable(checkup: Checkup) -> tuple[Finding, ...]:
    """The findings that can be repaired, each repair once; a file is closed for itself.

    Pointing Claude Code to the gateway answers its first questions, too, and approves the key that it has then.
    """
    chosen: dict[tuple[Repair, Path | None], Finding] = {}
    for finding in checkup.diagnosis.findings:
        if finding.repair is not None:
            path = finding.path if finding.repair is Repair.CLOSE_FILE else None
            chosen.setdefault((finding.repair, path), finding)
    if (Repair.POINT_TO_GATEWAY, None) in chosen:
        for repair in (Repair.APPROVE_KEY, Repair.FINISH_ONBOARDING):
            chosen.pop((repair, None), None)
    return tuple(chosen.values())


def planned(findings: Sequence[Finding], checkup: Checkup) -> tuple[FileChange, ...]:
    """The file changes that repair these findings. Raises Refusal."""
    repairs = [finding.repair for finding in findings if finding.repair is not None]
    return changes_for(repairs, checkup.facts)


def fix(findings: Sequence[Finding], checkup: Checkup, world: Surroundings) -> Fixed:
    """Do the repairs: files are closed, then changed as one run, then the rest is done one by one.

    Raises Refusal; no content of a file is then changed.
    """
    plan = planned(findings, checkup)
    run = Run("doctor", gateway_was_running=not _starts_gateway(findings, checkup.facts))
    # Before the run: the mode that a receipt remembers is then the closed one, and undo does not open the file again.
    faults = _acted(_BEFORE, findings, checkup.facts, world)
    receipt = change_files(plan, run, world)
    faults += _acted(_AFTER, findings, checkup.facts, world)
    return Fixed(tuple(findings), receipt is not None, backups_in(receipt), tuple(faults))


def _acted(
    actions: Mapping[Repair, Action], findings: Sequence[Finding], facts: Facts, world: Surroundings
) -> list[tuple[Finding, str]]:
    """Do what these actions repair; returns what could not be done, and why."""
    faults: list[tuple[Finding, str]] = []
    for repair, act in actions.items():
        for finding in (finding for finding in findings if finding.repair is repair):
            try:
                act(finding, facts, world)
            except OSError as error:
                faults.append((finding, system_error_text(error)))
            except (ServiceFault, ConfigFault) as fault:
                faults.append((finding, fault.message))
    return faults


def _starts_gateway(findings: Sequence[Finding], facts: Facts) -> bool:
    starting = any(finding.repair in (Repair.POINT_TO_GATEWAY, Repair.START_GATEWAY) for finding in findings)
    return starting and facts.gateway.condition is Condition.NOT_RUNNING


def _close(finding: Finding, _facts: Facts, _world: Surroundings) -> None:
    if finding.path is not None:
        finding.path.chmod(stat.S_IMODE(finding.path.stat().st_mode) & stat.S_IRWXU)


def _remove_leftovers(_finding: Finding, facts: Facts, world: Surroundings) -> None:
    with locked(world.state):
        for path in facts.own.leftovers:
            path.unlink(missing_ok=True)


def _forget(_finding: Finding, _facts: Facts, _world: Surroundings) -> None:
    forget_stale()


def _restart(_finding: Finding, facts: Facts, world: Surroundings) -> None:
    world.gateway.restart(facts.gateway.config_path or world.config_path)


def _start(_finding: Finding, _facts: Facts, world: Surroundings) -> None:
    world.gateway.start(world.config_path)


def _start_if_stopped(_finding: Finding, facts: Facts, world: Surroundings) -> None:
    if facts.gateway.condition is Condition.NOT_RUNNING:
        world.gateway.start(world.config_path)


_BEFORE: Mapping[Repair, Action] = {Repair.CLOSE_FILE: _close}
# In the order in which they are done: a gateway starts with no stale record in its way.
_AFTER: Mapping[Repair, Action] = {
    Repair.REMOVE_LEFTOVERS: _remove_leftovers,
    Repair.FORGET_RECORD: _forget,
    Repair.RESTART_GATEWAY: _restart,
    Repair.START_GATEWAY: _start,
    Repair.POINT_TO_GATEWAY: _start_if_stopped,
}
