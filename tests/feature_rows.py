"""What docs/protocols.md claims, as data: a request for each row of its table and, by protocol, the evidence.

carried, mapped   the fragment that the encoded request must contain, at any depth
left out          the word that the encoded request must not contain, though the request given in does
refused           the words that the 400 must hold, to name what cannot be expressed
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ccr_proxy.protocols.signatures import wrap

Json = dict[str, Any]
COLUMNS = ("anthropic", "openai-chat", "openai-responses", "gemini")
CARRIED, MAPPED, LEFT_OUT, REFUSED = "carried", "mapped", "left out", "refused"
MODELS = {
    "anthropic": "claude-opus-4-8",
    "openai-chat": "gpt-5",
    "openai-responses": "gpt-5",
    "gemini": "gemini-2.5-pro",
}
WITHOUT_REASONING = {"openai-chat": "llama-3.3-70b", "openai-responses": "gpt-4.1"}

USER = {"role": "user", "content": "Hi"}
CALL = {"role": "assistant", "content": [{"type": "tool_use", "id": "c1", "name": "Look", "input": {"at": "it"}}]}
TOOL = {"name": "Look", "description": "looks", "input_schema": {"type": "object", "properties": {}}}
SEARCH = {"type": "web_search_20250305", "name": "web_search"}
SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": False}


def said(*blocks: Json) -> Json:
    return {"messages": [{"role": "user", "content": list(blocks)}]}


def result(*blocks: Json, **more: Any) -> Json:
    answer = {"type": "tool_result", "tool_use_id": "c1", "content": list(blocks), **more}
    return {"messages": [USER, CALL, {"role": "user", "content": [answer]}], "tools": [TOOL]}


def text(value: str) -> Json:
    return {"type": "text", "text": value}


def image(**source: Any) -> Json:
    return {"type": "image", "source": source}


def document(**source: Any) -> Json:
    return {"type": "document", "source": source}


PNG = {"type": "base64", "media_type": "image/png", "data": "UE5H"}
PDF = {"type": "base64", "media_type": "application/pdf", "data": "UERG"}
PNG_URL = "data:image/png;base64,UE5H"
PNG_INLINE = {"inlineData": {"mimeType": "image/png", "data": "UE5H"}}


@dataclass(frozen=True)
class Row:
    """One feature: the request's fields, and by protocol the table's word with its evidence."""

    feature: str
    fields: Json
    cells: dict[str, tuple[str, Any]]
    models: dict[str, str] = field(default_factory=dict)

    def request(self) -> Json:
        return {"model": "asked-for", "max_tokens": 1000, "messages": [USER], **self.fields}


def row(feature: str, fields: Json, *words: tuple[str, Any], models: dict[str, str] | None = None) -> Row:
    """`words` stand in the order of COLUMNS; `models` replaces the usual model of a protocol."""
    return Row(feature, fields, dict(zip(COLUMNS, words, strict=True)), models or {})


def same(fields: Json) -> tuple[str, Json]:
    return CARRIED, fields


THINKING = {"type": "thinking", "thinking": "hm"}


def thought(signature: str) -> Json:
    return {
        "messages": [USER, {"role": "assistant", "content": [{**THINKING, "signature": signature}, text("Yes")]}, USER]
    }


REQUESTS = (
    row(
        "system prompt",
        {"system": [text("Be kind")]},
        same({"system": [text("Be kind")]}),
        (CARRIED, {"role": "system", "content": "Be kind"}),
        (CARRIED, {"instructions": "Be kind"}),
        (CARRIED, {"systemInstruction": {"parts": [{"text": "Be kind"}]}}),
    ),
    row(
        "`role: system` in the middle",
        {"messages": [USER, {"role": "system", "content": "Plan"}]},
        (CARRIED, {"role": "system", "content": "Plan"}),
        (MAPPED, {"role": "user", "content": "Hi\n\n<system-reminder>\nPlan\n</system-reminder>"}),
        (MAPPED, {"type": "input_text", "text": "<system-reminder>\nPlan\n</system-reminder>"}),
        (MAPPED, {"text": "<system-reminder>\nPlan\n</system-reminder>"}),
    ),
    row(
        "text",
        said(text("Hello")),
        same(said(text("Hello"))),
        (CARRIED, {"role": "user", "content": "Hello"}),
        (CARRIED, {"type": "input_text", "text": "Hello"}),
        (CARRIED, {"role": "user", "parts": [{"text": "Hello"}]}),
    ),
    row(
        "image, base64",
        said(image(**PNG)),
        same(said(image(**PNG))),
        (CARRIED, {"type": "image_url", "image_url": {"url": PNG_URL}}),
        (CARRIED, {"type": "input_image", "image_url": PNG_URL}),
        (CARRIED, PNG_INLINE),
    ),
    row(
        "image, URL",
        said(image(type="url", url="https://x.example/a.png")),
        same(said(image(type="url", url="https://x.example/a.png"))),
        (CARRIED, {"image_url": {"url": "https://x.example/a.png"}}),
        (CARRIED, {"image_url": "https://x.example/a.png"}),
        (CARRIED, {"fileData": {"mimeType": "image/png", "fileUri": "https://x.example/a.png"}}),
    ),
    row(
        "image or file by Anthropic file id",
        said(image(type="file", file_id="f1")),
        same(said(image(type="file", file_id="f1"))),
        (REFUSED, "image.source.type"),
        (REFUSED, "image.source.type"),
        (REFUSED, "image.source.type"),
    ),
    row(
        "PDF, base64",
        said(document(**PDF)),
        same(said(document(**PDF))),
        (CARRIED, {"file": {"filename": "document.pdf", "file_data": "data:application/pdf;base64,UERG"}}),
        (CARRIED, {"type": "input_file", "filename": "document.pdf", "file_data": "data:application/pdf;base64,UERG"}),
        (CARRIED, {"inlineData": {"mimeType": "application/pdf", "data": "UERG"}}),
    ),
    row(
        "PDF, URL",
        said(document(type="url", url="https://x.example/a.pdf")),
        same(said(document(type="url", url="https://x.example/a.pdf"))),
        (MAPPED, {"role": "user", "content": "[Document: https://x.example/a.pdf]"}),
        (CARRIED, {"type": "input_file", "file_url": "https://x.example/a.pdf"}),
        (CARRIED, {"fileData": {"mimeType": "application/pdf", "fileUri": "https://x.example/a.pdf"}}),
    ),
    row(
        "document as text",
        said({**document(type="text", media_type="text/plain", data="Body"), "title": "T"}),
        (CARRIED, {"type": "text", "media_type": "text/plain", "data": "Body"}),
        (MAPPED, {"role": "user", "content": "T\nBody"}),
        (MAPPED, {"type": "input_text", "text": "T\nBody"}),
        (MAPPED, {"text": "T\nBody"}),
    ),
    row(
        "search result block",
        said({"type": "search_result", "title": "T", "source": "https://x.example", "content": [text("Found")]}),
        (CARRIED, {"type": "search_result", "title": "T"}),
        (MAPPED, {"content": "T\nhttps://x.example\nFound"}),
        (MAPPED, {"text": "T\nhttps://x.example\nFound"}),
        (MAPPED, {"text": "T\nhttps://x.example\nFound"}),
    ),
    row(
        "tool call and result",
        result(text("seen")),
        (CARRIED, {"tool_use_id": "c1", "content": [text("seen")]}),
        (CARRIED, {"role": "tool", "tool_call_id": "c1", "content": "seen"}),
        (CARRIED, {"type": "function_call_output", "call_id": "c1", "output": "seen"}),
        (CARRIED, {"functionResponse": {"name": "Look", "response": {"output": "seen"}}}),
    ),
    row(
        "image in a tool result",
        result(image(**PNG)),
        (CARRIED, {"tool_use_id": "c1", "content": [image(**PNG)]}),
        (MAPPED, {"role": "user", "content": [{"type": "image_url", "image_url": {"url": PNG_URL}}]}),
        (CARRIED, {"call_id": "c1", "output": [{"type": "input_image", "image_url": PNG_URL}]}),
        (MAPPED, PNG_INLINE),
    ),
    row(
        "`is_error`",
        result(text("no such file"), is_error=True),
        (CARRIED, {"tool_use_id": "c1", "is_error": True}),
        (MAPPED, {"role": "tool", "content": "[The tool reported an error.]\nno such file"}),
        (MAPPED, {"call_id": "c1", "output": "[The tool reported an error.]\nno such file"}),
        (CARRIED, {"functionResponse": {"response": {"error": "no such file"}}}),
    ),
    row(
        "tools",
        {"tools": [TOOL]},
        same({"tools": [TOOL]}),
        (CARRIED, {"type": "function", "function": {"name": "Look", "description": "looks"}}),
        (CARRIED, {"type": "function", "name": "Look", "description": "looks"}),
        (CARRIED, {"functionDeclarations": [{"name": "Look", "description": "looks"}]}),
    ),
    row(
        "`tool_choice: auto`",
        {"tools": [TOOL], "tool_choice": {"type": "auto"}},
        same({"tool_choice": {"type": "auto"}}),
        (CARRIED, {"tool_choice": "auto"}),
        (CARRIED, {"tool_choice": "auto"}),
        (CARRIED, {"functionCallingConfig": {"mode": "AUTO"}}),
    ),
    row(
        "`tool_choice: any`",
        {"tools": [TOOL], "tool_choice": {"type": "any"}},
        same({"tool_choice": {"type": "any"}}),
        (CARRIED, {"tool_choice": "required"}),
        (CARRIED, {"tool_choice": "required"}),
        (CARRIED, {"functionCallingConfig": {"mode": "ANY"}}),
    ),
    row(
        "`tool_choice: tool`",
        {"tools": [TOOL], "tool_choice": {"type": "tool", "name": "Look"}},
        same({"tool_choice": {"type": "tool", "name": "Look"}}),
        (CARRIED, {"tool_choice": {"type": "function", "function": {"name": "Look"}}}),
        (CARRIED, {"tool_choice": {"type": "function", "name": "Look"}}),
        (CARRIED, {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["Look"]}}),
    ),
    row(
        "`tool_choice: none`",
        {"tools": [TOOL], "tool_choice": {"type": "none"}},
        same({"tool_choice": {"type": "none"}}),
        (CARRIED, {"tool_choice": "none"}),
        (CARRIED, {"tool_choice": "none"}),
        (CARRIED, {"functionCallingConfig": {"mode": "NONE"}}),
    ),
    row(
        "`disable_parallel_tool_use`",
        {"tools": [TOOL], "tool_choice": {"type": "auto", "disable_parallel_tool_use": True}},
        (CARRIED, {"disable_parallel_tool_use": True}),
        (CARRIED, {"parallel_tool_calls": False}),
        (CARRIED, {"parallel_tool_calls": False}),
        (LEFT_OUT, "parallel"),
    ),
    row(
        "`max_tokens`",
        {"max_tokens": 777},
        same({"max_tokens": 777}),
        (CARRIED, {"max_completion_tokens": 777}),
        (CARRIED, {"max_output_tokens": 777}),
        (CARRIED, {"generationConfig": {"maxOutputTokens": 777}}),
    ),
    row(
        "`stop_sequences`",
        {"stop_sequences": ["HALT"]},
        same({"stop_sequences": ["HALT"]}),
        (CARRIED, {"stop": ["HALT"]}),
        (LEFT_OUT, "HALT"),
        (CARRIED, {"stopSequences": ["HALT"]}),
    ),
    row(
        "`temperature`, `top_p`",
        {"temperature": 0.25, "top_p": 0.75},
        same({"temperature": 0.25, "top_p": 0.75}),
        (CARRIED, {"temperature": 0.25, "top_p": 0.75}),
        (CARRIED, {"temperature": 0.25, "top_p": 0.75}),
        (CARRIED, {"temperature": 0.25, "topP": 0.75}),
        models=WITHOUT_REASONING,
    ),
    row(
        "`temperature`, `top_p`, reasoning model",
        {"temperature": 0.25, "top_p": 0.75},
        same({"temperature": 0.25, "top_p": 0.75}),
        (LEFT_OUT, "0.25"),
        (LEFT_OUT, "0.25"),
        (CARRIED, {"temperature": 0.25, "topP": 0.75}),
    ),
    row(
        "`top_k`",
        {"top_k": 47},
        same({"top_k": 47}),
        (LEFT_OUT, "47"),
        (LEFT_OUT, "47"),
        (CARRIED, {"topK": 47}),
    ),
    row(
        "`metadata.user_id`",
        {"metadata": {"user_id": "user_abc_account__session_0123456789abcdef"}},
        (CARRIED, {"user_id": "user_abc_account__session_0123456789abcdef"}),
        (LEFT_OUT, "0123456789abcdef"),
        (MAPPED, {"prompt_cache_key": "0123456789abcdef"}),
        (LEFT_OUT, "0123456789abcdef"),
    ),
    row(
        "`cache_control`",
        {"system": [{**text("Be kind"), "cache_control": {"type": "ephemeral"}}]},
        (CARRIED, {"cache_control": {"type": "ephemeral"}}),
        (LEFT_OUT, "ephemeral"),
        (LEFT_OUT, "ephemeral"),
        (LEFT_OUT, "ephemeral"),
    ),
    row(
        "structured output (`output_config.format`)",
        {"output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}},
        (CARRIED, {"format": {"type": "json_schema", "schema": SCHEMA}}),
        (CARRIED, {"response_format": {"type": "json_schema", "json_schema": {"schema": SCHEMA}}}),
        (CARRIED, {"format": {"type": "json_schema", "schema": SCHEMA}}),
        (CARRIED, {"responseMimeType": "application/json", "responseJsonSchema": {"required": ["a"]}}),
    ),
    row(
        "`output_config.effort`",
        {"output_config": {"effort": "medium"}},
        same({"output_config": {"effort": "medium"}}),
        (CARRIED, {"reasoning_effort": "medium"}),
        (CARRIED, {"reasoning": {"effort": "medium"}}),
        (MAPPED, {"thinkingConfig": {"thinkingBudget": 8192}}),
    ),
    row(
        "`thinking.budget_tokens`",
        {"thinking": {"type": "enabled", "budget_tokens": 5000}},
        same({"thinking": {"type": "enabled", "budget_tokens": 5000}}),
        (MAPPED, {"reasoning_effort": "medium"}),
        (MAPPED, {"reasoning": {"effort": "medium", "summary": "auto"}}),
        (CARRIED, {"thinkingConfig": {"includeThoughts": True, "thinkingBudget": 5000}}),
    ),
    row(
        "effort or budget, model without such a control",
        {"thinking": {"type": "enabled", "budget_tokens": 5000}},
        same({"thinking": {"type": "enabled", "budget_tokens": 5000}}),
        (LEFT_OUT, "5000"),
        (LEFT_OUT, "5000"),
        (LEFT_OUT, "5000"),
        models={**WITHOUT_REASONING, "gemini": "gemini-2.0-flash"},
    ),
    row(
        "earlier thinking of another provider",
        thought(wrap("openai-chat:elsewhere", '[{"type":"reasoning.text","text":"hm"}]')),
        (LEFT_OUT, "hm"),
        (LEFT_OUT, "hm"),
        (LEFT_OUT, "hm"),
        (LEFT_OUT, "hm"),
    ),
    row(
        "web search tool",
        {"tools": [SEARCH]},
        same({"tools": [SEARCH]}),
        (REFUSED, "web_search_20250305"),
        (MAPPED, {"tools": [{"type": "web_search"}]}),
        (MAPPED, {"tools": [{"googleSearch": {}}]}),
    ),
    row(
        "other server tools",
        {"tools": [{"type": "code_execution_20250825", "name": "code_execution"}]},
        (CARRIED, {"type": "code_execution_20250825"}),
        (REFUSED, "code_execution_20250825"),
        (REFUSED, "code_execution_20250825"),
        (REFUSED, "code_execution_20250825"),
    ),
    row(
        "fields newer than the gateway",
        {"brand_new": {"deep": "value-of-it"}},
        same({"brand_new": {"deep": "value-of-it"}}),
        (LEFT_OUT, "value-of-it"),
        (LEFT_OUT, "value-of-it"),
        (LEFT_OUT, "value-of-it"),
    ),
)

# What a provider must get back on the next turn, as its own decoder put it into a signature: payload and evidence.
OWN_THINKING: dict[str, tuple[str, Json]] = {
    "openai-chat": (
        '[{"type":"reasoning.text","text":"hm","signature":"S"}]',
        {"reasoning_details": [{"signature": "S"}]},
    ),
    "openai-responses": (
        '{"id":"rs_1","summary":[],"encrypted_content":"E"}',
        {"type": "reasoning", "id": "rs_1", "encrypted_content": "E"},
    ),
    "gemini": ("SIG", {"text": "Yes", "thoughtSignature": "SIG"}),
}

# A whole answer of each protocol: 100 tokens of prompt, 30 of them from the cache, 20 of output.
ANSWERS: dict[str, Json] = {
    "anthropic": {
        "type": "message",
        "role": "assistant",
        "content": [{"type": "thinking", "thinking": "hm", "signature": "s"}, text("Yes")],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 70, "cache_read_input_tokens": 30, "output_tokens": 20},
    },
    "openai-chat": {
        "choices": [{"message": {"content": "Yes", "reasoning_content": "hm"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 20, "prompt_tokens_details": {"cached_tokens": 30}},
    },
    "openai-responses": {
        "status": "completed",
        "output": [
            {"type": "reasoning", "id": "r", "summary": [{"type": "summary_text", "text": "hm"}]},
            {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Yes"}]},
        ],
        "usage": {"input_tokens": 100, "output_tokens": 20, "input_tokens_details": {"cached_tokens": 30}},
    },
    "gemini": {
        "candidates": [
            {"content": {"parts": [{"text": "hm", "thought": True}, {"text": "Yes"}]}, "finishReason": "STOP"}
        ],
        "usageMetadata": {"promptTokenCount": 100, "candidatesTokenCount": 20, "cachedContentTokenCount": 30},
    },
}
