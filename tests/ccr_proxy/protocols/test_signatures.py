"""Signatures: what a provider stored comes back to it and to nobody else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.protocols.signatures import Wrapped, payload_for, unwrap, wrap

texts = st.text(st.characters(exclude_categories=["Cs"]))


@given(texts, texts)
def test_round_trip(origin: str, payload: str) -> None:
    signature = wrap(origin, payload)
    assert signature.isascii()
    assert unwrap(signature) == Wrapped(origin, payload)
    assert payload_for(origin, signature) == payload


@given(texts, texts)
def test_only_the_provider_that_made_it_gets_it_back(origin: str, other: str) -> None:
    assert (payload_for(other, wrap(origin, "x")) is None) == (other != origin)


@pytest.mark.parametrize(
    "foreign",
    [
        None,
        5,
        "",
        "EqQBCkYIARgCKkDx",
        "zcf1.",
        "zcf1.a",
        "zcf1.a.b",
        "zcf1.YQ.YQ.YQ",
        "zcf1.YQ.!!!",
        "zcf1._w._w",
        ["x"],
    ],
)
def test_foreign_and_damaged_signatures_hold_nothing(foreign: object) -> None:
    assert unwrap(foreign) is None
    assert payload_for("openai-chat:x", foreign) is None


@given(st.text())
def test_no_text_breaks_unwrap(text: str) -> None:
    assert unwrap("zcf1." + text) is None or isinstance(unwrap("zcf1." + text), Wrapped)
