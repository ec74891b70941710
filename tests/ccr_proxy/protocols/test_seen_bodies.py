"""Whatever was seen before, a body reads as if it were parsed alone; what it shares comes back as the same objects."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.json_codec import dumps, loads
from ccr_proxy.protocols.seen_bodies import SeenBodies

FILLER = {"role": "user", "content": "x" * 5000}
TOOLS = [{"name": "Bash", "input_schema": {"type": "object"}}]


def body(*messages: Any, **fields: Any) -> dict[str, Any]:
    return {"model": "m", "messages": [FILLER, *messages], "tools": TOOLS, **fields}


def user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": [{"type": "text", "text": text}]}


def test_a_longer_conversation_shares_the_messages_it_had_before() -> None:
    seen = SeenBodies()
    first = seen.parse(dumps(body(user("one"), user("two"))))
    second = seen.parse(dumps(body(user("one"), user("changed"), user("three"))))
    assert second.value == body(user("one"), user("changed"), user("three"))
    old, new = first.value["messages"], second.value["messages"]
    assert [a is b for a, b in zip(old, new, strict=False)] == [True, True, False]
    assert second.value["tools"] is first.value["tools"]
    assert second.known is first.known


def test_what_is_known_of_a_message_is_dropped_with_it() -> None:
    seen = SeenBodies()
    first = seen.parse(dumps(body(user("one"), user("two"))))
    ids = [id(message) for message in first.value["messages"]]
    first.known.update(dict.fromkeys(ids, "counted"))
    second = seen.parse(dumps(body(user("one"), user("other"))))
    assert set(second.known) == set(ids[:2])


@pytest.mark.parametrize(
    "raw",
    [
        dumps(body(user("one"))).replace(b",", b", "),  # written by Python's json
        dumps(body(user("one"))) + b"  ",
        dumps(body(user("one"))).replace(b'"one"', b'"\\u006fne"'),
        dumps({"messages": [FILLER], "model": "m"}),
        dumps({"messages": FILLER["content"]}),
        dumps([FILLER]),
        b'{"model":"a","messages":[1],"messages":[' + dumps(FILLER) + b"]}",
    ],
)
def test_bodies_of_other_shapes_are_read_all_the_same(raw: bytes) -> None:
    seen = SeenBodies()
    for _ in range(3):
        assert seen.parse(raw).value == loads(raw)


def test_the_memory_stays_within_its_bounds() -> None:
    seen = SeenBodies(conversations=2, total_bytes=20_000)
    for name in "abcdef":
        seen.parse(dumps({"model": name, "messages": [FILLER]}))
    assert [conversation.body["model"] for conversation in seen._seen] == ["e", "f"]
    seen.parse(dumps({"model": "big", "messages": [FILLER] * 3}))
    assert [conversation.body["model"] for conversation in seen._seen] == ["big"]


def test_a_body_that_is_no_json_after_a_shared_beginning_is_refused() -> None:
    seen = SeenBodies()
    raw = dumps(body(user("one")))
    seen.parse(raw)
    with pytest.raises(ValueError):
        seen.parse(raw.replace(b'"one"', b'"one'))


messages = st.lists(
    st.one_of(
        st.text(max_size=5).map(user),
        st.fixed_dictionaries({"role": st.just("assistant"), "content": st.text(max_size=5)}),
        st.integers(),
    ),
    max_size=6,
)
fields = st.dictionaries(st.sampled_from(["system", "stream", "messages"]), st.text(max_size=3), max_size=2)


@given(st.lists(st.tuples(messages, fields), min_size=1, max_size=6), st.booleans())
def test_any_sequence_of_bodies_reads_as_each_alone(
    bodies: list[tuple[list[Any], dict[str, Any]]], filled: bool
) -> None:
    seen = SeenBodies(conversations=3)
    for contents, extra in bodies:
        raw = dumps({"model": "m" * (1 if filled else 5000), "messages": [FILLER, *contents], **extra})
        assert seen.parse(raw).value == loads(raw)
