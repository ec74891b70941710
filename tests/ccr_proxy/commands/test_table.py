"""Columns of text."""

from __future__ import annotations

from ccr_proxy.commands.table import table_lines


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert table_lines(("A", "LONGER", ""), [("one", "x", "end"), ("three", "y", "")]) == (
        "A      LONGER",
        "one    x       end",
        "three  y",
    )


def test_wide_characters_take_two_columns() -> None:
    assert table_lines(("A", "B"), [("模型", "1"), ("ab", "2")]) == ("A     B", "模型  1", "ab    2")


def test_what_a_provider_says_cannot_break_the_table() -> None:
    assert table_lines(("A", "B"), [("x\ny\x1b[2J", "1")]) == ("A        B", "x y [2J  1")


def test_a_table_without_rows_is_its_heads() -> None:
    assert table_lines(("A", "B"), []) == ("A  B",)
