"""Under which names a price is looked for."""

from __future__ import annotations

import pytest

from ccr_proxy.config.schema import Provider
from ccr_proxy.usage.price_names import spellings, vendor_of


@pytest.mark.parametrize(
    ("address", "vendor"),
    [
        ("https://api.anthropic.com/v1/messages", "anthropic"),
        ("https://API.OpenAI.com/v1/chat/completions", "openai"),
        ("https://dashscope-intl.aliyuncs.com/compatible-mode/v1/chat/completions", "dashscope"),
        ("https://openrouter.ai/api/v1/chat/completions", "openrouter"),
        ("https://api.z.ai/api/anthropic/v1/messages", "zai"),
        ("https://api.openai.com.example.com/v1", ""),
        ("https://notopenrouter.ai/v1", ""),
        ("http://127.0.0.1:11434/v1/chat/completions", ""),
    ],
)
def test_the_address_says_whose_prices_count_and_not_the_name(address: str, vendor: str) -> None:
    assert vendor_of(Provider(name="openai", api_base_url=address, api_key="k")) == vendor


@pytest.mark.parametrize(
    ("model", "last"),
    [
        ("claude-sonnet-5-5[1m]", "claude-sonnet-5-5"),
        ("claude-haiku-4-5-20251001", "claude-haiku-4-5"),
        ("claude-haiku-4-5@20251001", "claude-haiku-4-5"),
        ("gpt-5-mini-2025-08-07", "gpt-5-mini"),
        ("mistral-large-latest", "mistral-large"),
        ("models/Gemini-2.5-Pro", "gemini-2.5-pro"),
        ("qwen3-235b-a22b", "qwen3-235b-a22b"),
        ("anthropic/claude-sonnet-4.5", "anthropic/claude-sonnet-4.5"),
        ("meta/llama-4:free", "meta/llama-4:free"),
        ("model-20", "model-20"),
    ],
)
def test_what_does_not_change_the_price_is_taken_off_last(model: str, last: str) -> None:
    names = list(spellings(model))
    assert (names[0], names[-1]) == (model.lower(), last)
