"""A preset's name is a folder and a part of an address; none leads elsewhere, on any system."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.errors import ConfigFault
from ccr_proxy.presets.names import is_name, require_name


@pytest.mark.parametrize("name", ["team", "my-preset", "v1.2", "团队", "two words"])
def test_names(name: str) -> None:
    assert require_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "a/../b",
        "a/b",
        "a\\b",
        "/a",
        "C:a",
        "a..b",
        ".hidden",
        "a.",
        "a ",
        "NUL",
        "com1.x",
        "a\nb",
        "a%2fb",
    ],
)
def test_no_names(name: str) -> None:
    with pytest.raises(ConfigFault, match="a preset cannot be called"):
        require_name(name)


@given(st.text(max_size=12))
def test_a_name_stays_in_its_folder(name: str) -> None:
    if is_name(name):
        assert not set(name) & set("/\\:\0")
        assert name.strip(".") == name.strip() or not name.startswith(".")
