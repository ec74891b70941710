"""What Gemini answers 400 to: the rules of generateContent that a translated conversation can break.

https://ai.google.dev/api/generate-content, https://ai.google.dev/gemini-api/docs/function-calling,
https://ai.google.dev/gemini-api/docs/thought-signatures
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.client_lab.rendering import SIGNED_GENERATIONS, gemini_signature

Json = dict[str, Any]

_FIELDS = frozenset("contents systemInstruction tools toolConfig generationConfig safetySettings cachedContent".split())
_CONFIG = frozenset(
    "candidateCount stopSequences maxOutputTokens temperature topP topK seed presencePenalty frequencyPenalty "
    "responseMimeType responseSchema responseJsonSchema responseLogprobs logprobs responseModalities thinkingConfig "
    "mediaResolution speechConfig".split()
)
_DATA = frozenset(
    "text inlineData fileData functionCall functionResponse executableCode codeExecutionResult".split()
)  # exactly one of them in a part
_BESIDE_DATA = frozenset("thought thoughtSignature videoMetadata mediaResolution".split())
_CALL = frozenset("id name args".split())
_RESPONSE = frozenset("id name response parts willContinue scheduling".split())
_FUNCTION_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}")
# `parametersJsonSchema` and `responseJsonSchema`: the keywords of the reference's list.
_JSON_SCHEMA = frozenset(
    "$id $defs $ref $anchor type format title description enum items prefixItems minItems maxItems minimum maximum "
    "anyOf oneOf properties additionalProperties required propertyOrdering".split()
)
# `parameters` and `responseSchema`: the older Schema object.
_SCHEMA_OBJECT = frozenset(
    "type format title description nullable enum maxItems minItems properties required minProperties maxProperties "
    "minLength maxLength pattern example anyOf propertyOrdering default items minimum maximum".split()
)
_STAND_IN = "skip_thought_signature_validator"  # documented for calls that Gemini did not make


def refused_by_gemini(body: Json, model: str) -> list[str]:
    """The faults of a request to `model`; empty when Gemini would take it."""
    config = body.get("generationConfig") or {}
    found = [f"unknown field {key!r}" for key in body if key not in _FIELDS]
    found += [f"generationConfig: unknown field {key!r}" for key in config if key not in _CONFIG]
    found += _schema_faults("generationConfig.responseJsonSchema", config.get("responseJsonSchema"), _JSON_SCHEMA)
    found += _schema_faults("generationConfig.responseSchema", config.get("responseSchema"), _SCHEMA_OBJECT)
    contents = body.get("contents") or []
    found += [fault for position, content in enumerate(contents) for fault in _content_faults(position, content)]
    found += _order_faults(contents)
    if SIGNED_GENERATIONS.search(model):
        found += _signature_faults(contents)
    found += _tool_faults(body.get("tools") or [])
    return [*found, *_choice_faults(body)]


def _content_faults(position: int, content: Json) -> Iterator[str]:
    here = f"contents[{position}]"
    if content.get("role") not in ("user", "model"):
        yield f"{here}: bad role {content.get('role')!r}"
    if not content.get("parts"):
        yield f"{here}: no parts"
    for index, part in enumerate(content.get("parts") or []):
        yield from _part_faults(f"{here}.parts[{index}]", part)


def _part_faults(here: str, part: Json) -> Iterator[str]:
    data = _DATA & part.keys()
    if len(data) != 1:
        yield f"{here}: {len(data)} data fields, not one"
    if unknown := part.keys() - _DATA - _BESIDE_DATA:
        yield f"{here}: unknown field {min(unknown)!r}"
    if part.get("text") == "" and "thoughtSignature" not in part:
        yield f"{here}: empty text"
    for field, known in (("functionCall", _CALL), ("functionResponse", _RESPONSE)):
        if field in part and (unknown := part[field].keys() - known):
            yield f"{here}.{field}: unknown field {min(unknown)!r}"
    if "functionResponse" in part and not isinstance(part["functionResponse"].get("response"), dict):
        yield f"{here}.functionResponse: response is not an object"
    if "functionCall" in part and not isinstance(part["functionCall"].get("args", {}), dict):
        yield f"{here}.functionCall: args is not an object"


def _order_faults(contents: list[Json]) -> Iterator[str]:
    """A call follows a user's turn, and the next turn answers each call, in number, by name and by id."""
    if not contents:
        yield "contents is empty"
    elif contents[0].get("role") != "user" or contents[-1].get("role") != "user":
        yield "contents: the first and the last turn must be the user's"
    for position, content in enumerate(contents):
        before = contents[position - 1] if position else {}
        here = f"contents[{position}]"
        calls, responses = _calls(before), _named(content, "functionResponse")
        if calls and not responses:
            yield f"{here}: the calls of the turn before are not answered"
        elif len(calls) != len(responses):
            yield f"{here}: {len(responses)} functionResponse parts after {len(calls)} functionCall parts"
        elif sorted(map(str, map(_identity, calls))) != sorted(map(str, map(_identity, responses))):
            yield f"{here}: functionResponse parts do not belong to the calls of the turn before"
        if _calls(content) and before.get("role") != "user":
            yield f"{here}: a function call must come after a user's turn"
    if contents and _calls(contents[-1]):
        yield "contents: the last turn's calls are not answered"


def _signature_faults(contents: list[Json]) -> Iterator[str]:
    """The first call of each step of the current turn carries the signature that came with it."""
    for position in range(_current_turn(contents), len(contents)):
        signed = [part for part in contents[position].get("parts") or [] if "functionCall" in part]
        if not signed or contents[position].get("role") != "model":
            continue
        signature, call_id = signed[0].get("thoughtSignature"), signed[0]["functionCall"].get("id")
        if not signature:
            yield f"contents[{position}]: functionCall without thoughtSignature"
        elif call_id and signature != gemini_signature(str(call_id)):
            yield f"contents[{position}]: thoughtSignature is not the one that came with the call"
        elif not call_id and signature != _STAND_IN:
            yield f"contents[{position}]: thoughtSignature on a call that Gemini did not make"


def _current_turn(contents: list[Json]) -> int:
    """Where the user last spoke, tool results apart."""
    spoken = [
        position
        for position, content in enumerate(contents)
        if content.get("role") == "user" and not _named(content, "functionResponse")
    ]
    return spoken[-1] if spoken else 0


def _tool_faults(tools: list[Json]) -> Iterator[str]:
    for tool in (tool for entry in tools for tool in entry.get("functionDeclarations") or []):
        if not _FUNCTION_NAME.fullmatch(tool.get("name") or ""):
            yield f"bad function name {tool.get('name')!r}"
        if "parameters" in tool and "parametersJsonSchema" in tool:
            yield "parameters and parametersJsonSchema are exclusive"
        yield from _schema_faults(f"{tool.get('name')}.parameters", tool.get("parameters"), _SCHEMA_OBJECT)
        yield from _schema_faults(f"{tool.get('name')}.parameters", tool.get("parametersJsonSchema"), _JSON_SCHEMA)


def _schema_faults(here: str, schema: Any, known: frozenset[str]) -> Iterator[str]:
    if not isinstance(schema, dict):
        return
    for keyword in schema.keys() - known:
        yield f"{here}: unknown keyword {keyword!r}"
    if isinstance(values := schema.get("enum"), list) and not all(isinstance(value, str) and value for value in values):
        yield f"{here}: enum values must be strings that are not empty"
    properties = schema.get("properties") or {}
    if missing := set(schema.get("required") or []) - set(properties):
        yield f"{here}: required property {min(missing)!r} is not defined"
    if schema.get("type") == "array" and "items" not in schema and "prefixItems" not in schema:
        yield f"{here}: array without items"
    for name, inner in properties.items():
        yield from _schema_faults(f"{here}.{name}", inner, known)
    for inner in [schema.get("items"), schema.get("additionalProperties"), *(schema.get("anyOf") or [])]:
        yield from _schema_faults(here, inner, known)


def _choice_faults(body: Json) -> Iterator[str]:
    config = (body.get("toolConfig") or {}).get("functionCallingConfig") or {}
    declared = {
        tool.get("name") for entry in body.get("tools") or [] for tool in entry.get("functionDeclarations") or []
    }
    if config and not declared:
        yield "toolConfig.functionCallingConfig without function declarations"
    if config.get("mode") not in (None, "AUTO", "ANY", "NONE", "VALIDATED"):
        yield f"toolConfig: bad mode {config['mode']!r}"
    if unknown := set(config.get("allowedFunctionNames") or []) - declared:
        yield f"toolConfig: allowed function {min(unknown)!r} is not declared"


def _calls(content: Json) -> list[Json]:
    return _named(content, "functionCall") if content.get("role") == "model" else []


def _named(content: Json, field: str) -> list[Json]:
    return [part[field] for part in content.get("parts") or [] if field in part]


def _identity(part: Json) -> tuple[Any, Any]:
    return part.get("id"), part.get("name")
