"""A rule's changes to a request, made in a copy: whoever else holds the body must not see them."""

from __future__ import annotations

from typing import Any

from ccr_proxy.config.rewrites import SMALLEST_THINKING_BUDGET, Rewrites
from ccr_proxy.json_codec import JsonObject, as_object


def rewritten(body: JsonObject, rewrites: Rewrites) -> JsonObject:
    """The request with the changes; parts that do not change are shared with `body`, which stays as it was."""
    if not rewrites:
        return body
    changed = dict(body)
    for name in ("max_tokens", "temperature", "top_p"):
        value = getattr(rewrites, name)
        if value is not None:
            changed[name] = value
    if rewrites.effort is not None:
        changed["output_config"] = {**as_object(body.get("output_config")), "effort": rewrites.effort}
    if rewrites.thinking is not None:
        changed["thinking"] = _thinking(rewrites.thinking)
    if rewrites.system_append is not None:
        changed["system"] = _appended(body.get("system"), rewrites.system_append)
    if rewrites.without_tools and isinstance(body.get("tools"), list):
        _leave_out_tools(changed, rewrites)
    _keep_budget_below_limit(changed)
    return changed


def _thinking(value: str | int) -> JsonObject:
    return {"type": "enabled", "budget_tokens": value} if isinstance(value, int) else {"type": value}


def _appended(system: Any, text: str) -> Any:
    """A further block at the end: what stands before stays the same, and so stays in the provider's prompt cache."""
    block = {"type": "text", "text": text}
    if isinstance(system, list):
        return [*system, block]
    return [{"type": "text", "text": system}, block] if isinstance(system, str) and system else [block]


def _leave_out_tools(changed: JsonObject, rewrites: Rewrites) -> None:
    """Without any tool left, the fields about choosing one go too: providers refuse them alone."""
    tools = [
        tool
        for tool in changed["tools"]
        if not any(pattern.fits(str(as_object(tool).get("name"))) for pattern in rewrites.without_tools)
    ]
    changed["tools"] = tools
    choice = as_object(changed.get("tool_choice"))
    offered = {as_object(tool).get("name") for tool in tools}
    if not tools or (choice.get("type") == "tool" and choice.get("name") not in offered):
        changed.pop("tool_choice", None)
    if not tools:
        del changed["tools"]


def _keep_budget_below_limit(changed: JsonObject) -> None:
    """Anthropic refuses a thinking budget that is not below `max_tokens`:
    https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking"""
    limit = changed.get("max_tokens")
    thinking = as_object(changed.get("thinking"))
    budget = thinking.get("budget_tokens")
    if not isinstance(limit, int) or not isinstance(budget, int) or budget < limit:
        return
    if limit > SMALLEST_THINKING_BUDGET:
        changed["thinking"] = {**thinking, "budget_tokens": limit - 1}
    else:
        changed["thinking"] = {"type": "disabled"}
