"""Keys in the environment."""

from __future__ import annotations

import pytest

from zcf.facts import ShellFacts
from zcf.look.environment import found_keys, shell_facts
from zcf.presets import load_presets


@pytest.mark.parametrize(
    ("environ", "found"),
    [
        ({}, []),
        ({"OPENAI_API_KEY": " "}, []),
        ({"OPENAI_API_KEY": "k"}, [("openai", "OPENAI_API_KEY")]),
        ({"GOOGLE_API_KEY": "k"}, [("gemini", "GOOGLE_API_KEY")]),
        (
            {"KIMI_API_KEY": "k", "DEEPSEEK_API_KEY": "k"},
            [("deepseek", "DEEPSEEK_API_KEY"), ("moonshot", "KIMI_API_KEY")],
        ),
        ({"ARK_CODING_PLAN_API_KEY": "k"}, [("volcengine-coding", "ARK_CODING_PLAN_API_KEY")]),
        ({"ARK_CODING_PLAN_API_KEY": "k", "ARK_API_KEY": "k"}, [("volcengine", "ARK_API_KEY")]),
        ({"ANTHROPIC_API_KEY": "k"}, [("anthropic", "ANTHROPIC_API_KEY")]),
        ({"ANTHROPIC_API_KEY": "k", "ANTHROPIC_BASE_URL": "http://127.0.0.1:3456"}, []),
        (
            {"ANTHROPIC_API_KEY": "k", "ANTHROPIC_BASE_URL": "https://api.anthropic.com"},
            [("anthropic", "ANTHROPIC_API_KEY")],
        ),
    ],
)
def test_keys_by_priority(environ: dict[str, str], found: list[tuple[str, str]]) -> None:
    assert [(key.preset.id, key.variable) for key in found_keys(environ, load_presets())] == found


def test_the_other_keys_of_a_vendor_are_kept_for_its_variants() -> None:
    environ = {"KIMI_API_KEY": "k", "MOONSHOT_API_KEY": "k"}
    assert [(key.variable, key.also) for key in found_keys(environ, load_presets())] == [
        ("MOONSHOT_API_KEY", ("KIMI_API_KEY",))
    ]


def test_shell_facts() -> None:
    environ = {"ANTHROPIC_API_KEY": "k", "http_proxy": "p", "no_proxy": "x"}
    assert shell_facts(environ) == ShellFacts("k", True, "x")
    # Claude Code uses it for plain HTTP, too, and never looks at ALL_PROXY.
    assert shell_facts({"HTTPS_PROXY": "p"}) == ShellFacts(None, True, "")
    assert shell_facts({"ALL_PROXY": "p"}) == ShellFacts(None, False, "")
