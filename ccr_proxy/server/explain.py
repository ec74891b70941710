"""Where a request would go, and why, without sending it: for POST /api/explain and `ccr explain`."""

from __future__ import annotations

import math
from collections.abc import Mapping

from multidict import CIMultiDict

from ccr_proxy.availability.availability import Prospect
from ccr_proxy.errors import ClientFault
from ccr_proxy.json_codec import JsonObject, dumps
from ccr_proxy.protocols.inbound import ANTHROPIC, OPENAI_CHAT, OPENAI_RESPONSES, ClientFormat
from ccr_proxy.routing.decision import Considered, Decision
from ccr_proxy.routing.explain import explanation_lines
from ccr_proxy.routing.facts import Facts
from ccr_proxy.server.ask import ask_for
from ccr_proxy.server.exchange import read_request
from ccr_proxy.server.gateway import Gateway
from ccr_proxy.server.route import route

_FORMATS = {client.name: client for client in (ANTHROPIC, OPENAI_CHAT, OPENAI_RESPONSES)}


async def explain_call(gateway: Gateway, body: JsonObject, headers: Mapping[str, str]) -> JsonObject:
    """As `explain`, for a Messages request, or `{"request": …, "format": "openai-chat", "headers": {…}}`.

    The headers in the body come on top of `headers`. Raises ClientFault.
    """
    if "request" not in body:
        return await explain(gateway, ANTHROPIC, body, CIMultiDict(headers))
    client = _FORMATS.get(body.get("format") or ANTHROPIC.name)
    if client is None:
        raise ClientFault(400, f"format: must be one of {', '.join(_FORMATS)}")
    overrides = {str(name): str(value) for name, value in _object(body, "headers").items()}
    merged = CIMultiDict(headers)
    merged.update(overrides)
    return await explain(gateway, client, _object(body, "request"), merged)


async def explain(gateway: Gateway, client: ClientFormat, own: JsonObject, headers: Mapping[str, str]) -> JsonObject:
    """The facts, the steps, the decision and the candidates in the order in which they would be asked now.

    `own` is a request in the client's words. The custom router is asked, the providers are not. Raises ClientFault
    for what is no request, and where routing itself would refuse it.
    """
    asked = read_request(gateway, client, dumps(own), headers)
    decision = await route(gateway, asked.body, asked.facts, headers)
    prospects = gateway.availability.preview(ask_for(asked, decision))
    return {
        "facts": {**facts_json(asked.facts), "session": asked.facts.session_id, "tools": list(asked.facts.tools)},
        "considered": [considered_json(step) for step in decision.explanation],
        **decision_json(decision),
        "candidates": [candidate_json(prospect) for prospect in prospects],
        "lines": list(explanation_lines(asked.facts, decision)),
    }


def _object(body: JsonObject, name: str) -> JsonObject:
    value = body.get(name, {})
    if not isinstance(value, dict):
        raise ClientFault(400, f"{name}: must be an object")
    return value


def facts_json(facts: Facts) -> JsonObject:
    """What routing saw, without names of sessions and tools."""
    return {
        "model": facts.model,
        "stream": facts.stream,
        "tokens": facts.tokens,
        "thinking": facts.thinking.value,
        "thinking_cue": facts.thinking_cue,
        "effort": facts.effort,
        "plan_mode": facts.plan_mode,
        "web_search": facts.has_web_search,
        "image": facts.has_image,
        "image_in_last_turn": facts.image_in_last_turn,
        "background": facts.background.value if facts.background else None,
        "subagent": facts.is_subagent,
        "subagent_model": facts.subagent_model,
        "tool_count": len(facts.tools),
    }


def considered_json(step: Considered) -> JsonObject:
    """One step of a decision."""
    return {"step": step.step, "outcome": step.outcome, "why": step.why}


def decision_json(decision: Decision) -> JsonObject:
    """The outcome of a decision."""
    return {
        "route": decision.route,
        "rule": decision.rule,
        "reason": decision.reason,
        "strategy": str(decision.strategy),
        "targets": [str(target) for target in decision.own_targets],
        "weights": list(decision.weights),
        "fallback": [str(target) for target in decision.reserves],
    }


def candidate_json(prospect: Prospect) -> JsonObject:
    """A candidate with its state: `wait_seconds` is null when it is parked until its key is changed or reset.

    `why` says which budget keeps it from being asked, "" when none does.
    """
    candidate = prospect.candidate
    return {
        "provider": candidate.target.provider_name,
        "model": candidate.target.model,
        "key": candidate.key.label,
        "context_window": candidate.window,
        "state": "over budget" if prospect.over_budget else _state(prospect.wait),
        "why": prospect.over_budget,
        "wait_seconds": None if math.isinf(prospect.wait) else round(prospect.wait, 3),
        "session_stays_here": prospect.home,
    }


def _state(wait: float) -> str:
    if math.isinf(wait):
        return "parked"
    return "cooling" if wait > 0 else "ready"
