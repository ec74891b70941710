"""Tools and tool choice of a Responses request."""

from __future__ import annotations

from typing import Any

import pytest

from ccr_proxy.errors import ClientFault
from ccr_proxy.protocols.inbound.client_tools import ClientTool
from ccr_proxy.protocols.inbound.openai_responses.tools import add_tools, client_tools

Json = dict[str, Any]
PARAMETERS: Json = {"type": "object", "properties": {"a": {"type": "string"}}}
F: Json = {"type": "function", "name": "f", "description": "Does f.", "parameters": PARAMETERS, "strict": False}
G: Json = {"type": "function", "name": "g", "parameters": PARAMETERS, "strict": True}
HUB_F = {"name": "f", "description": "Does f.", "input_schema": PARAMETERS}
HUB_G = {"name": "g", "input_schema": PARAMETERS, "strict": True}
PATCH: Json = {
    "type": "custom",
    "name": "apply_patch",
    "description": "Edits files.",
    "format": {"type": "grammar", "syntax": "lark", "definition": "start: X"},
}
NAMESPACE: Json = {"type": "namespace", "name": "mcp__files", "description": "", "tools": [F, PATCH]}


def read(**body: Any) -> Json:
    request: Json = {}
    add_tools(request, body)
    return request


def test_functions() -> None:
    assert read(tools=[F, G]) == {"tools": [HUB_F, HUB_G]}


def test_no_tools_no_choice() -> None:
    assert read(tools=[], tool_choice="auto", parallel_tool_calls=False) == {}


def test_free_text_tools_become_functions_with_one_string() -> None:
    (tool,) = read(tools=[PATCH])["tools"]
    schema = tool["input_schema"]
    assert (tool["name"], tool["description"]) == ("apply_patch", "Edits files.")
    assert (list(schema["properties"]), schema["required"]) == (["input"], ["input"])
    assert schema["properties"]["input"]["description"].endswith("lark grammar:\nstart: X")


def test_tools_of_a_namespace_carry_its_name() -> None:
    tools = read(tools=[NAMESPACE, {"type": "local_shell"}])["tools"]
    assert [tool["name"] for tool in tools] == ["mcp__files__f", "mcp__files__apply_patch", "local_shell"]


def test_the_client_gets_its_own_names_back() -> None:
    assert client_tools({"tools": [F, NAMESPACE, {"type": "local_shell"}, {"type": "web_search"}]}) == {
        "f": ClientTool("function", "f"),
        "mcp__files__f": ClientTool("function", "f", "mcp__files"),
        "mcp__files__apply_patch": ClientTool("custom", "apply_patch", "mcp__files"),
        "local_shell": ClientTool("local_shell", "local_shell"),
    }
    assert client_tools({}) == {}


@pytest.mark.parametrize("kind", ["web_search", "web_search_preview", "web_search_2025_08_26"])
def test_web_search(kind: str) -> None:
    tool = {
        "type": kind,
        "filters": {"allowed_domains": ["a.example"]},
        "user_location": {"type": "approximate", "city": "Graz", "region": None},
        "search_context_size": "low",
    }
    assert read(tools=[tool], max_tool_calls=3)["tools"] == [
        {
            "type": "web_search_20250305",
            "name": "web_search",
            "allowed_domains": ["a.example"],
            "user_location": {"type": "approximate", "city": "Graz"},
            "max_uses": 3,
        }
    ]


def test_a_search_that_must_not_touch_the_web_is_not_offered() -> None:
    assert read(tools=[F, {"type": "web_search", "external_web_access": False}]) == {"tools": [HUB_F]}


@pytest.mark.parametrize(
    ("wanted", "choice"),
    [
        ({"tool_choice": "auto"}, {"type": "auto"}),
        ({"tool_choice": "none", "parallel_tool_calls": False}, {"type": "none"}),
        ({"tool_choice": "required"}, {"type": "any"}),
        ({"tool_choice": {"type": "function", "name": "f"}}, {"type": "tool", "name": "f"}),
        ({"tool_choice": {"type": "custom", "name": "p"}}, {"type": "tool", "name": "p"}),
        ({"tool_choice": {"type": "web_search"}}, {"type": "tool", "name": "web_search"}),
        ({"parallel_tool_calls": False}, {"type": "auto", "disable_parallel_tool_use": True}),
    ],
)
def test_choices(wanted: Json, choice: Json) -> None:
    assert read(tools=[F, G], **wanted)["tool_choice"] == choice


def test_a_choice_among_some_tools_takes_the_others_away() -> None:
    choice = {"type": "allowed_tools", "mode": "required", "tools": [{"type": "function", "name": "g"}]}
    assert read(tools=[F, G], tool_choice=choice) == {"tools": [HUB_G], "tool_choice": {"type": "any"}}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"tools": [{"type": "code_interpreter"}]}, "tools[0].type"),
        ({"tools": [F, {"type": "mcp"}]}, "tools[1].type"),
        ({"tools": [{"type": "namespace", "name": "n", "tools": [{"type": "mcp"}]}]}, "tools[0].tools[0].type"),
        ({"tools": [{"type": "function"}]}, "tools[0].name"),
        ({"tools": ["f"]}, "tools[0]"),
        ({"tools": [F], "tool_choice": "always"}, "tool_choice"),
        ({"tools": [F], "tool_choice": {"type": "mcp"}}, "tool_choice.type"),
        ({"tools": [F], "tool_choice": {"type": "allowed_tools", "tools": []}}, "tool_choice.tools"),
    ],
)
def test_refusals_name_the_place(body: Json, field: str) -> None:
    with pytest.raises(ClientFault) as raised:
        read(**body)
    assert raised.value.message.split(": ")[0] == field
