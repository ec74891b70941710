"""Which gateway of this user runs now, and whether Claude Code talks to it."""

from __future__ import annotations

from ccr_proxy.errors import ServiceFault
from ccr_proxy.service.addresses import base_url
from zcf.errors import Refusal, refused
from zcf.gateway import Running
from zcf.look.ccr import SeenConfig, see_config
from zcf.plan.connection import Connection
from zcf.surroundings import Surroundings


def find_running(present: SeenConfig | None, world: Surroundings) -> Running | None:
    """This user's gateway. Without a record it is only believed where a configuration of theirs says it should be.

    Raises Refusal for one that does not answer.
    """
    try:
        recorded = world.gateway.running()
    except ServiceFault as fault:
        raise refused("gateway.fault", reason=fault.message) from fault
    if recorded is not None or present is None or present.config is None:
        return recorded
    return world.gateway.running_on(present.config.host, present.config.port, world.config_path)


def config_or_none(world: Surroundings) -> SeenConfig | None:
    """The gateway's configuration; a broken one is no reason not to switch away from it."""
    try:
        return see_config(world.config_path, world.environ)
    except Refusal:
        return None


def running_now(config: SeenConfig | None, world: Surroundings, *, needed: bool) -> Running | None:
    """The gateway that runs; one that does not answer is no reason not to switch away from it."""
    try:
        return find_running(config, world)
    except Refusal:
        if needed:
            raise
        return None


def points_to_gateway(connection: Connection, present: SeenConfig | None) -> bool:
    """Whether a connection leads to the gateway as it is configured."""
    config = present.config if present else None
    return config is not None and connection.base_url == base_url(config.host, config.port)
