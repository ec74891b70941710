"""Tool definitions and tool choice of a Chat Completions request, in the present form and in that of 2023."""

from __future__ import annotations

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.inbound.client_tools import (
    ClientTool,
    allowed_names,
    custom_tool,
    function_tool,
    keep_allowed,
    web_search,
)
from ccr_proxy.protocols.inbound.fields import a_list, a_name, an_object, refuse

_PLAIN_CHOICES = {"auto": "auto", "none": "none", "required": "any"}


def add_tools(request: JsonObject, body: JsonObject) -> None:
    """Tools, their choice and the parallel switch. Raises ClientFault for tools of an unknown kind."""
    tools = [_tool(tool, f"tools[{position}]") for position, tool in enumerate(a_list(body.get("tools"), "tools"))]
    if not tools:
        functions = a_list(body.get("functions"), "functions")
        paths = [f"functions[{position}]" for position in range(len(functions))]
        tools = [function_tool(an_object(item, path), path) for item, path in zip(functions, paths, strict=True)]
    if isinstance(body.get("web_search_options"), dict):
        tools.append(web_search(body["web_search_options"]))
    if not tools:
        return
    request["tools"] = tools
    choice = _choice(request, body)
    one_at_a_time = body.get("parallel_tool_calls") is False or is_old_form(body)
    if one_at_a_time and (choice or {}).get("type") != "none":
        choice = {**(choice or {"type": "auto"}), "disable_parallel_tool_use": True}
    if choice:
        request["tool_choice"] = choice


def is_old_form(body: JsonObject) -> bool:
    """Whether the client wants its calls as `function_call`, one per answer."""
    return bool(body.get("functions")) and not body.get("tools")


def client_tools(body: JsonObject) -> dict[str, ClientTool]:
    """The custom tools of a request, by name; every other tool is a function."""
    custom = (tool["custom"] for tool in body.get("tools") or () if tool.get("type") == "custom")
    return {tool["name"]: ClientTool("custom", tool["name"]) for tool in custom}


def _tool(tool: object, field: str) -> JsonObject:
    given = an_object(tool, field)
    kind = given.get("type") or "function"
    if kind == "function":
        return function_tool(an_object(given.get("function"), f"{field}.function"), f"{field}.function")
    if kind == "custom":
        return custom_tool(an_object(given.get("custom"), f"{field}.custom"), f"{field}.custom")
    return refuse(f"{field}.type", f"{kind!r} is not one of function and custom")


def _choice(request: JsonObject, body: JsonObject) -> JsonObject | None:
    field = "tool_choice" if body.get("tool_choice") else "function_call"
    wanted = body.get(field)
    if not wanted:
        return None
    if isinstance(wanted, str):
        kind = _PLAIN_CHOICES.get(wanted) or refuse(field, f"{wanted!r} is not one of auto, none and required")
        return {"type": kind}
    choice = an_object(wanted, field)
    if choice.get("type") == "allowed_tools":
        allowed = an_object(choice.get("allowed_tools"), f"{field}.allowed_tools")
        keep_allowed(request, allowed_names(allowed.get("tools"), f"{field}.allowed_tools.tools"), field)
        return {"type": _PLAIN_CHOICES.get(str(allowed.get("mode")), "auto")}
    named = choice.get("function") or choice.get("custom") or choice
    return {"type": "tool", "name": a_name(an_object(named, field).get("name"), f"{field}.name")}
