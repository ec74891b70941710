"""Token counts from foreign JSON."""

from __future__ import annotations

import pytest

from ccr_proxy.protocols.usage import Usage, whole


@pytest.mark.parametrize(
    ("value", "tokens"),
    [
        (5, 5),
        (5.9, 5),
        (0, 0),
        (-3, 0),
        (None, 0),
        (True, 0),
        ("7", 0),
        ([], 0),
        (float("nan"), 0),
        (float("inf"), 0),
        (10**30, 10**30),
    ],
)
def test_whole(value: object, tokens: int) -> None:
    assert whole(value) == tokens


def test_in_anthropics_words() -> None:
    assert Usage(1, 2, 3, 4, 5).as_anthropic() == {
        "input_tokens": 1,
        "output_tokens": 2,
        "cache_read_input_tokens": 3,
        "cache_creation_input_tokens": 4,
    }
