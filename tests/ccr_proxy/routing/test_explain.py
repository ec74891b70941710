"""A decision in words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ccr_proxy.config.schema import Config
from ccr_proxy.routing.circumstances import Circumstances
from ccr_proxy.routing.decide import decide
from ccr_proxy.routing.explain import explanation_lines, fact_lines
from ccr_proxy.routing.facts import facts_of
from ccr_proxy.routing.token_estimate import TokenCounter

CONFIG = Config.model_validate(
    {
        "Providers": [{"name": "p", "api_base_url": "https://p/v1", "api_key": "k", "models": ["m", "n", "o"]}],
        "Router": {
            "default": "p,m",
            "rules": [
                {"name": "typo", "when": {}, "use": "p,x"},
                {"name": "broken", "when": {"tokns": 1}, "use": "p,m"},
                {"name": "big", "when": {"tokens": {"gt": 50000}}, "use": "p,m"},
                {"name": "dear", "when": {"spend": {"gt": 5}}, "use": "p,n"},
                {
                    "name": "night",
                    "when": {"time": "22:00-06:00", "model": "claude-*"},
                    "use": [{"use": "p,n", "weight": 3}, {"use": "p,m", "weight": 1}],
                    "set": {"max_tokens": 8000, "without_tools": ["Web*", "mcp__*"]},
                },
                {"name": "never reached", "when": {}, "use": "p,m"},
            ],
        },
        "fallback": {"default": ["p,o"]},
    }
)
BODY: dict[str, Any] = {
    "model": "claude-opus-4-8",
    "messages": [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "hi"}]}],
    "tools": [{"name": "Bash"}, {"type": "web_search_20250305", "name": "web_search"}],
    "thinking": {"type": "adaptive"},
    "output_config": {"effort": "high"},
    "metadata": {"user_id": "user_session_abc"},
}


def test_every_step_is_told_with_its_reason() -> None:
    facts = facts_of(BODY, {"x-claude-code-agent-id": "1"}, TokenCounter())
    decision = decide(facts, CONFIG, Circumstances(now=datetime(2026, 1, 5, 23, tzinfo=UTC)))
    lines = list(explanation_lines(facts, decision))
    assert lines[1].startswith(f"tokens: {facts.tokens:,} (")
    del lines[1]
    assert lines == [
        "model asked for: claude-opus-4-8",
        "thinking: offered",
        "effort: high",
        "tools: 2, with web search",
        "images: in the last turn",
        "session: abc",
        "sub-agent: yes",
        "· explicit: passed: “claude-opus-4-8” names no provider",
        "· subagent: passed: no CCR-SUBAGENT-MODEL tag",
        "· model: passed: “claude-opus-4-8” is what the client sends when nobody chose",
        "! rule “typo”: inactive: “p,x” is no model of a configured provider",
        "! rule “broken”: inactive: Router.rules[1].when.tokns is not known here",
        f"· rule “big”: passed: {facts.tokens_for('m'):,} tokens is not > 50,000",
        "? rule “dear”: unknown: the spending per day is not known",
        "→ rule: chosen: “night”: the time is within 22:00-06:00, the model “claude-opus-4-8” fits claude-*",
        "route: rule: “night”: the time is within 22:00-06:00, the model “claude-opus-4-8” fits claude-*",
        "targets (weighted): p,n ×3 | p,m ×1",
        "fallback, in order: p,o",
        "changes: max_tokens = 8000, without_tools = Web* or mcp__*",
    ]
    assert decision.rule == "night"


def test_the_built_in_routes_are_told_too() -> None:
    facts = facts_of({"model": "claude-opus-4-8", "messages": []}, {}, TokenCounter())
    config = Config.model_validate(
        {
            "Providers": [CONFIG.providers[0]],
            "Router": {"default": ["p,m", "q,x"], "think": "p,n", "longContext": "p,o"},
        }
    )
    steps = [str(step) for step in decide(facts, config).explanation]
    assert steps[3:] == [
        "image: passed: Router.image is not set",
        "webSearch: passed: Router.webSearch is not set",
        "background: passed: Router.background is not set",
        "think: passed: thinking is none, nothing asks for it",
        "default: note: “q,x” names no model of a configured provider",
        f"longContext: passed: {facts.tokens_for('m'):,} tokens ≤ longContextThreshold 60,000",
        "default: chosen: no other route applies",
    ]


def test_lines_stay_lines_whatever_names_hold() -> None:
    facts = facts_of({"model": "a\n\x1b[31mb", "messages": []}, {}, TokenCounter())
    lines = explanation_lines(facts, decide(facts, CONFIG))
    assert all(line.isprintable() for line in lines)
    assert "model asked for: a\n\x1b[31mb" in fact_lines(facts)
