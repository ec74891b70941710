"""Where a request goes: everything that a decision may depend on, brought together from memory.

Nothing here waits for a disk on the request path, but for a session that was never seen (one look, in a thread), and
for the user's own router, which has a time limit.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime

from ccr_proxy.config.custom_contract import NO_CHOICE, CustomChoice
from ccr_proxy.config.custom_router import call_custom_router
from ccr_proxy.json_codec import JsonObject
from ccr_proxy.routing.circumstances import Circumstances
from ccr_proxy.routing.custom_request import custom_request
from ccr_proxy.routing.decide import Decision, decide
from ccr_proxy.routing.effective import with_effective_router
from ccr_proxy.routing.facts import Facts
from ccr_proxy.server.gateway import Gateway

_log = logging.getLogger("ccr_proxy")


async def route(gateway: Gateway, body: JsonObject, facts: Facts, headers: Mapping[str, str]) -> Decision:
    """Decide about one request. Raises ClientFault when a name stands for nothing."""
    found = await gateway.projects.find(facts.session_id)
    config = with_effective_router(gateway.config, found.project_router, found.session_router)
    custom = await _custom_choice(gateway, body, facts, headers, found.project)
    around = Circumstances(
        headers=headers,
        now=datetime.now().astimezone(),
        project=found.project,
        custom=custom,
        corrected=gateway.calibration.corrected,
    )
    return decide(facts, config, around)


async def _custom_choice(
    gateway: Gateway, body: JsonObject, facts: Facts, headers: Mapping[str, str], project: str | None
) -> CustomChoice | None:
    if gateway.custom_router is None:
        return None
    choice = await call_custom_router(
        gateway.custom_router,
        custom_request(body, headers, facts, project),
        gateway.loaded.document.value,
        seconds=gateway.config.timeouts.custom_router_ms / 1000,
    )
    if choice.note and choice is not NO_CHOICE and gateway.complaints.is_due(choice.note):
        _log.warning("custom router: %s", choice.note)
    return choice
