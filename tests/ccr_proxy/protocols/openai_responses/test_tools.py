"""Tools and tool choice in the Responses form."""

from __future__ import annotations

import pytest

from ccr_proxy.errors import ClientFault
from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.openai_responses.tools import add_tools, fits_strict_mode

PARAMETERS = {"type": "object", "properties": {"command": {"type": "string"}}, "required": ["command"]}
CLOSED = {**PARAMETERS, "additionalProperties": False}
BASH = {"name": "Bash", "description": "Runs.", "input_schema": PARAMETERS}
SEARCH = {"type": "web_search_20250305", "name": "web_search", "max_uses": 8}


def _added(*tools: JsonObject, **fields: object) -> JsonObject:
    request: JsonObject = {}
    add_tools(request, {"tools": list(tools), **fields})
    return request


def test_a_function_is_never_strict_unasked() -> None:
    function = {"type": "function", "name": "Bash", "description": "Runs.", "parameters": PARAMETERS, "strict": False}
    assert _added({**BASH, "cache_control": {"type": "ephemeral"}, "defer_loading": True}) == {"tools": [function]}
    assert _added({**BASH, "strict": True})["tools"][0]["strict"] is False
    assert _added({**BASH, "strict": True, "input_schema": CLOSED})["tools"][0]["strict"] is True


def test_a_tool_without_parameters_gets_an_empty_object() -> None:
    assert _added({"name": "Now"})["tools"][0]["parameters"] == {"type": "object", "properties": {}}


def test_web_search_is_the_providers_own() -> None:
    place = {"type": "approximate", "country": "DE"}
    request = _added({**SEARCH, "allowed_domains": ["a.example"], "user_location": place, "blocked_domains": []})
    search = {"type": "web_search", "filters": {"allowed_domains": ["a.example"]}, "user_location": place}
    assert request == {"tools": [search], "max_tool_calls": 8}


@pytest.mark.parametrize(
    ("tool", "field"),
    [
        ({"type": "code_execution_20250825", "name": "code_execution"}, r"tools\[1\]\.type: code_execution_20250825"),
        ({"type": "web_fetch_20250910", "name": "web_fetch"}, r"tools\[1\]\.type: web_fetch_20250910"),
        ({**SEARCH, "blocked_domains": ["b.example"]}, r"tools\[1\]\.blocked_domains"),
    ],
)
def test_what_the_target_does_not_have_is_refused_by_name(tool: JsonObject, field: str) -> None:
    with pytest.raises(ClientFault, match=field) as caught:
        _added(BASH, tool)
    assert caught.value.status == 400


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({"type": "auto"}, {"tool_choice": "auto"}),
        ({"type": "any"}, {"tool_choice": "required"}),
        ({"type": "none"}, {"tool_choice": "none"}),
        ({"type": "tool", "name": "Bash"}, {"tool_choice": {"type": "function", "name": "Bash"}}),
        ({"type": "tool", "name": "web_search"}, {"tool_choice": {"type": "web_search"}}),
        ({"type": "auto", "disable_parallel_tool_use": True}, {"tool_choice": "auto", "parallel_tool_calls": False}),
        (None, {}),
    ],
)
def test_tool_choice(choice: object, expected: JsonObject) -> None:
    request = _added(BASH, SEARCH, tool_choice=choice)
    assert {key: request[key] for key in request if key not in ("tools", "max_tool_calls")} == expected


def test_a_search_that_stands_alone_is_simply_required() -> None:
    assert _added(SEARCH, tool_choice={"type": "tool", "name": "web_search"})["tool_choice"] == "required"


@pytest.mark.parametrize(
    ("schema", "fits"),
    [
        (CLOSED, True),
        (PARAMETERS, False),
        ({**CLOSED, "required": []}, False),
        ({**CLOSED, "properties": {"command": PARAMETERS}}, False),
        ({**CLOSED, "properties": {"command": {"type": "array", "items": CLOSED}}}, True),
        ({**CLOSED, "properties": {"command": {"anyOf": [{"type": "null"}, PARAMETERS]}}}, False),
        ({**CLOSED, "$defs": {"Inner": PARAMETERS}}, False),
        ({**CLOSED, "oneOf": [CLOSED]}, False),
    ],
)
def test_strict_mode(schema: JsonObject, fits: bool) -> None:
    assert fits_strict_mode(schema) is fits
