"""What a user is told about a `use` list."""

from __future__ import annotations

from typing import Any

import pytest

from ccr_proxy.config.schema import TransformerUse
from ccr_proxy.transformers.checks import Fault, faults_in, unknown_transformers
from ccr_proxy.transformers.registry import TRANSFORMERS


def faults(name: str, **options: Any) -> list[Fault]:
    return list(faults_in([TransformerUse("OpenAI", {}), TransformerUse(name, options)]))


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("enhance-tools", 'did you mean "enhancetool"?'),
        ("max_token", 'did you mean "maxtoken"?'),
        ("open-router", 'did you mean "openrouter"?'),
        ("gemini-cli", 'use "gemini" with an API key'),
        ("zzz", "docs/transformers.md lists them all"),
    ],
)
def test_an_unknown_name_comes_with_a_suggestion(name: str, hint: str) -> None:
    (fault,) = faults(name)
    assert (fault.index, fault.severity, fault.message) == (1, "error", f'there is no transformer "{name}"')
    assert hint in fault.hint


@pytest.mark.parametrize(
    ("name", "options", "severity", "message", "hint"),
    [
        ("maxtoken", {"max_tokens": "x"}, "error", 'transformer "maxtoken": max_tokens must be a whole number', ""),
        ("maxtoken", {"maxTokens": 5}, "warning", 'transformer "maxtoken" has no option "maxTokens"', "max_tokens"),
        ("Anthropic", {"UseBearer": "si"}, "error", 'transformer "Anthropic": UseBearer must be true or false', ""),
        ("groq", {"a": 1}, "warning", 'transformer "groq" has no option "a"', ""),
        ("vertex-openai", {"private_key": "k"}, "warning", "private_key has no effect", "access token"),
    ],
)
def test_a_useless_option_is_reported(name: str, options: Any, severity: str, message: str, hint: str) -> None:
    (fault,) = faults(name, **options)
    assert fault.severity == severity
    assert message in fault.message
    assert hint in fault.hint


def test_good_entries_have_no_faults() -> None:
    assert faults("maxtoken", max_tokens="65536") == []
    assert faults("customparams", anything={"at": "all"}) == []
    assert not any(faults(transformer.name) for transformer in TRANSFORMERS)


def test_unknown_names_alone() -> None:
    uses = [TransformerUse("maxtoken", {"a": 1}), TransformerUse("nope", {})]
    assert [fault.index for fault in unknown_transformers(uses)] == [1]
