"""Tools: function declarations, Google's own web search, and which tool the model must use."""

from __future__ import annotations

from ccr_proxy.errors import ClientFault
from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.gemini.schema import as_gemini_parameters
from ccr_proxy.protocols.gemini.thinking import generation

_MODES = {"auto": "AUTO", "any": "ANY", "tool": "ANY", "none": "NONE"}
# Gemini searches with functions beside it only since generation 3
# (https://ai.google.dev/gemini-api/docs/tool-combination).
_SEARCHES_BESIDE_FUNCTIONS = (3, 0)


def add_tools(request: JsonObject, body: JsonObject, model: str, left_out: list[str], *, vertex: bool) -> None:
    """Write `tools` and `toolConfig`. Raises ClientFault for a tool that only another provider can run."""
    functions: list[JsonObject] = []
    searches: list[JsonObject] = []
    for position, tool in enumerate(body.get("tools") or []):
        kind = tool.get("type")
        if kind in (None, "custom"):
            functions.append(_declaration(tool))
        elif str(kind).startswith("web_search"):
            searches.append(tool)
        else:
            raise ClientFault(
                400, f"tools[{position}].type: Gemini has no {kind}; route such requests to another model"
            )
    tools: list[JsonObject] = []
    config: JsonObject = {}
    if functions:
        tools.append({"functionDeclarations": functions})
    if searches:
        tools.append({"googleSearch": {}})
        left_out += ["tools.max_uses" for tool in searches if tool.get("max_uses")]
        if functions:
            config.update(_search_beside_functions(model, vertex=vertex))
    if calling := _calling_config(body, functions, searches, left_out):
        config["functionCallingConfig"] = calling
    if tools:
        request["tools"] = tools
    if config:
        request["toolConfig"] = config


def search_limits(body: JsonObject) -> list[str]:
    """Google search takes no list of domains; the model, which writes the queries, is told instead."""
    limits = []
    for tool in body.get("tools") or []:
        if not str(tool.get("type")).startswith("web_search"):
            continue
        if allowed := tool.get("allowed_domains"):
            limits.append(f"Search the web only on these domains (use site: in the query): {', '.join(allowed)}.")
        if blocked := tool.get("blocked_domains"):
            limits.append(f"Never use search results from these domains: {', '.join(blocked)}.")
    return limits


def _declaration(tool: JsonObject) -> JsonObject:
    declaration: JsonObject = {"name": tool.get("name")}
    if tool.get("description"):
        declaration["description"] = tool["description"]
    declaration["parametersJsonSchema"] = as_gemini_parameters(tool.get("input_schema"))
    return declaration


def _search_beside_functions(model: str, *, vertex: bool) -> JsonObject:
    if generation(model) < _SEARCHES_BESIDE_FUNCTIONS:
        raise ClientFault(
            400, f"tools: {model} cannot search the web while it has other tools; ask for web search alone"
        )
    # The Gemini API demands this flag for the combination; Vertex AI does not know it.
    return {} if vertex else {"includeServerSideToolInvocations": True}


def _calling_config(
    body: JsonObject, functions: list[JsonObject], searches: list[JsonObject], left_out: list[str]
) -> JsonObject:
    choice = body.get("tool_choice") or {}
    kind, name = choice.get("type"), choice.get("name")
    if choice.get("disable_parallel_tool_use"):
        left_out.append("tool_choice.disable_parallel_tool_use")
    if kind not in _MODES:
        return {}
    if not functions or (kind == "tool" and any(search.get("name") == name for search in searches)):
        # The mode speaks of functions only; whether to search is the model's decision.
        if searches and kind != "auto":
            left_out.append("tool_choice")
        return {}
    config: JsonObject = {"mode": _MODES[kind]}
    if kind == "tool":
        if all(function["name"] != name for function in functions):
            raise ClientFault(400, f"tool_choice.name: the request has no tool named {name!r}")
        config["allowedFunctionNames"] = [name]
    return config
