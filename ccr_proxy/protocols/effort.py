"""How much a request asks the model to think, in the words the OpenAI family uses.

`output_config.effort` is explicit; a thinking budget is turned into the effort that spends about as much. Adaptive
thinking alone leaves the amount to the model.
"""

from __future__ import annotations

from ccr_proxy.json_codec import JsonObject

# Thinking budgets up to these many tokens ask for this effort.
_BUDGETS = ((4096, "low"), (16384, "medium"))
_KNOWN = {"minimal": "minimal", "low": "low", "medium": "medium", "high": "high", "xhigh": "high", "max": "high"}


def effort_of(body: JsonObject) -> str:
    """One of minimal, low, medium, high; "" when the request wants no thinking or does not say how much."""
    thinking = body.get("thinking")
    kind = thinking.get("type") if isinstance(thinking, dict) else None
    if kind == "disabled":
        return ""
    config = body.get("output_config")
    explicit = config.get("effort") if isinstance(config, dict) else None
    if isinstance(explicit, str) and explicit in _KNOWN:
        return _KNOWN[explicit]
    if kind != "enabled" or not isinstance(thinking, dict):
        return ""
    budget = thinking.get("budget_tokens")
    if not isinstance(budget, int):
        return "high"
    return next((effort for limit, effort in _BUDGETS if budget <= limit), "high")
