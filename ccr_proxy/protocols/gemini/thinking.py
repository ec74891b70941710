"""How much a Gemini model thinks: a level since Gemini 3, a token budget in 2.5, nothing before.

A value that a model does not know is answered with 400, so each is fitted to the model
(https://ai.google.dev/gemini-api/docs/thinking, https://cloud.google.com/vertex-ai/generative-ai/docs/thinking).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.effort import effort_of

_NAME = re.compile(r"gemini-(\d+)(?:\.(\d+))?", re.IGNORECASE)
# Variants of thinking generations that make pictures or sound and take no thinking settings.
_WITHOUT_THINKING = re.compile(r"image|tts|audio|live|embedding", re.IGNORECASE)
_ORDER = ("minimal", "low", "medium", "high")
# What Google's own OpenAI-compatible endpoint makes of an effort; above "medium" the model decides.
_BUDGETS = {"minimal": 1024, "low": 1024, "medium": 8192}
_DYNAMIC = -1


@dataclass(frozen=True, slots=True)
class ThinkingControl:
    """What a model takes: `levels` in rising order, or a budget of `least` to `most` tokens.

    With neither, thoughts can only be shown or hidden.
    """

    levels: tuple[str, ...] = ()
    least: int = 0
    most: int = 0
    can_stop: bool = False


def generation(model: str) -> tuple[int, int]:
    """(3, 1) for `gemini-3.1-pro-preview`; (0, 0) for a name without a number."""
    match = _NAME.search(model)
    return (int(match[1]), int(match[2] or 0)) if match else (0, 0)


def control_of(model: str) -> ThinkingControl | None:
    """None when the model refuses a thinkingConfig, or is not known to take one."""
    version, name = generation(model), model.lower()
    if _WITHOUT_THINKING.search(name):
        return None
    if version >= (3, 0):
        return ThinkingControl(levels=_levels(version, name))
    if version == (2, 5):
        if "pro" in name:
            return ThinkingControl(least=128, most=32768)
        return ThinkingControl(least=512 if "lite" in name else 1, most=24576, can_stop=True)
    # `gemini-flash-latest` and its like always name a current, thinking model.
    return ThinkingControl() if "gemini-" in name and name.endswith("latest") else None


def thinking_config(body: JsonObject, model: str, left_out: list[str]) -> JsonObject:
    """The `thinkingConfig` for a request; empty when the model's default is meant."""
    thinking = body.get("thinking") if isinstance(body.get("thinking"), dict) else {}
    kind = thinking.get("type") if thinking else None
    wanted = kind in ("enabled", "adaptive")
    control = control_of(model)
    if control is None:
        if wanted or effort_of(body):
            left_out.append("thinking")
        return {}
    config: JsonObject = {}
    if wanted and thinking and thinking.get("display") != "omitted":
        config["includeThoughts"] = True
    if control.levels:
        if level := _level(body, kind, control.levels):
            config["thinkingLevel"] = level
    elif control.most and (budget := _budget(body, kind, control)) is not None:
        config["thinkingBudget"] = budget
    return config


def _levels(version: tuple[int, int], name: str) -> tuple[str, ...]:
    if "pro" in name:
        return ("low", "high") if version == (3, 0) else ("low", "medium", "high")
    # `minimal` belongs to the small models, and is gone from 3.7 on.
    return _ORDER if version < (3, 7) or (version[0] == 3 and "lite" in name) else _ORDER[1:]


def _level(body: JsonObject, kind: object, levels: tuple[str, ...]) -> str:
    if kind == "disabled":
        return levels[0]
    effort = effort_of(body)
    if not effort:
        return ""
    return next((level for level in levels if _ORDER.index(level) >= _ORDER.index(effort)), levels[-1])


def _budget(body: JsonObject, kind: object, control: ThinkingControl) -> int | None:
    if kind == "disabled":
        return 0 if control.can_stop else control.least
    tokens = body["thinking"].get("budget_tokens") if kind == "enabled" else None
    if isinstance(tokens, int):
        return max(control.least, min(tokens, control.most))
    if effort := effort_of(body):
        return max(control.least, _BUDGETS[effort]) if effort in _BUDGETS else _DYNAMIC
    return _DYNAMIC if kind == "adaptive" else None
