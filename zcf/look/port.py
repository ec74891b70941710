"""Whether the gateway can have its port, and who has it if not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ccr_proxy.service.occupant import other_program_on, port_is_taken

DEFAULT_PORT = 3456
_PORTS_TRIED = 50


class Holder(Enum):
    """Who has a port."""

    NOBODY = "nobody"
    NPM_CCR = "npm_ccr"
    SOMEBODY = "somebody"


@dataclass(frozen=True, slots=True)
class PortState:
    """A port, who has it, and the holder as people read it ("node (pid 4711)")."""

    port: int
    holder: Holder
    name: str = ""


def look_at_port(host: str, port: int) -> PortState:
    """Who is in the way of listening on `host:port`, our own gateway included: the caller knows that one."""
    owner = other_program_on(host, port)
    if owner is None:
        return PortState(port, Holder.NOBODY)
    return PortState(port, Holder.NPM_CCR if owner.is_node_router else Holder.SOMEBODY, str(owner))


def next_free_port(host: str, after: int) -> int | None:
    """The first port after `after` that can be listened on, among the next fifty; None if all are taken."""
    candidates = range(after + 1, min(after + 1 + _PORTS_TRIED, 65536))
    return next((port for port in candidates if not port_is_taken(host, port)), None)
