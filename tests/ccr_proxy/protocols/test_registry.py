"""Which protocol a provider speaks: by hand, by Claude Code Router's transformer names, by the URL."""

from __future__ import annotations

import pytest

from ccr_proxy.config.schema import Config
from ccr_proxy.protocols.registry import PROTOCOLS, protocol_of

# The providers of Claude Code Router's documented sample configuration: URL and transformers as they stand there.
SAMPLES = [
    ("openrouter", "https://openrouter.ai/api/v1/chat/completions", ["openrouter"], "openai-chat"),
    ("deepseek", "https://api.deepseek.com/chat/completions", ["deepseek"], "openai-chat"),
    ("ollama", "http://localhost:11434/v1/chat/completions", [], "openai-chat"),
    ("gemini", "https://generativelanguage.googleapis.com/v1beta/models/", ["gemini"], "gemini"),
    ("volcengine", "https://ark.cn-beijing.volces.com/api/v3/chat/completions", ["deepseek"], "openai-chat"),
    ("modelscope", "https://api-inference.modelscope.cn/v1/chat/completions", ["enhancetool"], "openai-chat"),
    ("dashscope", "https://dashscope.aliyuncs.com/compatible-mode/v1/chat/completions", ["maxtoken"], "openai-chat"),
    ("aihubmix", "https://aihubmix.com/v1/chat/completions", ["openai"], "openai-chat"),
    ("anthropic", "https://api.anthropic.com/v1", [], "anthropic"),
    ("gemini-base", "https://generativelanguage.googleapis.com/v1beta", [], "gemini"),
]


@pytest.mark.parametrize(("name", "url", "transformers", "protocol"), SAMPLES)
def test_documented_sample_configurations(name: str, url: str, transformers: list[str], protocol: str) -> None:
    entry = {"name": name, "api_base_url": url, "api_key": "k", "models": ["m"], "transformer": {"use": transformers}}
    (provider,) = Config.model_validate({"Providers": [entry]}).providers
    uses = (use.name for use in provider.transformer.use)
    assert protocol_of(provider.protocol, uses, provider.api_base_url) == protocol


@pytest.mark.parametrize(
    ("configured", "transformers", "url", "protocol"),
    [
        ("openai-responses", ["anthropic"], "https://x/v1/messages", "openai-responses"),
        ("demo", [], "http://demo.invalid", "openai-chat"),
        (None, ["Anthropic"], "https://x/v1/chat/completions", "anthropic"),
        (None, ["openai-responses"], "https://x", "openai-responses"),
        (None, ["vertex-gemini"], "https://x", "vertex-gemini"),
        (None, ["maxtoken", "gemini"], "https://x", "gemini"),
        (None, [], "https://api.anthropic.com", "anthropic"),
        (None, [], "https://api.anthropic.com/v1/messages?beta=true", "anthropic"),
        (None, [], "https://api.deepseek.com/anthropic", "anthropic"),
        (None, [], "https://api.deepseek.com/anthropic/v1/messages", "anthropic"),
        (None, [], "https://open.bigmodel.cn/api/anthropic/v1", "anthropic"),
        (None, [], "https://api.openai.com/v1/responses", "openai-responses"),
        (None, [], "https://generativelanguage.googleapis.com/v1beta/openai/", "openai-chat"),
        (None, [], "https://generativelanguage.googleapis.com/v1beta/openai/chat/completions", "openai-chat"),
        (
            None,
            [],
            "https://x-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/google/models",
            "vertex-gemini",
        ),
        (None, [], "http://localhost:1234/v1", "openai-chat"),
        (None, [], "", "openai-chat"),
    ],
)
def test_recognition(configured: str | None, transformers: list[str], url: str, protocol: str) -> None:
    assert protocol_of(configured, transformers, url) == protocol


def test_every_protocol_stands_under_its_own_name() -> None:
    assert PROTOCOLS
    assert all(name == protocol.name for name, protocol in PROTOCOLS.items())
