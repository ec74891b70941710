"""Tools and tool choice of a chat request."""

from __future__ import annotations

from typing import Any

import pytest

from ccr_proxy.errors import ClientFault
from ccr_proxy.protocols.inbound.openai_chat.tools import add_tools

Json = dict[str, Any]
PARAMETERS: Json = {"type": "object", "properties": {"a": {"type": "string"}}}
F: Json = {"type": "function", "function": {"name": "f", "description": "Does f.", "parameters": PARAMETERS}}
G: Json = {"type": "function", "function": {"name": "g", "strict": True}}
HUB_F = {"name": "f", "description": "Does f.", "input_schema": PARAMETERS}
HUB_G = {"name": "g", "input_schema": {"type": "object", "properties": {}}, "strict": True}


def read(**body: Any) -> Json:
    request: Json = {}
    add_tools(request, body)
    return request


def test_functions() -> None:
    assert read(tools=[F, G]) == {"tools": [HUB_F, HUB_G]}


def test_no_tools_no_choice() -> None:
    assert read(tools=[], tool_choice="auto", parallel_tool_calls=False) == {}


@pytest.mark.parametrize(
    ("wanted", "choice"),
    [
        ({"tool_choice": "auto"}, {"type": "auto"}),
        ({"tool_choice": "none"}, {"type": "none"}),
        ({"tool_choice": "required"}, {"type": "any"}),
        ({"tool_choice": {"type": "function", "function": {"name": "f"}}}, {"type": "tool", "name": "f"}),
        ({"tool_choice": {"type": "custom", "custom": {"name": "p"}}}, {"type": "tool", "name": "p"}),
        ({"parallel_tool_calls": False}, {"type": "auto", "disable_parallel_tool_use": True}),
        ({"parallel_tool_calls": False, "tool_choice": "none"}, {"type": "none"}),
        ({"parallel_tool_calls": True, "tool_choice": "required"}, {"type": "any"}),
    ],
)
def test_choices(wanted: Json, choice: Json) -> None:
    assert read(tools=[F, G], **wanted)["tool_choice"] == choice


def test_a_choice_among_some_tools_takes_the_others_away() -> None:
    allowed = {"mode": "required", "tools": [{"type": "function", "function": {"name": "g"}}]}
    request = read(tools=[F, G], tool_choice={"type": "allowed_tools", "allowed_tools": allowed})
    assert request == {"tools": [HUB_G], "tool_choice": {"type": "any"}}


def test_the_old_form_calls_one_function_at_a_time() -> None:
    request = read(functions=[F["function"]], function_call={"name": "f"})
    choice = {"type": "tool", "name": "f", "disable_parallel_tool_use": True}
    assert request == {"tools": [HUB_F], "tool_choice": choice}


def test_free_text_tools_tell_their_grammar() -> None:
    grammar = {"type": "grammar", "grammar": {"syntax": "lark", "definition": "start: X"}}
    (tool,) = read(tools=[{"type": "custom", "custom": {"name": "p", "format": grammar}}])["tools"]
    assert tool["input_schema"]["required"] == ["input"]
    assert tool["input_schema"]["properties"]["input"]["description"].endswith("lark grammar:\nstart: X")


def test_web_search() -> None:
    place = {"type": "approximate", "approximate": {"city": "Graz", "country": "AT"}}
    (tool,) = read(web_search_options={"search_context_size": "low", "user_location": place})["tools"]
    assert tool == {
        "type": "web_search_20250305",
        "name": "web_search",
        "user_location": {"type": "approximate", "city": "Graz", "country": "AT"},
    }


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"tools": [{"type": "retrieval"}]}, "tools[0].type"),
        ({"tools": [{"type": "function", "function": {}}]}, "tools[0].function.name"),
        ({"tools": [{"type": "function", "function": {"name": "f", "parameters": 5}}]}, "tools[0].function.parameters"),
        ({"tools": [{"type": "function"}]}, "tools[0].function"),
        ({"tools": [F], "tool_choice": "always"}, "tool_choice"),
        ({"tools": [F], "tool_choice": {"type": "function"}}, "tool_choice.name"),
        ({"tools": [F], "tool_choice": {"type": "allowed_tools", "allowed_tools": {"tools": []}}}, "tool_choice"),
    ],
)
def test_refusals_name_the_place(body: Json, field: str) -> None:
    with pytest.raises(ClientFault) as raised:
        read(**body)
    assert raised.value.message.split(": ")[0] == field
