"""Tool definitions and tool choice of a Responses request."""

from __future__ import annotations

from collections.abc import Iterator

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.inbound.client_tools import (
    LOCAL_SHELL,
    ClientTool,
    allowed_names,
    custom_tool,
    function_tool,
    hub_name,
    keep_allowed,
    local_shell_tool,
    web_search,
)
from ccr_proxy.protocols.inbound.fields import a_list, a_name, an_object, refuse

_PLAIN_CHOICES = {"auto": "auto", "none": "none", "required": "any"}
_WEB_SEARCH = "web_search"


def add_tools(request: JsonObject, body: JsonObject) -> None:
    """Tools, their choice and the parallel switch. Raises ClientFault for tools that only OpenAI runs."""
    tools: list[JsonObject] = []
    for position, tool in enumerate(a_list(body.get("tools"), "tools")):
        field = f"tools[{position}]"
        tools += _tools(an_object(tool, field), field, body)
    if not tools:
        return
    request["tools"] = tools
    choice = _choice(request, body.get("tool_choice"))
    if body.get("parallel_tool_calls") is False and choice.get("type") != "none":
        choice = {**(choice or {"type": "auto"}), "disable_parallel_tool_use": True}
    if choice:
        request["tool_choice"] = choice


def client_tools(body: JsonObject) -> dict[str, ClientTool]:
    """What the client calls its tools, by their names in the hub. The body has passed `add_tools`."""
    found: dict[str, ClientTool] = {}
    for namespace, tool in _flat(body.get("tools") or []):
        kind = tool.get("type")
        if kind == "local_shell":
            found[LOCAL_SHELL] = ClientTool("local_shell", LOCAL_SHELL)
        elif kind in ("function", "custom"):
            found[hub_name(tool["name"], namespace)] = ClientTool(kind, tool["name"], namespace)
    return found


def _flat(tools: list[JsonObject]) -> Iterator[tuple[str, JsonObject]]:
    for tool in tools:
        if tool.get("type") == "namespace":
            yield from ((tool["name"], inner) for inner in tool.get("tools") or ())
        else:
            yield "", tool


def _tools(tool: JsonObject, field: str, body: JsonObject) -> list[JsonObject]:
    kind = str(tool.get("type"))
    if kind == "namespace":
        namespace = a_name(tool.get("name"), f"{field}.name")
        inner = a_list(tool.get("tools"), f"{field}.tools")
        paths = [f"{field}.tools[{position}]" for position in range(len(inner))]
        return [_named(an_object(item, path), path, namespace) for item, path in zip(inner, paths, strict=True)]
    if kind == LOCAL_SHELL:
        return [local_shell_tool()]
    if kind.startswith(_WEB_SEARCH):
        # Without the live web this searches OpenAI's own index, which nobody else has; the live web instead would be
        # more than the client allows. Codex offers it in this form with every request.
        return [] if tool.get("external_web_access") is False else [web_search(tool, body.get("max_tool_calls"))]
    return [_named(tool, field, "")]


def _named(tool: JsonObject, field: str, namespace: str) -> JsonObject:
    kind = tool.get("type")
    if kind == "function":
        return function_tool(tool, field, namespace)
    if kind == "custom":
        return custom_tool(tool, field, namespace)
    return refuse(f"{field}.type", f"{kind!r} runs only at OpenAI; turn it off in the client for this provider")


def _choice(request: JsonObject, wanted: object) -> JsonObject:
    if not wanted:
        return {}
    if isinstance(wanted, str):
        kind = _PLAIN_CHOICES.get(wanted) or refuse("tool_choice", f"{wanted!r} is not one of auto, none and required")
        return {"type": kind}
    choice = an_object(wanted, "tool_choice")
    kind = str(choice.get("type"))
    if kind == "allowed_tools":
        keep_allowed(request, allowed_names(choice.get("tools"), "tool_choice.tools"), "tool_choice.tools")
        return {"type": _PLAIN_CHOICES.get(str(choice.get("mode")), "auto")}
    if kind in ("function", "custom"):
        return {"type": "tool", "name": a_name(choice.get("name"), "tool_choice.name")}
    if kind == LOCAL_SHELL or kind.startswith(_WEB_SEARCH):
        return {"type": "tool", "name": LOCAL_SHELL if kind == LOCAL_SHELL else _WEB_SEARCH}
    return refuse("tool_choice.type", f"{kind!r} names a tool that runs only at OpenAI")
