"""`customparams`."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.transformers.customparams import filled_in
from tests.ccr_proxy.transformers.asking import HELLO, chain, sent

OBJECTS = st.dictionaries(
    st.sampled_from("abc"),
    st.recursive(st.integers(), lambda inner: st.dictionaries(st.sampled_from("abc"), inner), max_leaves=6),
)


def test_fields_are_added_and_existing_ones_stay() -> None:
    uses = ["customparams", {"reasoning_effort": "high", "max_tokens": 1, "seed": "7", "user": "007"}]
    body = sent(chain(uses))
    assert (body["reasoning_effort"], body["max_tokens"], body["seed"], body["user"]) == ("high", 32000, 7, "007")


def test_objects_are_merged_level_by_level() -> None:
    extra = {"generationConfig": {"maxOutputTokens": 1, "thinkingConfig": {"thinkingBudget": 5}}, "labels": {"a": "b"}}
    body = sent(chain(["customparams", extra]), HELLO, protocol="gemini")
    assert body["generationConfig"]["maxOutputTokens"] > 1
    assert body["generationConfig"]["thinkingConfig"]["thinkingBudget"] == 5
    assert body["labels"] == {"a": "b"}


@given(OBJECTS, OBJECTS)
def test_what_the_request_has_stays(body: dict[str, object], additions: dict[str, object]) -> None:
    merged = filled_in(body, additions)
    assert filled_in(merged, additions) == merged
    assert merged.keys() == body.keys() | additions.keys()
    assert all(merged[key] == value for key, value in body.items() if not isinstance(value, dict))
