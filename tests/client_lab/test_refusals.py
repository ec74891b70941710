"""The mock refuses what Gemini and OpenAI refuse, and nothing that is right."""

from __future__ import annotations

from typing import Any

import pytest

from tests.client_lab.gemini_refusals import refused_by_gemini
from tests.client_lab.rendering import gemini_signature
from tests.client_lab.responses_refusals import refused_by_openai

Json = dict[str, Any]

MODEL = "gemini-3-pro-preview"
ASKED: Json = {"role": "user", "parts": [{"text": "go"}]}


def gemini_call(**part: Any) -> Json:
    return {"role": "model", "parts": [{"functionCall": {"id": "1", "name": "Bash", "args": {}}, **part}]}


SIGNED = gemini_call(thoughtSignature=gemini_signature("1"))
ANSWERED: Json = {
    "role": "user",
    "parts": [{"functionResponse": {"id": "1", "name": "Bash", "response": {"output": "ok"}}}],
}


def declared(schema: Json, field: str = "parametersJsonSchema") -> Json:
    return {"contents": [ASKED], "tools": [{"functionDeclarations": [{"name": "Bash", field: schema}]}]}


def test_gemini_takes_a_tool_loop() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "array", "items": {"type": "string"}}}, "required": ["a"]}
    assert refused_by_gemini({**declared(schema), "contents": [ASKED, SIGNED, ANSWERED]}, MODEL) == []


def test_gemini_wants_signatures_of_the_current_turn_and_newer_models_only() -> None:
    unsigned = [ASKED, gemini_call(), ANSWERED]
    assert refused_by_gemini({"contents": unsigned}, "gemini-2.5-pro") == []
    assert refused_by_gemini({"contents": [*unsigned, ASKED]}, MODEL) == []
    assert len(refused_by_gemini({"contents": unsigned}, MODEL)) == 1


def test_gemini_takes_the_stand_in_for_calls_of_others_only() -> None:
    stand_in = "skip_thought_signature_validator"
    foreign = {"functionCall": {"name": "Bash", "args": {}}, "thoughtSignature": stand_in}
    answer = {"role": "user", "parts": [{"functionResponse": {"name": "Bash", "response": {}}}]}
    taken = {"contents": [ASKED, {"role": "model", "parts": [foreign]}, answer]}
    assert refused_by_gemini(taken, MODEL) == []
    lost = {"contents": [ASKED, gemini_call(thoughtSignature=stand_in), ANSWERED]}
    assert refused_by_gemini(lost, MODEL) == ["contents[1]: thoughtSignature is not the one that came with the call"]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"contents": []}, "contents is empty"),
        ({"contents": [{"role": "system", "parts": [{"text": "x"}]}]}, "bad role 'system'"),
        ({"contents": [{"role": "user", "parts": []}]}, "no parts"),
        ({"contents": [{"role": "user", "parts": [{"text": ""}]}]}, "empty text"),
        ({"contents": [{"role": "user", "parts": [{"text": "a", "cache_control": {}}]}]}, "unknown field"),
        ({"contents": [ASKED], "max_tokens": 5}, "unknown field 'max_tokens'"),
        ({"contents": [ASKED, SIGNED]}, "not answered"),
        ({"contents": [ASKED, SIGNED, ASKED]}, "not answered"),
        ({"contents": [ASKED, ANSWERED]}, "1 functionResponse parts after 0 functionCall parts"),
        (declared({"type": "object", "properties": {}, "$schema": "x"}), "unknown keyword '$schema'"),
        (declared({"type": "object", "additionalProperties": False}, "parameters"), "additionalProperties"),
        (declared({"type": "object", "properties": {"a": {"type": "array"}}}), "array without items"),
        (declared({"type": "object", "properties": {"a": {"type": "string", "enum": [1]}}}), "enum values"),
        (declared({"type": "object", "properties": {}, "required": ["a"]}), "'a' is not defined"),
        ({"contents": [ASKED], "toolConfig": {"functionCallingConfig": {"mode": "ANY"}}}, "without function"),
    ],
)
def test_gemini_refuses(body: Json, fault: str) -> None:
    found = refused_by_gemini(body, MODEL)
    assert any(fault in line for line in found), found


USER: Json = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "go"}]}
REASONING: Json = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "x"}
CALL: Json = {"type": "function_call", "call_id": "c1", "name": "Bash", "arguments": "{}"}
OUTPUT: Json = {"type": "function_call_output", "call_id": "c1", "output": "ok"}


def asked(*items: Json, **fields: Any) -> Json:
    return {"model": "gpt-5.1", "input": list(items), "store": False, **fields}


def tool(**fields: Any) -> Json:
    return {"type": "function", "name": "Bash", "parameters": {"type": "object", "properties": {}}, **fields}


def test_openai_takes_a_tool_loop() -> None:
    body = asked(
        USER,
        REASONING,
        CALL,
        OUTPUT,
        tools=[tool()],
        tool_choice="auto",
        reasoning={"effort": "low", "summary": "auto"},
    )
    assert refused_by_openai(body) == []
    assert refused_by_openai({"model": "gpt-4.1", "input": "go", "temperature": 1}) == []


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (asked(USER, stop=["x"]), "unknown parameter 'stop'"),
        (asked(), "input missing or empty"),
        (asked(USER, max_output_tokens=1), "max_output_tokens below 16"),
        (asked(USER, temperature=1), "temperature is not supported"),
        (asked(USER, model="gpt-4.1", reasoning={"effort": "low"}), "reasoning is not supported"),
        (asked(USER, CALL), "no tool output found"),
        (asked(USER, OUTPUT), "no tool call found"),
        (asked(USER, REASONING, USER), "without its required following item"),
        (asked({**REASONING, "encrypted_content": None}, CALL, OUTPUT), "no encrypted_content"),
        (asked({**USER, "role": "assistant"}), "bad part type 'input_text'"),
        (asked({**USER, "cache_control": {}}), "unknown parameter 'cache_control'"),
        (asked(USER, {**CALL, "arguments": {}}, OUTPUT), "arguments are not JSON"),
        (asked(USER, tools=[tool(parameters={})]), "parameters.type is not object"),
        (asked(USER, tools=[tool(parameters={"type": "object", "properties": {"a": {}}})]), "strict"),
        (asked(USER, tool_choice="required"), "tool_choice without tools"),
        (asked(USER, text={"format": {"type": "json_schema", "schema": {}}}), "json_schema without name"),
    ],
)
def test_openai_refuses(body: Json, fault: str) -> None:
    found = refused_by_openai(body)
    assert any(fault in line for line in found), found
