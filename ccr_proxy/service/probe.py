"""Ask a port whether one of our gateways answers there, without loading an HTTP client library."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any

from ccr_proxy.service.addresses import reachable_host

# A health answer is about 150 bytes; a stranger on the port may send anything.
_MOST_BYTES = 65536


@dataclass(frozen=True, slots=True)
class Health:
    """What a gateway says about itself; `uptime` in seconds. `usage_recorded` is False while the ledger fails."""

    instance: str
    version: str
    pid: int
    uptime: float
    usage_recorded: bool = True


def probe(host: str, port: int, timeout: float = 1.0) -> Health | None:
    """The health of the gateway on `host:port`; None when nothing answers or it is another program.

    `timeout` in seconds holds for each of connecting, sending and reading.
    """
    connection = http.client.HTTPConnection(reachable_host(host), port, timeout=timeout)
    try:
        connection.request("GET", "/health")
        response = connection.getresponse()
        return _health_from(json.loads(response.read(_MOST_BYTES))) if response.status == 200 else None
    except (OSError, ValueError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _health_from(answer: Any) -> Health | None:
    if not isinstance(answer, dict):
        return None
    instance, version, pid = answer.get("instance"), answer.get("version"), answer.get("pid")
    uptime = answer.get("uptime")
    if not (isinstance(instance, str) and isinstance(version, str) and type(pid) is int):
        return None
    seconds = float(uptime) if isinstance(uptime, int | float) else 0.0
    return Health(instance, version, pid, seconds, answer.get("usage_recorded") is not False)
