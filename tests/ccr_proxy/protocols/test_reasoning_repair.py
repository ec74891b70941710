"""Reasoning that a provider refuses goes; everything else of the request stays."""

from __future__ import annotations

from typing import Any

import pytest

from ccr_proxy.protocols.reasoning_repair import refuses_reasoning, without_reasoning


@pytest.mark.parametrize(
    ("message", "refused"),
    [
        ("messages.1.content.0: Invalid `signature` in `thinking` block", True),
        ("messages.3.content.0.thinking.signature: Field required", True),
        ("Expected `thinking` or `redacted_thinking`, but found `tool_use`", True),
        ("`thinking` blocks in the latest assistant message cannot be modified", True),
        ("a final `assistant` message must start with a thinking block", True),
        ("The encrypted content gAAA could not be verified.", True),
        ("Function call is missing a thought_signature in functionCall parts", True),
        ("Unsupported parameter: 'temperature'", False),
        ("This model's maximum context length is 8192 tokens", False),
    ],
)
def test_which_errors_are_about_reasoning(message: str, refused: bool) -> None:
    assert refuses_reasoning(message) is refused


THINKING = {"type": "thinking", "thinking": "hm", "signature": "s"}
CALL = {"type": "tool_use", "id": "t", "name": "Bash", "input": {}}
STAND_IN = "skip_thought_signature_validator"  # a call without any signature is refused too


def signed_call(call_id: str, signature: str) -> dict[str, Any]:
    return {"id": call_id, "extra_content": {"google": {"thought_signature": signature}}}


USER_TURN = {"role": "user", "parts": [{"text": "go"}]}
RESULT = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": "ok"}]}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            {"input": [{"type": "reasoning", "id": "r"}, {"type": "message", "role": "user"}], "model": "m"},
            {"input": [{"type": "message", "role": "user"}], "model": "m"},
        ),
        (
            {"contents": [{"role": "model", "parts": [{"functionCall": {}, "thoughtSignature": "s"}]}]},
            {"contents": [{"role": "model", "parts": [{"functionCall": {}, "thoughtSignature": STAND_IN}]}]},
        ),
        (
            {"contents": [USER_TURN, {"role": "model", "parts": [{"text": "", "thoughtSignature": "s"}]}, USER_TURN]},
            {"contents": [USER_TURN, USER_TURN]},
        ),
        (
            {"messages": [{"role": "assistant", "tool_calls": [signed_call("a", "own"), signed_call("b", "own")]}]},
            {"messages": [{"role": "assistant", "tool_calls": [signed_call("a", STAND_IN), {"id": "b"}]}]},
        ),
        (
            {"messages": [{"role": "assistant", "content": None, "tool_calls": [], "reasoning_details": [1]}]},
            {"messages": [{"role": "assistant", "content": None, "tool_calls": []}]},
        ),
        (
            {
                "messages": [{"role": "assistant", "content": [THINKING, CALL]}, RESULT],
                "thinking": {"type": "adaptive"},
            },
            {"messages": [{"role": "assistant", "content": [CALL]}, RESULT]},
        ),
        (
            {
                "messages": [{"role": "assistant", "content": [THINKING]}, {"role": "user", "content": "go"}],
                "thinking": {},
            },
            {
                "messages": [
                    {"role": "assistant", "content": [{"type": "text", "text": "[thinking]"}]},
                    {"role": "user", "content": "go"},
                ],
                "thinking": {},
            },
        ),
    ],
    ids=[
        "responses",
        "gemini",
        "gemini without text",
        "gemini as chat",
        "chat",
        "anthropic in a tool loop",
        "anthropic after a turn",
    ],
)
def test_each_protocol_loses_only_its_reasoning(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert without_reasoning(before) == after


def test_a_request_without_reasoning_stays_the_same_object() -> None:
    body = {"messages": [{"role": "user", "content": "hi"}]}
    assert without_reasoning(body) is body


def test_a_gemini_request_with_nothing_but_stand_ins_is_not_sent_again() -> None:
    call = {"functionCall": {"name": "Bash", "args": {}}, "thoughtSignature": STAND_IN}
    body = {"contents": [USER_TURN, {"role": "model", "parts": [call]}]}
    assert without_reasoning(body) is body
