"""Lines on a terminal of any width."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from zcf.commands.doctor_screen import wrapped

WORDS = st.text(st.sampled_from("ab端口,: "), min_size=1, max_size=200)


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("✗ Claude Code: its key is wrong", ["✗ Claude Code: its key", "  is wrong"]),
        ("    `ccr start` when you need it", ["    `ccr start` when you", "    need it"]),
        ("- 网关: 端口端口端口端口端口", ["- 网关: ", "  端口端口端口端口端口"]),
        ("short", ["short"]),
        ("", [""]),
    ],
)
def test_what_does_not_fit_goes_on_below_its_text(line: str, parts: list[str]) -> None:
    assert [part.rstrip() for part in wrapped(line, 24)] == [part.rstrip() for part in parts]


@given(mark=st.sampled_from(["", "✓ ", "✗ ", "    "]), text=WORDS, width=st.integers(30, 100))
def test_every_part_fits_and_nothing_is_lost(mark: str, text: str, width: int) -> None:
    parts = list(wrapped(mark + text, width))
    assert all(cell_len(part) <= width for part in parts)
    assert "".join("".join(parts).split()) == "".join((mark + text).split())
