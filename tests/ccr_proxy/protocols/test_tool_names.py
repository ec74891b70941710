"""Names of tools on their way to a target that takes shorter ones, and back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.protocols.tool_names import fitting, originals, with_fitting_names

LONG = "mcp__company-internal-knowledge-base__search_documents_by_semantic_similarity"
LEGAL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_-]{0,63}")
NAMES = st.text("abcXYZ019_-", min_size=1, max_size=128) | st.text(min_size=1, max_size=200)


@pytest.mark.parametrize("name", ["Bash", "mcp__github__list_issues", "_x-1", "a" * 64])
def test_a_name_that_fits_stays(name: str) -> None:
    assert fitting(name) == name


def test_a_long_name_stays_readable() -> None:
    assert fitting(LONG) == "mcp__company-internal-knowledge-base__search_docum_1058980bb9ba"


@given(st.sets(NAMES, max_size=30))
def test_any_names_go_out_legal_and_distinct_and_come_back(names: set[str]) -> None:
    sent = {fitting(name) for name in names}
    assert len(sent) == len(names)
    assert all(LEGAL.fullmatch(name) for name in sent)
    restored = originals({"tools": [{"name": name} for name in names]})
    assert {restored.get(name, name) for name in sent} == names


def request(name: str) -> dict[str, Any]:
    call = {"type": "tool_use", "id": "t", "name": name, "input": {"name": LONG}}
    found = {"type": "tool_reference", "tool_name": name}
    return {
        "tools": [{"name": name, "input_schema": {"title": LONG}}, {"name": "Bash"}],
        "tool_choice": {"type": "tool", "name": name},
        "messages": [
            {"role": "user", "content": f"call {LONG}"},
            {"role": "assistant", "content": [{"type": "text", "text": LONG}, call]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": LONG}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "s", "content": [found]}]},
        ],
    }


def test_a_tool_is_renamed_wherever_it_is_named_and_nothing_else() -> None:
    asked = request(LONG)
    assert with_fitting_names(asked) == request(fitting(LONG))
    assert asked == request(LONG)


def test_a_call_of_a_tool_that_is_not_offered_any_more_is_renamed_too() -> None:
    asked = {name: value for name, value in request(LONG).items() if name == "messages"}
    assert with_fitting_names(asked)["messages"] == request(fitting(LONG))["messages"]
    assert originals(asked) == {}


def test_a_request_whose_names_fit_stays_the_same_object() -> None:
    asked = request("Bash")
    assert with_fitting_names(asked) is asked
    assert with_fitting_names({"messages": "nonsense"}) == {"messages": "nonsense"}
