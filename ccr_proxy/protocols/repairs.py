"""Refusals that a changed request heals.

Claude Code asks every model for 32,000 or 64,000 output tokens and for thinking, because it cannot know better behind a
gateway. When a provider answers 400 and says which tuning value it does not take, the request is changed and sent
again, and what was learnt holds for later requests to that model.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ccr_proxy.json_codec import JsonObject, as_object
from ccr_proxy.protocols.reasoning_repair import refuses_reasoning, with_signed_calls, without_reasoning
from ccr_proxy.protocols.thinking_budget import within_limit

# A dot leads into an object of the body.
_LIMIT_FIELDS = ("max_tokens", "max_completion_tokens", "max_output_tokens", "generationConfig.maxOutputTokens")
# Only values that tune the answer may go; what the model is told must not.
_DROPPABLE = (
    "reasoning_effort",
    "reasoning",
    "thinking",
    "enable_thinking",
    "temperature",
    "top_p",
    "top_k",
    "parallel_tool_calls",
    "stream_options",
    "stop",
    "output_config",
    "context_management",
    "metadata",
    "prompt_cache_key",
    "include",
    "max_tool_calls",
    "service_tier",
)
# Gemini names neither the field nor its place when it refuses one.
_GEMINI_THINKING = "generationConfig.thinkingConfig"
_REFUSED_GEMINI_THINKING = re.compile(
    r"thinking.?(config|level|budget|mode)|thinking is (not|only)|include_?thoughts", re.IGNORECASE
)
_NUMBER = re.compile(r"\d{1,3}(?:[,_]\d{3})+(?!\d)|\d+")
_LIMIT_WORDS = re.compile(
    r"max_(completion_|output_)?tokens|maxOutputTokens|output tokens|completion tokens", re.IGNORECASE
)
_REFUSAL_WORDS = re.compile(
    r"unsupported|not supported|unrecognized|unknown|not permitted|not allowed|unexpected|invalid|does not support|"
    r"(not|only) enabled",
    re.IGNORECASE,
)
_USE_COMPLETION_TOKENS = re.compile(r"use .{0,3}max_completion_tokens", re.IGNORECASE)
# vLLM counts prompt and output together: what is left beside the prompt is the limit.
_SHARED_LIMIT = re.compile(r"maximum context length is (\d+) tokens and your request has (\d+) input tokens")
# Gemini's ranges name the first number that is too large.
_EXCLUSIVE_LIMIT = re.compile(r"(\d+) \(exclusive\)")
# Fewer output tokens than this are no answer; a smaller number in the message means something else.
_SMALLEST_LIMIT = 256


@dataclass(frozen=True, slots=True)
class Lesson:
    """A change to a request body: rename the output limit, cap it, leave a field or earlier reasoning out, sign calls.

    What is not `lasting` holds for this one request only.
    """

    kind: Literal["rename", "cap", "drop", "forget", "sign"]
    field: str
    value: int = 0
    lasting: bool = True


_FORGET_REASONING = Lesson("forget", "reasoning", lasting=False)
_SIGN_CALLS = Lesson("sign", "tool_calls")
_MISSES_SIGNATURE = re.compile(r"missing a.{0,3}thought_signature", re.IGNORECASE)


def lesson_from(message: str, body: JsonObject) -> Lesson | None:
    """What a 400 with this message teaches about `body`; None when no tuning value is at fault."""
    limit_field = next((field for field in _LIMIT_FIELDS if _value(body, field) is not None), None)
    if limit_field == "max_tokens" and _USE_COMPLETION_TOKENS.search(message):
        return Lesson("rename", "max_tokens")
    if limit_field is not None and (cap := _smaller_limit(message, _value(body, limit_field))):
        return Lesson("cap", limit_field, cap, lasting=not _SHARED_LIMIT.search(message))
    if _MISSES_SIGNATURE.search(message) and with_signed_calls(body) is not body:
        return _SIGN_CALLS
    if refuses_reasoning(message) and without_reasoning(body) is not body:
        return _FORGET_REASONING
    if _REFUSAL_WORDS.search(message):
        named = (field for field in _DROPPABLE if field in body and re.search(rf"\b{field}\b", message))
        if field := next(named, None):
            return Lesson("drop", field)
        if _value(body, _GEMINI_THINKING) is not None and _REFUSED_GEMINI_THINKING.search(message):
            return Lesson("drop", _GEMINI_THINKING)
    return None


def apply(lessons: list[Lesson], body: JsonObject) -> JsonObject:
    """The body with what was learnt; a new object where anything changes."""
    for lesson in lessons:
        if lesson.kind == "rename" and lesson.field in body:
            body = {**body, "max_completion_tokens": body[lesson.field]}
            del body[lesson.field]
        elif lesson.kind == "cap":
            for field in _LIMIT_FIELDS:
                asked = _value(body, field)
                if isinstance(asked, int) and asked > lesson.value:
                    body = within_limit(_with(body, field, lesson.value))
        elif lesson.kind == "drop" and (lesson.field in body or _value(body, lesson.field) is not None):
            body = _without(body, lesson.field)
        elif lesson.kind == "forget":
            body = without_reasoning(body)
        elif lesson.kind == "sign":
            body = with_signed_calls(body)
    return body


def _value(body: JsonObject, field: str) -> object:
    outer, _, inner = field.rpartition(".")
    return (as_object(body.get(outer)) if outer else body).get(inner)


def _with(body: JsonObject, field: str, value: object) -> JsonObject:
    outer, _, inner = field.rpartition(".")
    return {**body, outer: {**body[outer], inner: value}} if outer else {**body, inner: value}


def _without(body: JsonObject, field: str) -> JsonObject:
    outer, _, inner = field.rpartition(".")
    if outer:
        return {**body, outer: _without(body[outer], inner)}
    return {key: value for key, value in body.items() if key != inner}


def _smaller_limit(message: str, asked: object) -> int | None:
    """The largest number in the message that is smaller than what was asked for: the limit it names.

    None when the message is not about the output limit.
    """
    if not isinstance(asked, int) or not _LIMIT_WORDS.search(message):
        return None
    if shared := _SHARED_LIMIT.search(message):
        left = int(shared.group(1)) - int(shared.group(2))
        return left if _SMALLEST_LIMIT <= left < asked else None
    if exclusive := _EXCLUSIVE_LIMIT.search(message):
        limit = int(exclusive.group(1)) - 1
        return limit if _SMALLEST_LIMIT <= limit < asked else None
    numbers = (int(re.sub(r"\D", "", text)) for text in _NUMBER.findall(message))
    return max((number for number in numbers if _SMALLEST_LIMIT <= number < asked), default=None)
