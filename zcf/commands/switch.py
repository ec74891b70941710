"""A switch carried out: what `zcf api` planned is applied, and the gateway started or stopped with it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from ccr_proxy.errors import ConfigFault, ServiceFault
from zcf.apply.interrupts import interrupts_deferred
from zcf.apply.state import locked
from zcf.apply.transaction import apply_plan
from zcf.commands.undo import revert
from zcf.errors import EXIT_CANCELLED, Refusal, refused
from zcf.gateway import Running
from zcf.look.files import require_written
from zcf.plan.changes import FileChange, Notice
from zcf.plan.connection import Connection
from zcf.plan.receipt import Receipt
from zcf.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class SwitchPlan:
    """What a switch will do. `destination` is `official`, `key`, `token`, `ccr`, `back` or a profile's name.

    `kept` are values, as `path: name`, that somebody changed since and that going back leaves. `running` is the gateway
    that runs now; `to_gateway` tells whether Claude Code talks to it afterwards.
    """

    destination: str
    before: Connection
    after: Connection
    changes: tuple[FileChange, ...]
    notices: tuple[Notice, ...] = ()
    kept: tuple[tuple[Path, str], ...] = ()
    takes_back: tuple[int, ...] = ()
    running: Running | None = None
    to_gateway: bool = False

    @property
    def leaves_gateway(self) -> bool:
        """Whether a gateway goes on running that Claude Code will not talk to."""
        return self.running is not None and not self.to_gateway


@dataclass(frozen=True, slots=True)
class SwitchResult:
    """What was done; `receipt` is None when no file had to change.

    `stopped_pid` is the gateway's, if it was stopped, and `gateway_fault` says why it was not.
    """

    plan: SwitchPlan
    receipt: Receipt | None
    started: Running | None = None
    stopped_pid: int | None = None
    gateway_fault: str | None = None

    @property
    def ok(self) -> bool:
        """Whether everything asked for is done."""
        return self.gateway_fault is None

    @property
    def backups(self) -> tuple[Path, ...]:
        """The copies made of the files that changed."""
        files = self.receipt.files if self.receipt else ()
        return tuple(entry.backup for entry in files if entry.backup)


def carry_out(plan: SwitchPlan, world: Surroundings) -> SwitchResult:
    """Apply the plan, and start the gateway where it leads there. Raises Refusal; everything is then as it was."""
    started: list[Running] = []

    def start_gateway() -> None:
        if plan.to_gateway and plan.running is None:
            started.append(world.gateway.start(world.config_path))

    receipt = apply_and(start_gateway, plan, f"api {plan.destination}", world)
    return SwitchResult(plan, receipt, started=started[0] if started else None)


def apply_and(then: Callable[[], None], plan: SwitchPlan, command: str, world: Surroundings) -> Receipt | None:
    """Apply the changes and do `then`; when that fails, take the changes back without a trace. Raises Refusal."""
    receipt: Receipt | None = None
    with locked(world.state) if plan.changes else nullcontext():
        try:
            if plan.changes:
                with interrupts_deferred():
                    receipt = _apply(plan, command, world)
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


def _apply(plan: SwitchPlan, command: str, world: Surroundings) -> Receipt:
    return apply_plan(
        plan.changes,
        directory=world.state,
        command=command,
        gateway_was_running=plan.running is not None or not plan.to_gateway,
        now=world.now(),
        takes_back=plan.takes_back,
    )


def stop_gateway(result: SwitchResult, world: Surroundings) -> SwitchResult:
    """Stop the gateway that Claude Code no longer talks to, once its running answers are finished."""
    try:
        return replace(result, stopped_pid=world.gateway.stop(world.config_path))
    except (ServiceFault, ConfigFault) as fault:
        return replace(result, gateway_fault=fault.message)
    except KeyboardInterrupt:
        raise Refusal("api.cancelled_gateway", exit_code=EXIT_CANCELLED) from None
