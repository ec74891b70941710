"""What the wizard shows and proposes before it asks: programs, keys, servers, the present configuration, a port."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zcf.commands.running import find_running
from zcf.facts import FoundKey, FoundServer
from zcf.gateway import Running
from zcf.look.ccr import npm_ccr, see_config
from zcf.look.claude_code import ClaudeProgram, claude_program
from zcf.look.environment import found_keys
from zcf.look.local_servers import found_servers
from zcf.look.port import DEFAULT_PORT, Holder, look_at_port, next_free_port
from zcf.plan.ccr_config import DEFAULT_HOST
from zcf.presets import Preset, load_presets
from zcf.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class Found:
    """`usable`: the present configuration answers requests, by `default_route`. `fresh`: there is none yet. `port`: a
    port that the gateway can have; `holder` names who has the usual one."""

    environ: Mapping[str, str]
    presets: tuple[Preset, ...]
    keys: tuple[FoundKey, ...]
    servers: tuple[FoundServer, ...]
    claude: ClaudeProgram | None
    npm_router: bool
    running: Running | None
    fresh: bool
    usable: bool
    default_route: str
    port: int
    holder: str


def look(world: Surroundings) -> Found:
    """Look at everything; changes nothing. Raises Refusal when the present configuration cannot be read."""
    present = see_config(world.config_path, world.environ)
    running = find_running(present, world)
    presets = load_presets()
    config = present.config
    port, holder = _port(running)
    return Found(
        environ=world.environ,
        presets=presets,
        keys=found_keys(world.environ, presets),
        servers=found_servers(world.local_servers),
        claude=claude_program(world.environ, world.home),
        npm_router=npm_ccr(world.environ) is not None,
        running=running,
        fresh=config is None,
        usable=present.usable and not present.only_demo,
        default_route=config.router.routes().get("default", "") if config else "",
        port=port,
        holder=holder,
    )


def _port(running: Running | None) -> tuple[int, str]:
    if running is not None:
        return running.port, ""
    state = look_at_port(DEFAULT_HOST, DEFAULT_PORT)
    if state.holder is Holder.NOBODY:
        return DEFAULT_PORT, ""
    return next_free_port(DEFAULT_HOST, DEFAULT_PORT) or DEFAULT_PORT, state.name
