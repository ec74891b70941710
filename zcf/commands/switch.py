"""A switch carried out: what `zcf api` planned is applied, and the gateway started or stopped with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from ccr_proxy.errors import ConfigFault, ServiceFault
from zcf.commands.changing import Run, backups_in, change_files
from zcf.errors import EXIT_CANCELLED, Refusal
from zcf.gateway import Running
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
        return backups_in(self.receipt)


def carry_out(plan: SwitchPlan, world: Surroundings) -> SwitchResult:
    """Apply the plan, and start the gateway where it leads there. Raises Refusal; everything is then as it was."""
    started: list[Running | None] = []

    def start_gateway() -> None:
        if plan.to_gateway:
            started.append(_bring_up(plan, world))

    run = Run(f"api {plan.destination}", plan.running is not None or not plan.to_gateway, plan.takes_back)
    receipt = change_files(plan.changes, run, world, start_gateway)
    return SwitchResult(plan, receipt, started=started[0] if started else None)


def _bring_up(plan: SwitchPlan, world: Surroundings) -> Running | None:
    """Start the gateway, or restart one that listens elsewhere or reads another file; None for one that is right."""
    running = plan.running
    if running is None:
        return world.gateway.start(world.config_path)
    if running.config_path != world.config_path or not str(plan.after.base_url).endswith(f":{running.port}"):
        return world.gateway.restart(world.config_path)
    return None


def stop_gateway(result: SwitchResult, world: Surroundings) -> SwitchResult:
    """Stop the gateway that Claude Code no longer talks to, once its running answers are finished."""
    try:
        return replace(result, stopped_pid=world.gateway.stop(world.config_path))
    except (ServiceFault, ConfigFault) as fault:
        return replace(result, gateway_fault=fault.message)
    except KeyboardInterrupt:
        raise Refusal("api.cancelled_gateway", exit_code=EXIT_CANCELLED) from None
