"""The admin API: JSON only, behind the same checks of key, Host and Origin as everything else.

POST /api/explain               where a request would go; nothing is sent
GET  /api/requests[?limit=N]    the last requests, the newest first
GET  /api/requests/ID           one of them, with its facts and the steps of its decision
GET  /api/routes                the configured routes and their targets
GET  /api/availability          circuits, budgets, providers, keys by label, limits in use, speeds, health check
POST /api/availability/reset    close circuits: {"provider": …, "key": LABEL, "model": …}, all of it optional
POST /api/availability/check    ask providers now: {"provider": …}, optional
POST /api/trial                 answer a request by one target, see server/trial.py
"""

from __future__ import annotations

import math

from aiohttp import web

from ccr_proxy.availability.availability import CircuitView, ProviderView
from ccr_proxy.availability.budgets import BudgetView
from ccr_proxy.errors import ClientFault
from ccr_proxy.json_codec import JsonObject, dumps, loads
from ccr_proxy.server.explain import considered_json, decision_json, explain_call, facts_json
from ccr_proxy.server.gateway import GATEWAY
from ccr_proxy.server.health_checks import check_providers
from ccr_proxy.server.recent import MOST_RECORDS
from ccr_proxy.server.trial import configured_routes, try_target


def add_admin_routes(app: web.Application) -> None:
    """Serve all of it."""
    app.router.add_post("/api/explain", explain_request)
    app.router.add_get("/api/requests", list_requests)
    app.router.add_get("/api/requests/{id}", show_request)
    app.router.add_get("/api/routes", list_routes)
    app.router.add_get("/api/availability", show_availability)
    app.router.add_post("/api/availability/reset", reset_availability)
    app.router.add_post("/api/availability/check", check_availability)
    app.router.add_post("/api/trial", try_target)


async def explain_request(request: web.Request) -> web.Response:
    """The body is that of `server.explain.explain_call`; headers of the call count as those of the request."""
    body = await json_body(request)
    return answer(await explain_call(request.app[GATEWAY], body, request.headers))


async def list_requests(request: web.Request) -> web.Response:
    """`{"requests": […]}`, the newest first."""
    limit = request.query.get("limit", str(MOST_RECORDS))
    if not limit.isascii() or not limit.isdigit():
        raise ClientFault(400, f"limit: a number is required, not {limit!r}")
    records = request.app[GATEWAY].recent.newest(int(limit))
    return answer({"requests": [record.summary() for record in records]})


async def show_request(request: web.Request) -> web.Response:
    """One record. 404 when it is not, or no longer, among the last ones."""
    identity = request.match_info["id"]
    record = request.app[GATEWAY].recent.find(identity)
    if record is None:
        raise ClientFault(404, f"no request {identity!r} among the last {MOST_RECORDS}")
    decided = decision_json(record.decision)
    steps = [considered_json(step) for step in record.decision.explanation]
    return answer({**record.summary(), **decided, "facts": facts_json(record.facts), "considered": steps})


async def list_routes(request: web.Request) -> web.Response:
    """`{"routes": {NAME: ["provider,model", …]}}`: every target, fallbacks included."""
    routes = configured_routes(request.app[GATEWAY].config)
    return answer({"routes": {name: list(map(str, targets)) for name, targets in routes.items()}})


async def show_availability(request: web.Request) -> web.Response:
    """Everything that is known about who can answer."""
    gateway = request.app[GATEWAY]
    snapshot = gateway.availability.snapshot()
    return answer(
        {
            "circuits": [_circuit(view) for view in snapshot.circuits],
            "providers": [_provider(view) for view in snapshot.providers],
            "budgets": [_budget(view) for view in snapshot.budgets],
            "sessions": snapshot.sessions,
            "health_check": gateway.checked.as_json() if gateway.checked else None,
        }
    )


async def reset_availability(request: web.Request) -> web.Response:
    """`{"closed": N}`: how many circuits were closed. 404 for a provider or key that is not configured."""
    gateway, body = request.app[GATEWAY], await json_body(request)
    provider, key, model = (_text(body, name) for name in ("provider", "key", "model"))
    provider = _known_provider(request, provider) if provider else ""
    if key:
        views = gateway.availability.snapshot().providers
        labels = {label for view in views if provider in ("", view.name) for label in view.keys}
        if key not in labels:
            raise ClientFault(404, f"no key is labelled {key!r}; there are: {', '.join(sorted(labels))}")
    return answer({"closed": gateway.availability.reset(provider, key, model)})


async def check_availability(request: web.Request) -> web.Response:
    """Ask the providers of all routes, or one of them, now, cooling ones included; `{"checks": […]}`."""
    name = _text(await json_body(request), "provider")
    only = _known_provider(request, name) if name else ""
    results = await check_providers(request.app[GATEWAY], only=only, also_cooling=True)
    return answer({"checks": [result.as_json() for result in results]})


async def json_body(request: web.Request) -> JsonObject:
    """The body as an object; no body is an empty one. Raises ClientFault."""
    raw = await request.read()
    try:
        body = loads(raw) if raw.strip() else {}
    except ValueError as error:
        raise ClientFault(400, f"the request body is not JSON: {error}") from error
    if not isinstance(body, dict):
        raise ClientFault(400, "the request body must be a JSON object")
    return body


def answer(value: JsonObject) -> web.Response:
    """A JSON answer that nothing between here and the reader keeps."""
    return web.Response(body=dumps(value), content_type="application/json", headers={"cache-control": "no-store"})


def _known_provider(request: web.Request, name: str) -> str:
    config = request.app[GATEWAY].config
    provider = config.provider(name)
    if provider is None:
        names = ", ".join(each.name for each in config.providers)
        raise ClientFault(404, f"provider {name!r} is not configured; there are: {names}")
    return provider.name


def _text(body: JsonObject, name: str) -> str:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise ClientFault(400, f"{name}: must be text")
    return value or ""


def _circuit(view: CircuitView) -> JsonObject:
    """`seconds_left` is null unless it is open for a time; a parked one waits for another key or a reset."""
    left = view.seconds_left
    parked = left is not None and math.isinf(left)
    return {
        "provider": view.provider,
        "key": view.key,
        "model": view.model,
        "phase": view.phase.value,
        "parked": parked,
        "seconds_left": None if left is None or parked else round(left, 3),
        "failures": view.failures,
        "failure": view.failure.value if view.failure else None,
        "status": view.status,
        "message": view.message,
    }


def _provider(view: ProviderView) -> JsonObject:
    return {
        "name": view.name,
        "keys": list(view.keys),
        "under_way": view.under_way,
        "waiting": view.waiting,
        "requests_last_minute": view.requests_last_minute,
        "tokens_last_minute": view.tokens_last_minute,
        "first_token_ms": {model: round(seconds * 1000) for model, seconds in view.first_token_seconds.items()},
    }


def _budget(view: BudgetView) -> JsonObject:
    """`used` and `limit` in units: tokens, or US dollars."""
    budget = view.budget
    return {
        "per": budget.per.value,
        "name": budget.name,
        "period": budget.period.value,
        "unit": budget.unit.value,
        "limit": budget.limit,
        "used": view.used,
        "seconds_left": round(view.seconds_left),
        "instead": str(budget.instead) if budget.instead else None,
    }
