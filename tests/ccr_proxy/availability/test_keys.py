"""Order and labels of keys."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.availability.keys import ApiKey, KeyOrder, in_order, label_for

SECRET = "sk-proj-abcdefghijklmnopqrstuvwxyz"


@pytest.mark.parametrize(
    ("number", "secret", "wanted", "label"),
    [
        (1, SECRET, "", "#1 …wxyz"),
        (2, "short-key", "", "#2"),
        (2, SECRET, "team", "team"),
        (2, SECRET, f"my {SECRET}", "#2 …wxyz"),
        (2, SECRET, "proj-abcdef", "#2 …wxyz"),
        (1, "", "local", "local"),
    ],
)
def test_labels(number: int, secret: str, wanted: str, label: str) -> None:
    assert label_for(number, secret, wanted) == label


@given(st.text(min_size=8), st.text())
def test_no_label_nor_representation_tells_a_key(secret: str, wanted: str) -> None:
    label = label_for(1, secret, wanted)
    key = ApiKey(label, secret)
    assert secret not in label
    assert secret not in repr(key).replace(repr(label), "")
    assert secret not in key.identity


def test_the_first_key_is_filled_first_by_priority_then_place() -> None:
    keys = [ApiKey("reserve", "r", priority=5), ApiKey("one", "1"), ApiKey("two", "2")]
    assert [key.label for key in in_order(keys, KeyOrder.FILL_FIRST, lambda: 0.0)] == ["one", "two", "reserve"]


def test_weighted_keys_come_first_by_their_weights_and_priorities_hold() -> None:
    keys = [ApiKey("one", "1", weight=1), ApiKey("three", "3", weight=3), ApiKey("reserve", "r", 9, priority=1)]
    draw = random.Random(7).random
    firsts: Counter[str] = Counter()
    for _ in range(4000):
        order = in_order(keys, KeyOrder.WEIGHTED, draw)
        assert order[-1].label == "reserve"
        firsts[order[0].label] += 1
    assert abs(firsts["three"] / 4000 - 0.75) < 0.03
