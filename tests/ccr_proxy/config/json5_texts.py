"""Hypothesis strategies: JSON values, and JSON5 texts of them in every style people write."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

texts = st.text(st.characters(codec="utf-8"), max_size=8)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4), max_leaves=12
)
objects = st.dictionaries(texts, values, max_size=5)

_comments = st.sampled_from(["/* c */", '/* { " */', "/*\n * ]\n */", "// c }\n", "// it's\r\n", "//\u2028"])
_blanks = st.sampled_from(["", "", " ", "  ", "\n", "\r\n", "\n  ", "\t", "\u00a0", "\n\n    "])
_trivia = st.lists(_blanks | _comments, max_size=3).map("".join)


@st.composite
def rendered(draw: st.DrawFn, value: Any) -> str:
    """`value` as JSON5 with comments, blanks, quotes and trailing commas wherever they are allowed."""
    if isinstance(value, dict):
        members = [
            f"{draw(_trivia)}{draw(_rendered_name(name))}{draw(_trivia)}:{draw(_trivia)}{draw(rendered(item))}{draw(_trivia)}"
            for name, item in value.items()
        ]
        return "{" + ",".join(members) + draw(_tail(bool(members))) + "}"
    if isinstance(value, list):
        elements = [f"{draw(_trivia)}{draw(rendered(item))}{draw(_trivia)}" for item in value]
        return "[" + ",".join(elements) + draw(_tail(bool(elements))) + "]"
    if isinstance(value, str):
        return draw(_rendered_string(value))
    return draw(st.sampled_from([json.dumps(value), *(["+" + json.dumps(value)] if _is_positive(value) else [])]))


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A JSON5 text of an object, and the object."""
    value = draw(objects)
    mark = draw(st.sampled_from(["", "", "\ufeff"]))
    return mark + draw(_trivia) + draw(rendered(value)) + draw(_trivia), value


def laid_out() -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    """Objects as programs write them: indented by any unit, with any line ending, or on one line."""
    indents = st.sampled_from([None, 2, 4, "\t", 0])
    endings = st.sampled_from(["\n", "\r\n"])
    separators = st.sampled_from([(",", ":"), (", ", ": ")])

    def written(value: Any, indent: Any, ending: str, separator: tuple[str, str]) -> tuple[str, dict[str, Any]]:
        separator = separator if indent is None else (",", ": ")
        return json.dumps(value, indent=indent, separators=separator).replace("\n", ending) + ending, value

    return st.builds(written, objects, indents, endings, separators)


def _is_positive(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and not json.dumps(value).startswith("-")


def _tail(has_items: bool) -> st.SearchStrategy[str]:
    return st.tuples(st.sampled_from(["", ","] if has_items else [""]), _trivia).map("".join)


def _rendered_name(name: str) -> st.SearchStrategy[str]:
    plain = name.isascii() and name.isidentifier()
    return _rendered_string(name) | st.just(name) if plain else _rendered_string(name)


def _rendered_string(text: str) -> st.SearchStrategy[str]:
    double = json.dumps(text, ensure_ascii=False)
    single = "'" + double[1:-1].replace('\\"', '"').replace("'", "\\'") + "'"
    continued = double[:-1] + '\\\n"'
    return st.sampled_from([double, json.dumps(text), single, continued])
