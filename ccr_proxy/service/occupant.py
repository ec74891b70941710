"""A port that cannot be had: is it taken, by whom, and what to do about it."""

from __future__ import annotations

import socket

from ccr_proxy.service.addresses import reachable_host
from ccr_proxy.service.port_owner import UNKNOWN_PROGRAM, PortOwner, port_owner
from ccr_proxy.service.probe import probe

# On one machine a connection is made or refused at once; Windows repeats a refused one for two seconds.
_CONNECT_SECONDS = 0.5


def foreign_address_fault(host: str) -> str | None:
    """Why no program of this machine can listen on `host`, None when one can.

    Listens on a port that the system chooses, so that no port of anybody is touched.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host or None, 0, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as listener:
            listener.bind(address)
    except UnicodeError:
        return "not a host name"
    except OSError as error:
        return error.strerror or str(error)
    return None


def port_is_taken(host: str, port: int) -> bool:
    """True when a program accepts connections on `host:port`.

    Connects rather than tries to listen: listening, even for a moment, could take the port from a gateway that is
    just starting.
    """
    try:
        with socket.create_connection((reachable_host(host), port), timeout=_CONNECT_SECONDS):
            return True
    except OSError:
        return False


def other_program_on(host: str, port: int) -> PortOwner | None:
    """The program in the way of listening on `host:port`, or None when the port is free."""
    if not port_is_taken(host, port):
        return None
    return port_owner(host, port) or PortOwner(None, UNKNOWN_PROGRAM, "")


def occupied_message(host: str, port: int) -> str:
    """One line that names the program on a taken port and says what to do."""
    place = f"port {port} on {host}"
    health = probe(host, port)
    if health is not None:
        return (
            f"{place} is in use by ccr_proxy {health.version} (pid {health.pid}): "
            "`ccr restart` replaces it by this version, `ccr stop` ends it"
        )
    owner = port_owner(host, port)
    return f"{place} is in use by {owner or UNKNOWN_PROGRAM}: stop it, or choose another port"
