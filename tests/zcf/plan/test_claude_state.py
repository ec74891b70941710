"""Claude Code's .claude.json: onboarding and the approval of a key by its last 20 characters."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ccr_proxy.config.document import parse
from zcf.errors import Refusal
from zcf.plan.claude_state import edited

LONG = "sk-zcf-0123456789abcdefghijklmnop"
TAIL = LONG[-20:]
DONE = {"hasCompletedOnboarding": True}


def answers(approved: list[str], rejected: list[str] | None = None) -> dict[str, Any]:
    lists = {"approved": approved} if rejected is None else {"approved": approved, "rejected": rejected}
    return {"customApiKeyResponses": lists}


CASES: dict[str, tuple[dict[str, Any], str | None, dict[str, Any]]] = {
    "nothing to approve": ({"numStartups": 3}, None, {"numStartups": 3, **DONE}),
    "false becomes true": ({"hasCompletedOnboarding": False}, None, DONE),
    "the last twenty": ({}, LONG, {**DONE, **answers([TAIL])}),
    "a short key whole": ({}, "short", {**DONE, **answers(["short"])}),
    "appended": (answers(["a"], []), LONG, {**DONE, **answers(["a", TAIL], [])}),
    "an empty list": (answers([], ["z"]), LONG, {**DONE, **answers([TAIL], ["z"])}),
    "out of rejected, however often": (
        answers(["a"], [TAIL, "b", TAIL]),
        LONG,
        {**DONE, **answers(["a", TAIL], ["b"])},
    ),
    "approved already": ({**DONE, **answers([TAIL])}, LONG, {**DONE, **answers([TAIL])}),
}


@pytest.mark.parametrize(("before", "key", "after"), CASES.values(), ids=CASES.keys())
def test_the_state(before: dict[str, Any], key: str | None, after: dict[str, Any]) -> None:
    document = edited(parse(json.dumps(before), ".claude.json"), key)
    assert document.value == after
    assert edited(document, key).text == document.text


@pytest.mark.parametrize("text", ['{"customApiKeyResponses": []}', '{"customApiKeyResponses": {"approved": "x"}}'])
def test_wrong_types_are_refused(text: str) -> None:
    with pytest.raises(Refusal):
        edited(parse(text, ".claude.json"), LONG)
