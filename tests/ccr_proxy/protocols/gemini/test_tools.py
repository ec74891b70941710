"""Tools and tool choice."""

from __future__ import annotations

from typing import Any

import pytest

from ccr_proxy.errors import ClientFault
from ccr_proxy.protocols.gemini.tools import add_tools, search_limits

BASH = {
    "name": "Bash",
    "description": "Runs a command.",
    "input_schema": {"$schema": "x", "type": "object", "properties": {"command": {"type": "string"}}},
}
SEARCH = {"type": "web_search_20250305", "name": "web_search", "max_uses": 8}


def added(body: dict[str, Any], model: str = "gemini-2.5-flash", *, vertex: bool = False) -> tuple[Any, list[str]]:
    request: dict[str, Any] = {}
    left_out: list[str] = []
    add_tools(request, body, model, left_out, vertex=vertex)
    return request, left_out


def test_functions_are_declared_in_the_subset() -> None:
    request, _ = added({"tools": [BASH, {"type": "custom", "name": "now"}]})
    parameters = {"type": "object", "properties": {"command": {"type": "string"}}}
    empty = {"type": "object", "properties": {}}
    assert request == {
        "tools": [
            {
                "functionDeclarations": [
                    {"name": "Bash", "description": "Runs a command.", "parametersJsonSchema": parameters},
                    {"name": "now", "parametersJsonSchema": empty},
                ]
            }
        ]
    }


@pytest.mark.parametrize("tools", [[], None])
def test_without_tools_nothing_is_said(tools: object) -> None:
    assert added({"tools": tools, "tool_choice": {"type": "auto"}}) == ({}, [])


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({"type": "auto"}, {"mode": "AUTO"}),
        ({"type": "any"}, {"mode": "ANY"}),
        ({"type": "none"}, {"mode": "NONE"}),
        ({"type": "tool", "name": "Bash"}, {"mode": "ANY", "allowedFunctionNames": ["Bash"]}),
    ],
)
def test_tool_choice(choice: dict[str, Any], expected: dict[str, Any]) -> None:
    request, left_out = added({"tools": [BASH], "tool_choice": choice})
    assert request["toolConfig"] == {"functionCallingConfig": expected}
    assert left_out == []


def test_parallel_calls_cannot_be_forbidden() -> None:
    choice = {"type": "auto", "disable_parallel_tool_use": True}
    assert added({"tools": [BASH], "tool_choice": choice})[1] == ["tool_choice.disable_parallel_tool_use"]


def test_a_choice_of_a_tool_that_is_not_there_is_named() -> None:
    with pytest.raises(ClientFault, match=r"tool_choice\.name.*'Read'"):
        added({"tools": [BASH], "tool_choice": {"type": "tool", "name": "Read"}})


def test_web_search_is_google_search_and_cannot_be_forced() -> None:
    request, left_out = added({"tools": [SEARCH], "tool_choice": {"type": "tool", "name": "web_search"}})
    assert request == {"tools": [{"googleSearch": {}}]}
    assert left_out == ["tools.max_uses", "tool_choice"]


def test_domains_are_told_in_words() -> None:
    tool = {**SEARCH, "allowed_domains": ["a.example", "b.example"], "blocked_domains": ["c.example"]}
    allowed, blocked = search_limits({"tools": [BASH, tool]})
    assert "a.example, b.example" in allowed
    assert "c.example" in blocked
    assert search_limits({"tools": [BASH, SEARCH]}) == search_limits({}) == []


def test_search_beside_functions_only_where_the_model_can() -> None:
    body = {"tools": [BASH, SEARCH]}
    with pytest.raises(ClientFault, match="cannot search the web"):
        added(body)
    request, _ = added(body, "gemini-3-flash-preview")
    assert request["toolConfig"] == {"includeServerSideToolInvocations": True}
    assert [list(tool) for tool in request["tools"]] == [["functionDeclarations"], ["googleSearch"]]
    assert "toolConfig" not in added(body, "gemini-3-flash-preview", vertex=True)[0]


@pytest.mark.parametrize(
    "kind", ["web_fetch_20250910", "code_execution_20250825", "bash_20250124", "computer_20250124"]
)
def test_tools_that_only_anthropic_has_are_refused_by_name(kind: str) -> None:
    with pytest.raises(ClientFault, match=rf"tools\[1\]\.type.*{kind}") as caught:
        added({"tools": [BASH, {"type": kind, "name": "x"}]})
    assert caught.value.status == 400
