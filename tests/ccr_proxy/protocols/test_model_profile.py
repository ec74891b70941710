"""What a model takes, from its name."""

from __future__ import annotations

import pytest

from ccr_proxy.protocols.model_profile import ModelProfile, profile_for

OPENAI_REASONING = ModelProfile(output_limit_field="max_completion_tokens", reasoning="effort", sampling=False)
REASONING_COMES_BACK = ModelProfile(reasoning_history="reasoning_content")


@pytest.mark.parametrize(
    ("model", "profile"),
    [
        ("gpt-5", OPENAI_REASONING),
        ("gpt-5.1-codex", OPENAI_REASONING),
        ("openai/gpt-5-mini", OPENAI_REASONING),
        ("gpt-6.1-sol", OPENAI_REASONING),
        ("o3-mini", OPENAI_REASONING),
        ("openai/o1", OPENAI_REASONING),
        ("gpt-4o", ModelProfile()),
        ("gpt-4.1", ModelProfile()),
        ("openai/gpt-oss-120b", ModelProfile(reasoning="effort")),
        ("deepseek-reasoner", REASONING_COMES_BACK),
        ("deepseek/deepseek-v3.2", REASONING_COMES_BACK),
        ("moonshotai/Kimi-K2-Thinking", REASONING_COMES_BACK),
        ("GLM-4.6", REASONING_COMES_BACK),
        ("qwen3-coder-plus", ModelProfile()),
        ("llama-o3-mix", ModelProfile()),
    ],
)
def test_profiles(model: str, profile: ModelProfile) -> None:
    assert profile_for(model) == profile


def test_a_configured_cap_counts() -> None:
    assert profile_for("gpt-4o", max_output_tokens=100) == ModelProfile(max_output_tokens=100)
