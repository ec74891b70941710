"""`zcf init`: look, choose, plan, show, apply, start, verify.

The steps stand one under another in `prepare` (nothing is changed), `carry_out` and `verify`. Until the gateway
answers, whatever goes wrong, Ctrl-C included, puts the files back; from then on they stay, because a wrong provider key
is put right by running the command again, and `zcf undo` takes everything back.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

from ccr_proxy.errors import ConfigFault, ServiceFault
from ccr_proxy.service.occupant import foreign_address_fault
from zcf.apply.interrupts import interrupts_deferred
from zcf.apply.receipts import receipt_path
from zcf.apply.state import locked
from zcf.apply.transaction import apply_plan
from zcf.commands.running import find_running
from zcf.commands.undo import revert
from zcf.errors import EXIT_CANCELLED, Refusal, refused
from zcf.gateway import Running
from zcf.look.ccr import SeenConfig, npm_ccr, npm_ccr_in_front, see_config
from zcf.look.claude_code import ClaudeProgram, claude_files, claude_program
from zcf.look.environment import found_keys, shell_facts
from zcf.look.files import require_written, see
from zcf.look.local_servers import found_servers
from zcf.look.port import DEFAULT_PORT, Holder, look_at_port, next_free_port
from zcf.plan.ccr_config import DEFAULT_HOST, GatewaySettings
from zcf.plan.changes import Notice, notice
from zcf.plan.choice import Choice, Offers, Wish, check_wish, choose
from zcf.plan.receipt import Receipt
from zcf.plan.setup import Files, SetupPlan, plan_setup
from zcf.presets import load_presets
from zcf.surroundings import Surroundings
from zcf.verify import RouteCheck, check_routes


@dataclass(frozen=True, slots=True)
class InitRequest:
    """The command line, checked for form only."""

    wish: Wish = field(default_factory=Wish)
    host: str | None = None
    port: int | None = None
    ccr_key: str | None = None
    force: bool = False


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was found and what will be done."""

    claude: ClaudeProgram | None
    choice: Choice
    plan: SetupPlan
    notices: tuple[Notice, ...]
    running: Running | None


@dataclass(frozen=True, slots=True)
class InitResult:
    """What was done. `receipt` is None when no file had to change; `backups` are the copies made.

    `checks` are empty until `verify` has asked.
    """

    prepared: Prepared
    running: Running
    started: bool
    receipt: Path | None
    backups: tuple[Path, ...]
    checks: tuple[RouteCheck, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every route answered."""
        return bool(self.checks) and all(check.error is None for check in self.checks)


def prepare(request: InitRequest, world: Surroundings) -> Prepared:
    """Look, choose and plan; changes nothing. Raises Refusal."""
    check_wish(request.wish)
    present = see_config(world.config_path, world.environ)
    claude_paths = claude_files(world.environ, world.home)
    files = Files(present.file, see(claude_paths.settings), see(claude_paths.state))
    choice = _choice(request, present, world)
    running = find_running(present, world)
    port, port_notices = _port(request, present, running, world)
    fresh_key = request.ccr_key or world.new_key()
    settings = GatewaySettings(request.host, port, request.ccr_key, fresh_key)
    plan = plan_setup(files, choice, settings, shell_facts(world.environ), world.environ)
    claude = claude_program(world.environ, world.home)
    notices = (*_about_programs(claude, world), *port_notices, *plan.notices)
    return Prepared(claude, choice, plan, notices, running)


def _about_programs(claude: ClaudeProgram | None, world: Surroundings) -> list[Notice]:
    missing = [] if claude else [notice("claude.not_found")]
    in_front = npm_ccr_in_front(world.environ)
    return [*missing, notice("ccr.npm_in_front", path=in_front)] if in_front else missing


def _choice(request: InitRequest, present: SeenConfig, world: Surroundings) -> Choice:
    presets = load_presets()
    offers = Offers(presets, found_keys(world.environ, presets), found_servers(world.local_servers))
    return choose(request.wish, offers, usable=present.usable, only_demo=present.only_demo, force=request.force)


def _port(
    request: InitRequest, present: SeenConfig, running: Running | None, world: Surroundings
) -> tuple[int | None, tuple[Notice, ...]]:
    """The port to write, None to leave it, and what to say about it. A port that somebody chose is not replaced."""
    chosen = request.port
    if chosen is None and present.file.document.get(("PORT",)) is not None and present.config is not None:
        chosen = present.config.port
    wanted = chosen or DEFAULT_PORT
    host = request.host or (present.config.host if present.config else DEFAULT_HOST)
    fault = foreign_address_fault(host)
    if fault is not None:
        raise refused("host.unusable", host=host, reason=fault)
    fresh = present.config is None
    if running is not None and running.port == wanted:
        return wanted if fresh or request.port else None, ()
    state = look_at_port(host, wanted)
    if state.holder is Holder.NOBODY:
        return wanted if fresh or request.port else None, ()
    values = {"port": wanted, "holder": state.name, "command": f"{npm_ccr(world.environ) or 'ccr'} stop"}
    kind = "npm_ccr" if state.holder is Holder.NPM_CCR else "taken"
    if chosen is not None:
        raise Refusal(f"port.{kind}", values)
    free = next_free_port(host, wanted)
    if free is None:
        raise Refusal(f"port.{kind}", values)
    return free, (notice(f"port.{kind}_other", other=free, **values),)


def carry_out(prepared: Prepared, world: Surroundings) -> InitResult:
    """Apply the plan and start the gateway. Raises Refusal; the files are then as they were."""
    receipt: Receipt | None = None
    with locked(world.state) if prepared.plan.changes else nullcontext():
        try:
            if prepared.plan.changes:
                with interrupts_deferred():
                    receipt = _apply(prepared, world)
                require_written(receipt)
            running, started = _bring_up(prepared, world)
        except BaseException as fault:
            if receipt is not None:
                with interrupts_deferred():
                    revert(receipt, world)
            if isinstance(fault, ServiceFault | ConfigFault):
                raise _not_started(fault) from fault
            raise
    backups = tuple(entry.backup for entry in receipt.files if entry.backup) if receipt else ()
    path = receipt_path(world.state, receipt.number) if receipt else None
    return InitResult(prepared, running, started, path, backups)


def verify(result: InitResult, tell: Callable[[RouteCheck], None]) -> InitResult:
    """Ask every route and `tell` each answer as it comes. Raises Refusal when cancelled; what was done then stays."""
    plan = result.prepared.plan
    checks = []
    try:
        for check in check_routes(plan.routes, plan.base_url, plan.key):
            tell(check)
            checks.append(check)
    except KeyboardInterrupt:
        raise Refusal("init.cancelled_unchecked", exit_code=EXIT_CANCELLED) from None
    return replace(result, checks=tuple(checks))


def _apply(prepared: Prepared, world: Surroundings) -> Receipt:
    return apply_plan(
        prepared.plan.changes,
        directory=world.state,
        command="init",
        gateway_was_running=prepared.running is not None,
        now=world.now(),
    )


def _bring_up(prepared: Prepared, world: Surroundings) -> tuple[Running, bool]:
    """The gateway with the present configuration; True if it had to be started."""
    running = prepared.running
    if running is None:
        return world.gateway.start(world.config_path), True
    moved = not prepared.plan.base_url.endswith(f":{running.port}")
    if prepared.plan.config_changes or moved or running.config_path != world.config_path:
        return world.gateway.restart(world.config_path), True
    return running, False


def _not_started(fault: ServiceFault | ConfigFault) -> Refusal:
    tail = " | ".join(fault.log_tail[-3:]) if isinstance(fault, ServiceFault) else ""
    return refused("gateway.not_started", reason=f"{fault.message} {tail}".strip())
