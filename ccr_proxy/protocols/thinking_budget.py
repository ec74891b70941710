"""The thinking budget within the output limit.

Anthropic refuses a budget that is not below `max_tokens`, and one of fewer than 1024 tokens
(https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking). Claude Code fits the two to each other, so
whoever lowers the limit must lower the budget too.
"""

from __future__ import annotations

from ccr_proxy.json_codec import JsonObject, as_object

SMALLEST_BUDGET = 1024


def within_limit(body: JsonObject) -> JsonObject:
    """The body with a budget that its `max_tokens` allows, without thinking where none does; the same object if it is
    fine as it is."""
    thinking, limit = as_object(body.get("thinking")), body.get("max_tokens")
    budget = thinking.get("budget_tokens")
    if not isinstance(budget, int) or not isinstance(limit, int) or budget < limit:
        return body
    if limit > SMALLEST_BUDGET:
        return {**body, "thinking": {**thinking, "budget_tokens": limit - 1}}
    return {**body, "thinking": {"type": "disabled"}}
