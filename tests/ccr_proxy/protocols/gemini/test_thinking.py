"""How much each generation of Gemini is asked to think."""

from __future__ import annotations

from typing import Any

import pytest

from ccr_proxy.protocols.gemini.thinking import control_of, generation, thinking_config

OFF = {"thinking": {"type": "disabled"}}
ADAPTIVE = {"thinking": {"type": "adaptive"}}


def enabled(budget: int) -> dict[str, Any]:
    return {"thinking": {"type": "enabled", "budget_tokens": budget}}


def effort(word: str, thinking: dict[str, Any] = ADAPTIVE) -> dict[str, Any]:
    return {**thinking, "output_config": {"effort": word}}


def test_generations_are_read_from_names() -> None:
    names = [
        "gemini-3-pro-preview",
        "google/Gemini-2.5-flash",
        "gemini-3.1-flash-lite",
        "gemini-flash-latest",
        "gemma-3",
    ]
    assert [generation(name) for name in names] == [(3, 0), (2, 5), (3, 1), (0, 0), (0, 0)]


@pytest.mark.parametrize(
    ("model", "body", "expected"),
    [
        ("gemini-3-pro-preview", OFF, {"thinkingLevel": "low"}),
        ("gemini-3-pro-preview", effort("medium"), {"includeThoughts": True, "thinkingLevel": "high"}),
        ("gemini-3.1-pro-preview", effort("medium"), {"includeThoughts": True, "thinkingLevel": "medium"}),
        ("gemini-3-flash-preview", OFF, {"thinkingLevel": "minimal"}),
        ("gemini-3.8-flash", OFF, {"thinkingLevel": "low"}),
        ("gemini-3-flash-preview", ADAPTIVE, {"includeThoughts": True}),
        ("gemini-3-flash-preview", effort("max"), {"includeThoughts": True, "thinkingLevel": "high"}),
        ("gemini-3-flash-preview", enabled(2000), {"includeThoughts": True, "thinkingLevel": "low"}),
        ("gemini-3-flash-preview", effort("low", {}), {"thinkingLevel": "low"}),
        ("gemini-2.5-pro", OFF, {"thinkingBudget": 128}),
        ("gemini-2.5-pro", enabled(100_000), {"includeThoughts": True, "thinkingBudget": 32768}),
        ("gemini-2.5-pro", ADAPTIVE, {"includeThoughts": True, "thinkingBudget": -1}),
        ("gemini-2.5-flash", OFF, {"thinkingBudget": 0}),
        ("gemini-2.5-flash", enabled(31999), {"includeThoughts": True, "thinkingBudget": 24576}),
        ("gemini-2.5-flash", effort("high"), {"includeThoughts": True, "thinkingBudget": -1}),
        ("gemini-2.5-flash", effort("low"), {"includeThoughts": True, "thinkingBudget": 1024}),
        ("gemini-2.5-flash-lite", enabled(100), {"includeThoughts": True, "thinkingBudget": 512}),
        ("gemini-2.5-flash", {}, {}),
        ("gemini-3-pro-preview", {}, {}),
        ("gemini-flash-latest", effort("high"), {"includeThoughts": True}),
        ("gemini-2.5-pro", {"thinking": {"type": "adaptive", "display": "omitted"}}, {"thinkingBudget": -1}),
    ],
)
def test_the_wish_is_fitted_to_the_model(model: str, body: dict[str, Any], expected: dict[str, Any]) -> None:
    left_out: list[str] = []
    assert thinking_config(body, model, left_out) == expected
    assert left_out == []


@pytest.mark.parametrize("model", ["gemini-2.0-flash", "gemini-1.5-pro", "gemma-3-27b-it", "gemini-2.5-flash-image"])
def test_models_that_do_not_think_are_not_asked_to(model: str) -> None:
    left_out: list[str] = []
    assert control_of(model) is None
    assert thinking_config(effort("high"), model, left_out) == {}
    assert left_out == ["thinking"]
    assert thinking_config(OFF, model, []) == {}
