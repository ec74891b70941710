"""Options that a settings page stored as strings."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.transformers.transformer import Option, Transformer
from ccr_proxy.transformers.values import converted, meant, options_of


@pytest.mark.parametrize(
    ("name", "stored", "value"),
    [
        ("max_tokens", "65536", 65536),
        ("temperature", " 0.7 ", 0.7),
        ("enable_thinking", "true", True),
        ("enable_thinking", "False", False),
        ("provider", '{"only": ["a"]}', {"only": ["a"]}),
        ("stop", '["a"]', ["a"]),
        ("reasoning_effort", "high", "high"),
        ("code", "007", "007"),
        ("chat_template", "{% if x %}", "{% if x %}"),
        ("user", "12345", "12345"),
        ("api_version", "2024", "2024"),
        ("top_k", 40, 40),
    ],
)
def test_a_string_is_what_it_means(name: str, stored: Any, value: Any) -> None:
    assert meant(name, stored) == value
    assert type(meant(name, stored)) is type(value)


@pytest.mark.parametrize(
    ("kind", "stored", "value"),
    [
        ("whole number", "65536", 65536),
        ("whole number", 8192.0, 8192),
        ("whole number", "", None),
        ("number", "0.5", 0.5),
        ("number", 1, 1),
        ("true or false", "true", True),
        ("text", "12345", "12345"),
    ],
)
def test_a_declared_option_has_its_type(kind: Any, stored: Any, value: Any) -> None:
    assert converted(Option("option", kind, ""), stored) == value


@pytest.mark.parametrize(
    ("kind", "stored", "message"),
    [
        ("whole number", "many", "option must be a whole number"),
        ("whole number", 1.5, "option must be a whole number"),
        ("whole number", True, "option must be a whole number"),
        ("number", "warm", "option must be a number"),
        ("true or false", "yes", "option must be true or false"),
        ("text", 5, "option must be text"),
    ],
)
def test_a_value_of_another_type_is_refused(kind: Any, stored: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        converted(Option("option", kind, ""), stored)


def test_only_usable_options_are_passed_on() -> None:
    closed = Transformer("closed", options=(Option("limit", "whole number", ""),))
    given_options = {"limit": "no", "other": 1}
    assert options_of(closed, given_options) == {}
    assert options_of(Transformer("open", takes_any_option=True), {"a": "1", "b": None}) == {"a": 1}


@given(st.text())
def test_any_text_has_a_meaning(text: str) -> None:
    value = meant("option", text)
    assert value is text or not isinstance(value, str)
