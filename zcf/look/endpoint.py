"""Who answers at the address that Claude Code is pointed to, and whether they take its key."""

from __future__ import annotations

from ccr_proxy.service.addresses import base_url
from ccr_proxy.service.occupant import other_program_on
from ccr_proxy.service.probe import probe
from zcf import net
from zcf.diagnosis.facts import Answerer, Endpoint

PATIENCE_SECONDS = 3.0


def look_at_endpoint(host: str, port: int, key: str) -> Endpoint:
    """Connect to `host:port`; a gateway of ours is asked with `key`, as Claude Code would send it."""
    if probe(host, port) is not None:
        return Endpoint(host, port, Answerer.GATEWAY, accepts=_accepts(host, port, key) if key else None)
    owner = other_program_on(host, port)
    if owner is None:
        return Endpoint(host, port, Answerer.NOBODY)
    return Endpoint(host, port, Answerer.NPM_ROUTER if owner.is_node_router else Answerer.OTHER, str(owner))


def _accepts(host: str, port: int, key: str) -> bool | None:
    """The list of models costs nothing and asks no provider."""
    headers = {"authorization": f"Bearer {key}"}
    try:
        answer = net.get_local(f"{base_url(host, port)}/v1/models", headers, timeout=PATIENCE_SECONDS)
    except net.NoAnswer:
        return None
    return {200: True, 401: False}.get(answer.status)
