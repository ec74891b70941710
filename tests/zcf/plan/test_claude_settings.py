"""Claude Code's settings.json: which of our keys go where, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ccr_proxy.config.document import parse
from zcf.facts import ShellFacts
from zcf.plan.claude_settings import EditedSettings, edited

URL, KEY = "http://127.0.0.1:3456", "our-key"
OURS = {"ANTHROPIC_BASE_URL": URL, "ANTHROPIC_AUTH_TOKEN": KEY}
PROXY = {"proxy": True}

CASES: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any], str | None]] = {
    "nothing there": ({}, {}, OURS, None),
    "a token of theirs": ({"ANTHROPIC_AUTH_TOKEN": "x", "A": "1"}, {}, {**OURS, "A": "1"}, None),
    "an api key of theirs": (
        {"ANTHROPIC_API_KEY": "x"}, {}, {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": URL}, KEY
    ),
    "both": ({"ANTHROPIC_API_KEY": "x", "ANTHROPIC_AUTH_TOKEN": "y"}, {}, OURS, None),
    "an empty api key": ({"ANTHROPIC_API_KEY": ""}, {}, {"ANTHROPIC_API_KEY": "", **OURS}, None),
    "an api key in the shell": ({}, {"api_key": "sk-ant"}, {**OURS, "ANTHROPIC_API_KEY": ""}, None),
    "a proxy in the shell": ({}, PROXY, {**OURS, "NO_PROXY": "127.0.0.1"}, None),
    "a proxy and exceptions": ({}, {**PROXY, "no_proxy": "a.b"}, {**OURS, "NO_PROXY": "a.b,127.0.0.1"}, None),
    "a proxy and we are excepted": ({}, {**PROXY, "no_proxy": "x, 127.0.0.1"}, OURS, None),
    "a proxy in the settings": (
        {"HTTP_PROXY": "p", "no_proxy": "c"}, {}, {"HTTP_PROXY": "p", "no_proxy": "c,127.0.0.1", **OURS}, None
    ),
}  # fmt: skip


def edit(settings: dict[str, Any], **shell: Any) -> EditedSettings:
    return edited(parse(json.dumps(settings), "settings.json"), URL, KEY, ShellFacts(**shell))


@pytest.mark.parametrize(("env", "shell", "expected", "approve"), CASES.values(), ids=CASES.keys())
def test_the_env_block(
    env: dict[str, Any], shell: dict[str, Any], expected: dict[str, Any], approve: str | None
) -> None:
    result = edit({"env": env, "theme": "dark"}, **shell)
    assert result.document.value == {"env": expected, "theme": "dark"}
    assert result.key_to_approve == approve
    again = edited(result.document, URL, KEY, ShellFacts(**shell))
    assert again.document.text == result.document.text


@pytest.mark.parametrize(
    ("settings", "sentences"),
    [
        ({"apiKeyHelper": "x.sh"}, ["settings.api_key_helper"]),
        ({"env": {"CLAUDE_CODE_USE_BEDROCK": "1"}}, ["settings.cloud_switch"]),
        ({"env": {"CLAUDE_CODE_USE_BEDROCK": "0"}}, []),
        ({"env": {"ANTHROPIC_MODEL": "deepseek-chat"}, "model": "gpt-5"}, ["settings.model_variable"] * 2),
        ({"env": {"ANTHROPIC_MODEL": "openai,gpt-5"}, "model": "opus[1m]"}, []),
        ({"env": {"ANTHROPIC_MODEL": "claude-opus-4-8"}, "model": "sonnet"}, []),
    ],
)
def test_what_gets_in_the_way_is_said_and_left_alone(settings: dict[str, Any], sentences: list[str]) -> None:
    result = edit(settings)
    assert [note.sentence for note in result.notices] == sentences
    assert {**result.document.value, "env": None} == {**settings, "env": None}
