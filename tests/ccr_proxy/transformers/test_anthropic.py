"""`Anthropic` and its `UseBearer`."""

from __future__ import annotations

from typing import Any

import pytest

from ccr_proxy.protocols.registry import PROTOCOLS
from tests.ccr_proxy.transformers.asking import chain


@pytest.mark.parametrize(
    ("entry", "names"),
    [
        ("Anthropic", {"x-api-key", "authorization"}),
        (["Anthropic", {"UseBearer": True}], {"authorization"}),
        (["Anthropic", {"UseBearer": "true"}], {"authorization"}),
        (["Anthropic", {"UseBearer": False}], {"x-api-key"}),
    ],
)
def test_the_key_goes_where_it_is_wanted(entry: Any, names: set[str]) -> None:
    headers = PROTOCOLS["anthropic"].headers("key")
    assert chain(entry).headers(headers).keys() == names


def test_the_bytes_may_pass_through() -> None:
    marker = chain(["Anthropic", {"UseBearer": True}])
    assert not marker.changes_request
    assert not marker.changes_answer
