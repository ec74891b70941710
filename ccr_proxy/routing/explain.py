"""A decision in words, for `ccr explain` and the trace of a request."""

from __future__ import annotations

from ccr_proxy.routing.decision import Considered, Decision
from ccr_proxy.routing.facts import Facts

_MARKS = {"chosen": "→", "passed": "·", "inactive": "!", "unknown": "?", "note": "!"}


def explanation_lines(facts: Facts, decision: Decision) -> tuple[str, ...]:
    """The facts, the steps in order, and the outcome: one line each, no line breaks within."""
    lines = [*fact_lines(facts), *map(_step_line, decision.explanation), *_outcome_lines(decision)]
    return tuple("".join(character if character.isprintable() else " " for character in line) for line in lines)


def fact_lines(facts: Facts) -> tuple[str, ...]:
    """What was read from the request, one fact a line."""
    counts = facts.token_counts
    lines = [
        f"model asked for: {facts.model or '(none)'}",
        f"tokens: {facts.tokens:,} ({min(counts):,.0f} to {max(counts):,.0f}, by tokenizer)",
        f"thinking: {facts.thinking.value}" + (f" ({facts.thinking_cue})" if facts.thinking_cue else ""),
        f"effort: {facts.effort or '(none)'}",
        f"tools: {len(facts.tools)}" + (", with web search" if facts.has_web_search else ""),
        f"images: {'in the last turn' if facts.image_in_last_turn else 'earlier' if facts.has_image else 'none'}",
        f"session: {facts.session_id or '(none)'}",
    ]
    if facts.plan_mode:
        lines.append("plan mode: on")
    if facts.background:
        lines.append(f"background: {facts.background.value}")
    if facts.is_subagent:
        lines.append("sub-agent: yes")
    if facts.subagent_model:
        lines.append(f"CCR-SUBAGENT-MODEL: {facts.subagent_model}")
    return tuple(lines)


def _step_line(step: Considered) -> str:
    return f"{_MARKS[step.outcome]} {step}"


def _outcome_lines(decision: Decision) -> list[str]:
    own = " | ".join(
        f"{target}" + (f" ×{weight:g}" if decision.strategy == "weighted" else "")
        for target, weight in zip(decision.own_targets, decision.weights, strict=True)
    )
    lines = [f"route: {decision.reason}", f"targets ({decision.strategy}): {own}"]
    if decision.reserves:
        lines.append(f"fallback, in order: {', '.join(map(str, decision.reserves))}")
    if decision.rewrites:
        changes = {name: getattr(decision.rewrites, name) for name in decision.rewrites.__slots__}
        told = (f"{name} = {_told(value)}" for name, value in changes.items() if value not in (None, ()))
        lines.append(f"changes: {', '.join(told)}")
    return lines


def _told(value: object) -> str:
    return " or ".join(map(str, value)) if isinstance(value, tuple) else str(value)
