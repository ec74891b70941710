"""The list of transformers, and the documentation that is held to it."""

from __future__ import annotations

import re
from pathlib import Path

from ccr_proxy.transformers.registry import BUILT_IN, RETIRED, TRANSFORMERS

DOCUMENT = Path(__file__).parents[3] / "docs" / "transformers.md"

# Everything that Claude Code Router 1.0.73 and 2.0.0 register.
OF_THE_ROUTER = (
    "Anthropic OpenAI gemini vertex-gemini vertex-claude vertex-openai deepseek tooluse openrouter maxtoken groq "
    "cleancache enhancetool reasoning sampling maxcompletiontokens cerebras streamoptions customparams vercel "
    "openai-responses forcereasoning extrathinktag"
).split()


def documented() -> list[tuple[str, list[str]]]:
    """Names and options of the table's rows."""
    table = DOCUMENT.read_text(encoding="utf-8").partition("## All transformers")[2].partition("\n### ")[0]
    rows = re.findall(r"^\| `([^`]+)` \| ([^|]+) \|", table, re.MULTILINE)
    return [(name, re.findall(r"`([^`]+)`", options) or [options.strip()]) for name, options in rows]


def test_every_transformer_of_the_router_is_there() -> None:
    assert sorted(transformer.name for transformer in TRANSFORMERS) == sorted(OF_THE_ROUTER)


def test_the_documentation_lists_all_of_them_with_their_options() -> None:
    expected = [
        (
            transformer.name,
            [option.name for option in transformer.options]
            or ["any request field" if transformer.takes_any_option else "–"],
        )
        for transformer in TRANSFORMERS
    ]
    assert documented() == expected


def test_no_name_is_both_there_and_retired() -> None:
    assert not BUILT_IN.keys() & RETIRED.keys()
