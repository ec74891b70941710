"""Tools under the names and kinds that a client knows them by.

The hub has one kind of client tool: a function with a JSON schema. OpenAI has more, which become such functions on the
way in; on the way out the request's own tool list says what a call has to look like.

    function     stays what it is; one inside a namespace gets the namespace before its name
    custom       free text: a function with the single string parameter `input`
    local_shell  OpenAI's built-in description of a shell that the client runs: a function with its parameters
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ccr_proxy.json_codec import JsonObject, loads
from ccr_proxy.protocols.inbound.fields import a_list, a_name, a_text, an_object, refuse

LOCAL_SHELL = "local_shell"
_LOCAL_SHELL_SCHEMA: JsonObject = {
    "type": "object",
    "properties": {
        "command": {"type": "array", "items": {"type": "string"}, "description": "The program and its arguments."},
        "working_directory": {"type": "string"},
        "timeout_ms": {"type": "number", "description": "How long the command may run, in milliseconds."},
    },
    "required": ["command"],
}


@dataclass(frozen=True, slots=True)
class ClientTool:
    """How the client calls a tool."""

    kind: Literal["function", "custom", "local_shell"]
    name: str
    namespace: str = ""


def hub_name(name: str, namespace: str = "") -> str:
    """The name in the hub of a function, which may stand in a namespace."""
    if not namespace:
        return name
    return namespace + name if namespace.endswith("_") else f"{namespace}__{name}"


def function_tool(function: JsonObject, field: str, namespace: str = "") -> JsonObject:
    """A function definition as a hub tool. Raises ClientFault when it has no name."""
    schema = an_object(function.get("parameters") or {"properties": {}}, f"{field}.parameters")
    tool = _described(function, field, namespace) | {"input_schema": {"type": "object", **schema}}
    if function.get("strict") is True:
        tool["strict"] = True
    return tool


def custom_tool(custom: JsonObject, field: str, namespace: str = "") -> JsonObject:
    """A free-text tool as a hub tool; a grammar that the text must follow is told in words."""
    grammar = _grammar(custom.get("format"))
    parameter = {"type": "string", "description": "The text for the tool, as it is." + (" " + grammar).rstrip()}
    schema = {
        "type": "object",
        "properties": {"input": parameter},
        "required": ["input"],
        "additionalProperties": False,
    }
    return _described(custom, field, namespace) | {"input_schema": schema}


def local_shell_tool() -> JsonObject:
    """The client's shell as a hub tool."""
    return {
        "name": LOCAL_SHELL,
        "description": "Runs a command on the user's machine and returns its output.",
        "input_schema": _LOCAL_SHELL_SCHEMA,
    }


def custom_text(arguments: str) -> str:
    """The free text in the arguments of a custom tool's call; a model that wrote it bare is understood too."""
    try:
        value = loads(arguments)
    except ValueError:
        return arguments
    text = value.get("input") if isinstance(value, dict) else None
    return text if isinstance(text, str) else arguments


def web_search(options: JsonObject, max_uses: object = None) -> JsonObject:
    """OpenAI's hosted web search as Anthropic's server tool."""
    tool: JsonObject = {"type": "web_search_20250305", "name": "web_search"}
    filters = options.get("filters")
    if isinstance(filters, dict) and filters.get("allowed_domains"):
        tool["allowed_domains"] = filters["allowed_domains"]
    place = options.get("user_location")
    if isinstance(place, dict):
        nested = place.get("approximate")
        known = {**place, **nested} if isinstance(nested, dict) else place
        given = {key: known[key] for key in ("city", "region", "country", "timezone") if known.get(key)}
        tool["user_location"] = {"type": "approximate", **given}
    if isinstance(max_uses, int) and max_uses > 0:
        tool["max_uses"] = max_uses
    return tool


def allowed_names(tools: object, field: str) -> set[str]:
    """The hub names in the list of an `allowed_tools` choice."""
    names = set()
    for position, item in enumerate(a_list(tools, field)):
        tool = an_object(item, f"{field}[{position}]")
        named = tool.get("function") or tool.get("custom") or tool
        names.add(str(an_object(named, field).get("name") or tool.get("type")))
    return names


def keep_allowed(request: JsonObject, names: set[str], field: str) -> None:
    """Take all other tools out of a request. Raises ClientFault when none is left."""
    kept = [tool for tool in request["tools"] if tool["name"] in names]
    if not kept:
        refuse(field, "names none of the tools of this request")
    request["tools"] = kept


def _described(tool: JsonObject, field: str, namespace: str) -> JsonObject:
    named: JsonObject = {"name": hub_name(a_name(tool.get("name"), f"{field}.name"), namespace)}
    if description := a_text(tool.get("description"), f"{field}.description"):
        named["description"] = description
    return named


def _grammar(form: object) -> str:
    if not isinstance(form, dict) or form.get("type") != "grammar":
        return ""
    grammar = form["grammar"] if isinstance(form.get("grammar"), dict) else form
    return f"It must follow this {grammar.get('syntax')} grammar:\n{grammar.get('definition')}"
