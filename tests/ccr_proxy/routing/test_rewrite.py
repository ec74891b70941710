"""A rule's changes to a request."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ccr_proxy.config.problems import Findings
from ccr_proxy.config.rewrites import NO_REWRITES, parse_rewrites
from ccr_proxy.routing.rewrite import rewritten

BODY: dict[str, Any] = {
    "model": "m",
    "max_tokens": 32000,
    "messages": [{"role": "user", "content": "hi"}],
    "system": [{"type": "text", "text": "You are.", "cache_control": {"type": "ephemeral"}}],
    "tools": [{"name": "Bash"}, {"name": "WebFetch"}, {"name": "WebSearch"}],
    "tool_choice": {"type": "tool", "name": "WebSearch"},
    "thinking": {"type": "adaptive"},
    "output_config": {"effort": "high", "format": {"type": "json_schema"}},
}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"max_tokens": 8000}, {"max_tokens": 8000}),
        ({"temperature": 0, "top_p": 0.5}, {"temperature": 0, "top_p": 0.5}),
        ({"effort": "low"}, {"output_config": {"effort": "low", "format": {"type": "json_schema"}}}),
        ({"thinking": "disabled"}, {"thinking": {"type": "disabled"}}),
        ({"thinking": 2048}, {"thinking": {"type": "enabled", "budget_tokens": 2048}}),
        (
            {"thinking": 64000, "max_tokens": 4096},
            {"max_tokens": 4096, "thinking": {"type": "enabled", "budget_tokens": 4095}},
        ),
        ({"thinking": 2048, "max_tokens": 1000}, {"max_tokens": 1000, "thinking": {"type": "disabled"}}),
        ({"system_append": "In German."}, {"system": [*BODY["system"], {"type": "text", "text": "In German."}]}),
        ({"without_tools": "WebF*"}, {"tools": [{"name": "Bash"}, {"name": "WebSearch"}]}),
        ({"without_tools": "Web*"}, {"tools": [{"name": "Bash"}], "tool_choice": None}),
        ({"without_tools": "*"}, {"tools": None, "tool_choice": None}),
    ],
)
def test_only_what_is_named_changes_and_only_in_a_copy(changes: dict[str, Any], expected: dict[str, Any]) -> None:
    before = copy.deepcopy(BODY)
    findings = Findings()
    result = rewritten(BODY, parse_rewrites(changes, (), findings))
    assert findings.found == []
    assert result == {key: value for key, value in {**BODY, **expected}.items() if value is not None}
    assert before == BODY
    assert result["messages"] is BODY["messages"]


@pytest.mark.parametrize("system", [None, "", "Text."])
def test_a_text_is_appended_to_any_system_prompt(system: str | None) -> None:
    result = rewritten({"system": system}, parse_rewrites({"system_append": "More."}, (), Findings()))
    assert [block["text"] for block in result["system"]] == [*([system] if system else []), "More."]


def test_no_changes_give_the_body_itself() -> None:
    assert rewritten(BODY, NO_REWRITES) is BODY


def test_bodies_of_any_shape() -> None:
    odd = {"tools": [5, {"name": "Bash"}], "thinking": 5, "output_config": [], "max_tokens": "x", "tool_choice": 1}
    changes = parse_rewrites({"without_tools": "Bash", "effort": "low"}, (), Findings())
    assert rewritten(odd, changes)["tools"] == [5]
