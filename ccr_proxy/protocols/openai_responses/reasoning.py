"""Reasoning of the Responses API: how much is asked for, and how it survives the way through Claude Code.

A reasoning item comes back encrypted and must be sent again, byte for byte, with the turn that it belongs to. Its id,
summary and encrypted content travel in the signature of the thinking block that shows it. Open models have their
reasoning in plain text; there the text of the thinking block itself goes back.
(https://platform.openai.com/docs/guides/reasoning#encrypted-reasoning-items)
"""

from __future__ import annotations

import re

from ccr_proxy.json_codec import JsonObject, dumps, loads
from ccr_proxy.protocols.answer import Target
from ccr_proxy.protocols.effort import effort_of
from ccr_proxy.protocols.signatures import payload_for

ENCRYPTED = "reasoning.encrypted_content"

_ORDER = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
# What each model takes; any other value is answered with 400. First match wins.
# https://platform.openai.com/docs/guides/reasoning, https://docs.x.ai/docs/guides/reasoning
_LEVELS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), tuple(levels.split()))
    for pattern, levels in (
        (r"gpt-6\.1", "low medium high xhigh"),
        (r"gpt-6|gpt-5\.([6-9]|\d\d)", "none low medium high xhigh max"),
        (r"gpt-5\.[2-5].*-pro", "medium high xhigh"),
        (r"gpt-5\.[2-5].*-codex|gpt-5\.1-codex-max", "low medium high xhigh"),
        (r"gpt-5\.[2-5]", "none low medium high xhigh"),
        (r"gpt-5(\.1)?-codex", "low medium high"),
        (r"gpt-5\.1", "none low medium high"),
        (r"gpt-5-pro", "high"),
        (r"gpt-5", "minimal low medium high"),
        (r"grok-3-mini", "low high"),
    )
)
_USUAL_LEVELS = ("low", "medium", "high")


def add_reasoning(request: JsonObject, body: JsonObject, target: Target, left_out: list[str]) -> None:
    """Ask for reasoning as the client wants it, where the model has such a control."""
    wanted = _wanted(body)
    if target.profile.reasoning == "none":
        if wanted not in ("", "none"):
            left_out.append("thinking")
        return
    request["include"] = [ENCRYPTED]
    reasoning: JsonObject = {}
    if wanted:
        reasoning["effort"] = _nearest(wanted, target.model)
        if reasoning["effort"] == "minimal" and _has_hosted_tool(request):
            reasoning["effort"] = "low"  # OpenAI's hosted tools refuse minimal
    if _is_shown(body):
        reasoning["summary"] = "auto"
    if reasoning:
        request["reasoning"] = reasoning


def payload_of(item: JsonObject, *, has_text: bool) -> str | None:
    """What the signature must carry so that `restored_item` can make this reasoning item again.

    None when it would be useless: without its encrypted content a provider that stores nothing cannot find it.
    """
    kept: JsonObject = {"id": item.get("id"), "summary": item.get("summary") or []}
    if encrypted := item.get("encrypted_content"):
        kept["encrypted_content"] = encrypted
    elif not has_text:
        return None
    return dumps(kept).decode()


def restored_item(block: JsonObject, origin: str) -> JsonObject | None:
    """The reasoning item behind a thinking block, if it came from `origin`."""
    payload = payload_for(origin, block.get("signature"))
    if payload is None:
        return None
    try:
        kept = loads(payload)
    except ValueError:
        return None
    if not isinstance(kept, dict):
        return None
    item: JsonObject = {"type": "reasoning", "summary": kept.get("summary") or []}
    if kept.get("id"):
        item["id"] = kept["id"]
    if encrypted := kept.get("encrypted_content"):
        item["encrypted_content"] = encrypted
    elif text := block.get("thinking"):
        item["content"] = [{"type": "reasoning_text", "text": text}]
    else:
        return None
    return item


def _wanted(body: JsonObject) -> str:
    """One of _ORDER, or "" when the client leaves it to the model."""
    if _thinking(body).get("type") == "disabled":
        return "none"
    config = body.get("output_config")
    explicit = config.get("effort") if isinstance(config, dict) else None
    return explicit if explicit in _ORDER else effort_of(body)


def _nearest(wanted: str, model: str) -> str:
    """The strongest effort that the model has and that does not exceed the wanted one, else its weakest."""
    levels = next((levels for pattern, levels in _LEVELS if pattern.search(model)), _USUAL_LEVELS)
    allowed = [level for level in levels if _ORDER.index(level) <= _ORDER.index(wanted)]
    return allowed[-1] if allowed else levels[0]


def _is_shown(body: JsonObject) -> bool:
    thinking = _thinking(body)
    return thinking.get("type") in ("enabled", "adaptive") and thinking.get("display") != "omitted"


def _thinking(body: JsonObject) -> JsonObject:
    thinking = body.get("thinking")
    return thinking if isinstance(thinking, dict) else {}


def _has_hosted_tool(request: JsonObject) -> bool:
    return any(tool["type"] != "function" for tool in request.get("tools", ()))
