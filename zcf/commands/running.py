"""Which gateway of this user runs now."""

from __future__ import annotations

from ccr_proxy.errors import ServiceFault
from zcf.errors import refused
from zcf.gateway import Running
from zcf.look.ccr import SeenConfig
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
