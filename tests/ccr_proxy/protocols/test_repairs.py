"""Refusals that a changed request heals, in the wording of the providers."""

from __future__ import annotations

from typing import Any

import pytest

from ccr_proxy.protocols.repairs import Lesson, apply, lesson_from

BODY: dict[str, Any] = {
    "model": "m",
    "messages": [],
    "max_tokens": 64000,
    "temperature": 1,
    "reasoning_effort": "high",
    "parallel_tool_calls": False,
    "stream_options": {"include_usage": True},
    "stop": ["x"],
}


@pytest.mark.parametrize(
    ("message", "lesson"),
    [
        (
            "max_tokens is too large: 64000. This model supports at most 16384 completion tokens, whereas you provided "
            "64000.",
            Lesson("cap", "max_tokens", 16384),
        ),
        ("Invalid max_tokens value, the valid range of max_tokens is [1, 8192]", Lesson("cap", "max_tokens", 8192)),
        ("Range of max_tokens should be [1,8192]", Lesson("cap", "max_tokens", 8192)),
        ("`max_tokens` must be less than or equal to `32,768`", Lesson("cap", "max_tokens", 32768)),
        (
            "max_tokens: 64000 > 8192, which is the maximum allowed number of output tokens for "
            "claude-3-5-sonnet-20241022",
            Lesson("cap", "max_tokens", 8192),
        ),
        (
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' "
            "instead.",
            Lesson("rename", "max_tokens"),
        ),
        ("Unsupported parameter: 'temperature' is not supported with this model.", Lesson("drop", "temperature")),
        ("Unsupported value: 'reasoning_effort' does not support 'high'", Lesson("drop", "reasoning_effort")),
        ("Unrecognized request argument supplied: parallel_tool_calls", Lesson("drop", "parallel_tool_calls")),
        ("body.stream_options: Extra inputs are not permitted", Lesson("drop", "stream_options")),
        (
            "'max_tokens' or 'max_completion_tokens' is too large: 64000. This model's maximum context length is 32768 "
            "tokens and your request has 5234 input tokens (64000 > 32768 - 5234).",
            Lesson("cap", "max_tokens", 27534, lasting=False),
        ),
        # nothing that a changed tuning value would heal
        ("Unknown model m", None),
        ("messages: unexpected role", None),
        ("Invalid 'top_k'", None),
        ("max_tokens must be at least 1", None),
        ("prompt is too long: 205123 tokens > 200000 maximum", None),
        ("", None),
    ],
)
def test_lessons(message: str, lesson: Lesson | None) -> None:
    assert lesson_from(message, BODY) == lesson


GEMINI_BODY: dict[str, Any] = {
    "contents": [],
    "generationConfig": {"maxOutputTokens": 64000, "topP": 1, "thinkingConfig": {"thinkingLevel": "high"}},
}


@pytest.mark.parametrize(
    ("message", "lesson"),
    [
        (
            "Unable to submit request because it has a maxOutputTokens value of 64000 but the supported range is from "
            "1 (inclusive) to 8193 (exclusive). Update the value and try again.",
            Lesson("cap", "generationConfig.maxOutputTokens", 8192),
        ),
        (
            "max_output_tokens must be between 1 and 8192, inclusive",
            Lesson("cap", "generationConfig.maxOutputTokens", 8192),
        ),
        ("Thinking level HIGH is not supported for this model.", Lesson("drop", "generationConfig.thinkingConfig")),
        ("Thinking is not enabled for models/gemini-2.0-flash", Lesson("drop", "generationConfig.thinkingConfig")),
        (
            "Thinking_config.include_thoughts is only enabled when thinking is enabled.",
            Lesson("drop", "generationConfig.thinkingConfig"),
        ),
        (
            "Budget 0 is invalid. This model only works in thinking mode.",
            Lesson("drop", "generationConfig.thinkingConfig"),
        ),
        ("The input token count exceeds the maximum number of tokens allowed (1048576).", None),
        ("Invalid value at 'contents[0].role'", None),
    ],
)
def test_lessons_from_gemini(message: str, lesson: Lesson | None) -> None:
    assert lesson_from(message, GEMINI_BODY) == lesson


def test_what_gemini_taught_changes_its_generation_config_only() -> None:
    lessons = [
        Lesson("cap", "generationConfig.maxOutputTokens", 8192),
        Lesson("drop", "generationConfig.thinkingConfig"),
    ]
    assert apply(lessons, GEMINI_BODY) == {"contents": [], "generationConfig": {"maxOutputTokens": 8192, "topP": 1}}
    assert GEMINI_BODY["generationConfig"]["maxOutputTokens"] == 64000
    assert apply(lessons, {"contents": []}) == {"contents": []}


def test_a_limit_learnt_under_one_name_holds_under_the_other() -> None:
    lessons = [Lesson("rename", "max_tokens"), Lesson("cap", "max_tokens", 8192)]
    assert apply(lessons, {"max_tokens": 64000}) == {"max_completion_tokens": 8192}


@pytest.mark.parametrize(
    ("lessons", "body", "changed"),
    [
        ([], {"max_tokens": 5}, {"max_tokens": 5}),
        ([Lesson("cap", "max_tokens", 8192)], {"max_tokens": 64000, "x": 1}, {"max_tokens": 8192, "x": 1}),
        ([Lesson("cap", "max_tokens", 8192)], {"max_tokens": 100}, {"max_tokens": 100}),
        ([Lesson("drop", "stop")], {"stop": ["x"], "x": 1}, {"x": 1}),
        ([Lesson("drop", "stop"), Lesson("rename", "max_tokens")], {"x": 1}, {"x": 1}),
    ],
)
def test_what_was_learnt_changes_later_requests(
    lessons: list[Lesson], body: dict[str, Any], changed: dict[str, Any]
) -> None:
    before = dict(body)
    assert apply(lessons, body) == changed
    assert body == before


def test_a_learnt_limit_lowers_the_thinking_budget() -> None:
    body = {"max_tokens": 32000, "thinking": {"type": "enabled", "budget_tokens": 31999}}
    assert apply([Lesson("cap", "max_tokens", 8192)], body) == {
        "max_tokens": 8192,
        "thinking": {"type": "enabled", "budget_tokens": 8191},
    }


@pytest.mark.parametrize("field", ["context_management", "output_config", "thinking", "metadata"])
def test_a_beta_field_that_a_compatible_endpoint_does_not_know_is_left_out(field: str) -> None:
    body = {"model": "m", "messages": [], field: {"type": "x"}}
    lesson = lesson_from(f"{field}: Extra inputs are not permitted", body)
    assert lesson == Lesson("drop", field)


def test_what_the_model_is_told_is_never_dropped() -> None:
    body = {"messages": [], "tools": [], "system": "x", "model": "m"}
    for field in body:
        assert lesson_from(f"unsupported parameter: {field}", body) is None
