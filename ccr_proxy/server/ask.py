"""What routing decided, as availability wants to be asked: the same for a request and for its explanation."""

from __future__ import annotations

from ccr_proxy.availability.affinity import session_key
from ccr_proxy.availability.run import Ask
from ccr_proxy.routing.decision import Decision
from ccr_proxy.server.exchange import Asked


def ask_for(asked: Asked, decision: Decision) -> Ask:
    """Who is to be asked for a request, and how to choose among them."""
    facts = asked.facts
    return Ask(
        decision.rule or decision.route,
        decision.targets,
        facts.tokens_for,
        session_key(facts.session_id, asked.body["messages"], decision.route),
        decision.strategy,
        decision.weights,
    )
