"""The strict form of a conversation: turns alternate, every call is answered right after its turn, nothing is lost.

What becomes of each kind of content is shown with the formats that use it (`openai_chat/test_request.py`).
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.errors import ClientFault
from ccr_proxy.protocols.conversation import Turn, block_text, system_texts, text_of_content, turns_of

Json = dict[str, Any]


def text(value: str) -> Json:
    return {"type": "text", "text": value}


def call(call_id: str) -> Json:
    return {"type": "tool_use", "id": call_id, "name": "A", "input": {}}


def result(call_id: str, content: Any = "r") -> Json:
    return {"type": "tool_result", "tool_use_id": call_id, "content": content}


def test_results_stand_in_the_order_of_their_calls() -> None:
    messages = [
        {"role": "assistant", "content": [call("1"), text("x"), call("2")]},
        {"role": "user", "content": [result("2"), result("1")]},
    ]
    assert turns_of({"messages": messages}) == [
        Turn("assistant", [call("1"), text("x"), call("2")]),
        Turn("user", [], [result("1"), result("2")]),
    ]


def test_the_request_is_left_as_it_is() -> None:
    content = [call("1")]
    turns_of({"messages": [{"role": "assistant", "content": content}]})
    assert content == [call("1")]


@pytest.mark.parametrize(
    "messages",
    [[], None, [{"role": "user", "content": ""}], [{"role": "user"}], ["x"], [{"role": "user", "content": [text("")]}]],
)
def test_a_conversation_that_says_nothing_is_refused(messages: Any) -> None:
    with pytest.raises(ClientFault, match="messages"):
        turns_of({"messages": messages})


@pytest.mark.parametrize(
    ("system", "texts"),
    [
        (None, []),
        ("", []),
        ("S", ["S"]),
        ([text("a"), text(""), {"type": "text"}, "b"], ["a", "b"]),
        (
            [text("x-anthropic-billing-header: cc_version=2.1.197.a3f; cc_entrypoint=cli;")],
            ["x-anthropic-billing-header: cc_version=2.1.197; cc_entrypoint=cli;"],
        ),
    ],
)
def test_system_texts(system: Any, texts: list[str]) -> None:
    assert system_texts({"system": system}) == texts


@pytest.mark.parametrize(
    ("block", "said"),
    [
        (text("a"), "a"),
        ({"type": "image", "source": {}}, ""),
        ({"type": "tool_reference", "tool_name": "T"}, "[Tool T is now available.]"),
        ({"type": "search_result", "title": "T", "source": "S", "content": [text("c")]}, "T\nS\nc"),
        ({"type": "document", "source": {"type": "text", "data": "d"}, "title": "T"}, "T\nd"),
        ({"type": "document", "source": {"type": "content", "content": [text("a"), text("b")]}}, "a\nb"),
        ({"type": "document", "source": {"type": "base64", "data": "x"}, "title": "T"}, ""),
        ({"type": "document", "source": None}, ""),
    ],
)
def test_block_text(block: Json, said: str) -> None:
    assert block_text(block) == said


@pytest.mark.parametrize(
    ("content", "said"), [("s", "s"), ([text("a"), {"type": "image"}, text("b")], "a\nb"), (None, "")]
)
def test_text_of_content(content: Any, said: str) -> None:
    assert text_of_content(content) == said


blocks = st.one_of(
    st.sampled_from("abc").map(text), st.sampled_from("123").map(call), st.sampled_from("123").map(result)
)
messages = st.lists(
    st.fixed_dictionaries(
        {
            "role": st.sampled_from(["user", "assistant", "system"]),
            "content": st.lists(blocks, max_size=4) | st.text(max_size=3),
        }
    ),
    max_size=6,
)


@given(messages)
def test_turns_alternate_and_every_call_is_answered_in_place(said: list[Json]) -> None:
    turns = turns_of({"messages": [*said, {"role": "user", "content": "last"}]})
    for turn, following in pairwise(turns):
        assert turn.role != following.role
    for before, after in zip([None, *turns], [*turns, None], strict=True):
        asked = (
            [b["id"] for b in before.blocks if b["type"] == "tool_use"] if before and before.role == "assistant" else []
        )
        if after is None:
            assert asked == []
        elif after.role == "user":
            assert [answer["tool_use_id"] for answer in after.results] == asked
        else:
            assert after.results == []
