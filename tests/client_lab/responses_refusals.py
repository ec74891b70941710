"""What OpenAI's Responses API answers 400 to: the rules that a translated conversation can break.

https://platform.openai.com/docs/api-reference/responses/create
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

_FIELDS = frozenset(
    "background context_management conversation include input instructions max_output_tokens max_tool_calls metadata "
    "model parallel_tool_calls previous_response_id prompt prompt_cache_key prompt_cache_retention reasoning "
    "safety_identifier service_tier store stream stream_options temperature text tool_choice tools top_logprobs top_p "
    "truncation user".split()
)
_ITEM_FIELDS = {
    "message": frozenset("type id role status content phase".split()),
    "function_call": frozenset("type id call_id name arguments status".split()),
    "function_call_output": frozenset("type id call_id output status".split()),
    "reasoning": frozenset("type id summary content encrypted_content status".split()),
}
_PART_FIELDS = {
    "input_text": frozenset({"type", "text"}),
    "input_image": frozenset({"type", "image_url", "file_id", "detail"}),
    "input_file": frozenset({"type", "file_id", "file_url", "file_data", "filename", "detail"}),
    "output_text": frozenset({"type", "text", "annotations", "logprobs"}),
    "refusal": frozenset({"type", "refusal"}),
}
_TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_REASONS = re.compile(r"^(gpt-5|o\d)")  # reasoning models: no sampling values; the others: no reasoning
_EFFORTS = frozenset("none minimal low medium high xhigh max".split())


def refused_by_openai(body: Json) -> list[str]:
    """The faults of a request; empty when the API would take it."""
    found = [f"unknown parameter {key!r}" for key in body if key not in _FIELDS]
    if not isinstance(body.get("model"), str) or not body["model"]:
        found.append("model missing")
    if isinstance(limit := body.get("max_output_tokens"), int) and limit < 16:
        found.append("max_output_tokens below 16")
    items = body.get("input")
    if isinstance(items, str):
        items = [{"role": "user", "content": items}]
    if not items:
        return [*found, "input missing or empty"]
    found += [fault for position, item in enumerate(items) for fault in _item_faults(f"input[{position}]", item)]
    return [*found, *_order_faults(items), *_tool_faults(body), *_reasoning_faults(body), *_format_faults(body)]


def _item_faults(here: str, item: Json) -> Iterator[str]:
    kind = item.get("type", "message")
    if kind not in _ITEM_FIELDS:
        yield f"{here}: bad type {kind!r}"
        return
    if unknown := item.keys() - _ITEM_FIELDS[kind]:
        yield f"{here}: unknown parameter {min(unknown)!r}"
    if kind == "message":
        yield from _message_faults(here, item)
    elif kind == "function_call":
        yield from _call_faults(here, item)
    elif kind == "function_call_output" and not isinstance(item.get("output"), str):
        yield from _part_faults(f"{here}.output", item.get("output"), assistant=False)
    elif kind == "reasoning":
        if not isinstance(item.get("summary"), list):
            yield f"{here}: reasoning without summary"
        if not str(item.get("id", "")).startswith("rs_"):
            yield f"{here}: bad reasoning id {item.get('id')!r}"
        if not item.get("encrypted_content"):
            yield f"{here}: reasoning item is not stored and has no encrypted_content"


def _message_faults(here: str, item: Json) -> Iterator[str]:
    role = item.get("role")
    if role not in ("user", "assistant", "system", "developer"):
        yield f"{here}: bad role {role!r}"
    if not isinstance(item.get("content"), str):
        yield from _part_faults(f"{here}.content", item.get("content"), assistant=role == "assistant")


def _part_faults(here: str, parts: Any, *, assistant: bool) -> Iterator[str]:
    if not isinstance(parts, list) or not parts:
        yield f"{here}: neither a string nor parts"
        return
    allowed = ("output_text", "refusal") if assistant else ("input_text", "input_image", "input_file")
    for index, part in enumerate(parts):
        kind = part.get("type")
        if kind not in allowed:
            yield f"{here}[{index}]: bad part type {kind!r}"
        elif unknown := part.keys() - _PART_FIELDS[kind]:
            yield f"{here}[{index}]: unknown parameter {min(unknown)!r}"
        elif kind == "input_image" and not isinstance(part.get("image_url"), str):
            yield f"{here}[{index}]: image_url is not a string"


def _call_faults(here: str, item: Json) -> Iterator[str]:
    if not _TOOL_NAME.fullmatch(item.get("name") or ""):
        yield f"{here}: bad name {item.get('name')!r}"
    if not 0 < len(item.get("call_id") or "") <= 64:
        yield f"{here}: bad call_id {item.get('call_id')!r}"
    try:
        json.loads(item.get("arguments") or "")
    except (TypeError, ValueError):
        yield f"{here}: arguments are not JSON in a string"


def _order_faults(items: list[Json]) -> Iterator[str]:
    """Every call has one output after it, every output a call before it; reasoning stands before what it led to."""
    open_calls: set[Any] = set()
    for position, item in enumerate(items):
        kind = item.get("type", "message")
        if kind == "function_call":
            open_calls.add(item.get("call_id"))
        elif kind == "function_call_output":
            if item.get("call_id") not in open_calls:
                yield f"input[{position}]: no tool call found for output {item.get('call_id')!r}"
            open_calls.discard(item.get("call_id"))
        elif kind == "reasoning":
            following = items[position + 1] if position + 1 < len(items) else {}
            if following.get("type") not in ("reasoning", "function_call") and following.get("role") != "assistant":
                yield f"input[{position}]: reasoning without its required following item"
    if open_calls:
        yield f"input: no tool output found for {sorted(map(str, open_calls))}"


def _tool_faults(body: Json) -> Iterator[str]:
    tools, choice = body.get("tools") or [], body.get("tool_choice")
    for index, tool in enumerate(tools):
        if tool.get("type") != "function":
            continue  # a hosted tool
        if not _TOOL_NAME.fullmatch(tool.get("name") or ""):
            yield f"tools[{index}]: bad name {tool.get('name')!r}"
        parameters = tool.get("parameters")
        if not isinstance(parameters, dict) or parameters.get("type") != "object":
            yield f"tools[{index}]: parameters.type is not object"
        elif tool.get("strict", True) and set(parameters.get("required") or []) != set(
            parameters.get("properties", {})
        ):
            yield f"tools[{index}]: strict, but not every property is required"
    if choice not in (None, "auto", "none") and not tools:
        yield "tool_choice without tools"
    if isinstance(choice, dict) and choice.get("type") == "function":
        if choice.get("name") not in {tool.get("name") for tool in tools}:
            yield f"tool_choice: no tool named {choice.get('name')!r}"
    elif isinstance(choice, str) and choice not in ("auto", "none", "required"):
        yield f"bad tool_choice {choice!r}"


def _reasoning_faults(body: Json) -> Iterator[str]:
    reasoning = body.get("reasoning") or {}
    if _REASONS.match(str(body.get("model"))):
        yield from (f"{key} is not supported with this model" for key in ("temperature", "top_p") if key in body)
    else:
        if reasoning:
            yield "reasoning is not supported with this model"
        if "reasoning.encrypted_content" in (body.get("include") or []):
            yield "encrypted content is not supported with this model"
    if reasoning.get("effort", "low") not in _EFFORTS:
        yield f"reasoning.effort: bad value {reasoning['effort']!r}"
    if reasoning.get("summary", "auto") not in ("auto", "concise", "detailed"):
        yield f"reasoning.summary: bad value {reasoning['summary']!r}"


def _format_faults(body: Json) -> Iterator[str]:
    wanted = (body.get("text") or {}).get("format") or {}
    if wanted.get("type") == "json_schema" and not (wanted.get("name") and isinstance(wanted.get("schema"), dict)):
        yield "text.format: json_schema without name or schema"
    metadata = body.get("metadata") or {}
    if len(metadata) > 16 or not all(isinstance(value, str) and len(value) <= 512 for value in metadata.values()):
        yield "metadata: at most 16 strings of 512 characters"
