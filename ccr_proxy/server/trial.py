"""POST /api/trial: one target answers a request, by the whole path of a request but for routing. For `ccr test`.

A real request might be answered by another target when this one fails; here nobody else is asked.
"""

from __future__ import annotations

import time

from aiohttp import web

from ccr_proxy.config.schema import Config
from ccr_proxy.errors import ClientFault
from ccr_proxy.json_codec import dumps, loads
from ccr_proxy.protocols.inbound import ANTHROPIC
from ccr_proxy.routing.decision import Decision
from ccr_proxy.routing.targets import Target, named_target, resolved, suggestion, unlisted_name, with_reserves
from ccr_proxy.server.attempts import first_answer
from ccr_proxy.server.error_answers import REQUEST_ID
from ccr_proxy.server.exchange import Exchange, read_request
from ccr_proxy.server.gateway import GATEWAY

TRIAL_ROUTE = "test"


async def try_target(request: web.Request) -> web.StreamResponse:
    """`{"target": "provider,model", "request": {…}}`, the request in Anthropic's words; its answer comes back."""
    gateway = request.app[GATEWAY]
    try:
        body = loads(await request.read())
        target_name, own = body["target"], {**body["request"], "model": body["target"]}
    except (ValueError, TypeError, KeyError) as error:
        raise ClientFault(400, 'the body must be {"target": "provider,model", "request": {…}}') from error
    target = named_target(target_name, gateway.config) if isinstance(target_name, str) else None
    if target is None:
        hint = suggestion(str(target_name), gateway.config)
        raise ClientFault(404, f"{target_name!r} is no model of a configured provider. {hint}")
    asked = read_request(gateway, ANTHROPIC, dumps(own), request.headers)
    decision = Decision(TRIAL_ROUTE, (target,), f"{TRIAL_ROUTE}: {target} is to answer, and nobody else")
    return await first_answer(Exchange(request, request[REQUEST_ID], gateway, asked, decision, int(time.time())))


def configured_routes(config: Config) -> dict[str, tuple[Target, ...]]:
    """Every route and rule with its targets and the fallbacks of that name. Rules are named as in explanations;
    names that stand for nothing are left out, and so are rules that are inactive for it."""
    chosen = {name: resolved(targets, config).targets for name, targets in config.router.target_sets().items()}
    routes = {name: with_reserves(targets, config.fallback.get(name, ()), config) for name, targets in chosen.items()}
    for rule in config.router.rules:
        if rule.use is not None and unlisted_name(rule.use, config) is None:
            routes[f"rule “{rule.name}”"] = resolved(rule.use, config).targets
    return {name: targets for name, targets in routes.items() if targets}
