"""Tool call ids: accepted by Anthropic, and as the provider knew them on the way back."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.protocols.signatures import wrap
from ccr_proxy.protocols.tool_ids import (
    from_client,
    is_signed,
    new_tool_id,
    signature_for,
    signed,
    to_anthropic,
    to_client,
    to_upstream,
    unsigned,
)

words = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.mark.parametrize(
    ("upstream", "anthropic"),
    [
        ("call_abc-123", "call_abc-123"),
        ("functions.Bash:0", "functions_-2e_Bash_-3a_0"),
        ("a b", "a_-20_b"),
        ("ü🚀", "_-fc__-1f680_"),
        ("..", "_-2e__-2e_"),
        ("_-2e.", "_-5f_-2e_-2e_"),
        ("_-2e_", "_-5f_-2e_"),
    ],
)
def test_characters_that_anthropic_refuses_travel_escaped(upstream: str, anthropic: str) -> None:
    assert to_anthropic(upstream) == anthropic
    assert to_upstream(anthropic) == upstream


@pytest.mark.parametrize(
    "foreign", ["toolu_01A-b_c", "call_-zz_", "_-41_", "_-110000_", "_-ffffff_", "x_-_y", "_-5f_a"]
)
def test_an_id_that_was_never_escaped_stays_itself(foreign: str) -> None:
    assert to_upstream(foreign) == foreign


def test_fresh_ids_differ() -> None:
    assert len({new_tool_id() for _ in range(100)}) == 100
    assert re.fullmatch(r"toolu_[0-9a-f]{24}", new_tool_id())


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_every_id_is_accepted_and_comes_back(upstream: str) -> None:
    escaped = to_anthropic(upstream)
    assert re.fullmatch(r"[a-zA-Z0-9_-]+", escaped)
    assert to_upstream(escaped) == upstream


@given(st.from_regex(r"\A[_.:0-9a-f-]{1,12}\Z"))
def test_ids_that_look_escaped_come_back_too(upstream: str) -> None:
    assert to_upstream(to_anthropic(upstream)) == upstream


@given(words.filter(bool) | st.from_regex(r"\A[_z.0-9a-f-]{1,12}\Z"), words, words)
def test_a_signature_travels_in_the_id_and_only_its_origin_reads_it(upstream: str, origin: str, signature: str) -> None:
    plain = to_anthropic(upstream)
    tool_id = signed(plain, wrap(origin, signature))
    assert re.fullmatch(r"[a-zA-Z0-9_-]+", tool_id)
    assert (is_signed(plain), is_signed(tool_id)) == (False, signature != "")
    assert (unsigned(tool_id), to_upstream(tool_id)) == (plain, upstream)
    assert from_client(to_client(tool_id)) == tool_id
    if signature:
        assert signature_for(origin, tool_id) == signature
        assert signature_for(origin + "x", tool_id) is None


def test_a_signature_of_many_kilobytes_survives() -> None:
    signature = "sIgn+/=" * 20_000
    assert signature_for("o", signed("c1", wrap("o", signature))) == signature


@pytest.mark.parametrize("end", range(-1, -30, -1))
def test_a_signature_that_a_client_has_cut_is_none(end: int) -> None:
    assert signature_for("o", signed("c1", wrap("o", "a signature"))[:end]) is None


@pytest.mark.parametrize("tool_id", ["toolu_1", "a_-z", "a_-z0123456789ab_", "a_-zx123456789ab_YQ", "", None, 7])
def test_other_ids_have_no_signature(tool_id: object) -> None:
    assert not is_signed(tool_id)
    assert signature_for("o", tool_id) is None


@pytest.mark.parametrize("signature", ["", "EqQB", "zcf1.broken"])
def test_only_a_wrapped_signature_goes_into_an_id(signature: str) -> None:
    assert signed("c1", signature) == "c1"
