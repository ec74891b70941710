"""Tool definitions and tool choice in the Responses form. Web search is the one server tool that both sides have."""

from __future__ import annotations

from typing import Any

from ccr_proxy.errors import ClientFault
from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.tool_schema import as_openai_parameters, names

_NOT_STRICT = frozenset(
    {"allOf", "oneOf", "not", "if", "definitions", "patternProperties", "dependentSchemas", "dependentRequired"}
)


def add_tools(request: JsonObject, body: JsonObject) -> None:
    """Tools, their choice and the parallel switch. Raises ClientFault for tools that only Anthropic runs."""
    tools = [_tool(tool, index) for index, tool in enumerate(body.get("tools") or []) if isinstance(tool, dict)]
    if not tools:
        return
    request["tools"] = tools
    if limit := _search_limit(body):
        request["max_tool_calls"] = limit
    choice = body.get("tool_choice")
    if not isinstance(choice, dict):
        return
    if wanted := _choice(choice, body, tools):
        request["tool_choice"] = wanted
    if choice.get("disable_parallel_tool_use"):
        request["parallel_tool_calls"] = False


def fits_strict_mode(schema: Any) -> bool:
    """Whether OpenAI's strict mode takes a schema: objects closed, all their properties required.

    https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
    """
    if isinstance(schema, list):
        return all(fits_strict_mode(item) for item in schema)
    if not isinstance(schema, dict):
        return True
    if _NOT_STRICT & schema.keys():
        return False
    properties = schema.get("properties")
    known = properties if isinstance(properties, dict) else {}
    is_strict = schema.get("additionalProperties") is False and set(names(schema.get("required"))) == set(known)
    if (schema.get("type") == "object" or known) and not is_strict:
        return False
    definitions = schema.get("$defs")
    inner = [*known.values(), *(definitions.values() if isinstance(definitions, dict) else ())]
    return fits_strict_mode([*inner, schema.get("items"), schema.get("anyOf")])


def _tool(tool: JsonObject, index: int) -> JsonObject:
    kind = str(tool.get("type") or "custom")
    if kind.startswith("web_search_"):
        return _web_search(tool, index)
    if kind != "custom":
        raise ClientFault(
            400, f"tools[{index}].type: {kind} runs only at Anthropic; leave it out or route to an Anthropic model"
        )
    parameters = as_openai_parameters(tool.get("input_schema"))
    return {
        "type": "function",
        "name": tool.get("name"),
        "description": tool.get("description") or "",
        "parameters": parameters,
        # Without it OpenAI makes every schema strict, and optional parameters required.
        "strict": tool.get("strict") is True and fits_strict_mode(parameters),
    }


def _web_search(tool: JsonObject, index: int) -> JsonObject:
    if tool.get("blocked_domains"):
        raise ClientFault(
            400, f"tools[{index}].blocked_domains: this provider's web search cannot block; use allowed_domains"
        )
    search: JsonObject = {"type": "web_search"}
    if domains := tool.get("allowed_domains"):
        search["filters"] = {"allowed_domains": domains}
    if isinstance(place := tool.get("user_location"), dict):
        search["user_location"] = place
    return search


def _search_limit(body: JsonObject) -> int:
    """`max_uses` of the web search, which here bounds all hosted tools together: it is the only one."""
    limits = [tool.get("max_uses") for tool in body["tools"] if isinstance(tool, dict)]
    return next((limit for limit in limits if isinstance(limit, int) and limit > 0), 0)


def _choice(choice: JsonObject, body: JsonObject, tools: list[JsonObject]) -> str | JsonObject | None:
    kind, name = choice.get("type"), choice.get("name")
    if kind in ("auto", "none"):
        return str(kind)
    if kind == "any":
        return "required"
    if kind != "tool":
        return None
    named = (
        str(tool.get("type") or "") for tool in body["tools"] if isinstance(tool, dict) and tool.get("name") == name
    )
    if not next(named, "").startswith("web_search_"):
        return {"type": "function", "name": name}
    return "required" if len(tools) == 1 else {"type": "web_search"}
