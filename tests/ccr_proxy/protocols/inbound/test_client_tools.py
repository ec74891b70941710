"""Names and free text of tools; the definitions are tested with the formats that carry them."""

from __future__ import annotations

import pytest

from ccr_proxy.protocols.inbound.client_tools import custom_text, hub_name


@pytest.mark.parametrize(
    ("namespace", "name", "expected"),
    [("", "read", "read"), ("files", "read", "files__read"), ("mcp__files__", "read", "mcp__files__read")],
)
def test_names_in_a_namespace(namespace: str, name: str, expected: str) -> None:
    assert hub_name(name, namespace) == expected


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ('{"input":"a\\nb"}', "a\nb"),
        ('{"input":""}', ""),
        ("*** Begin Patch", "*** Begin Patch"),
        ('{"patch":"a"}', '{"patch":"a"}'),
        ('{"input":5}', '{"input":5}'),
        ("", ""),
    ],
)
def test_free_text_is_found_in_the_arguments_or_is_the_arguments(arguments: str, text: str) -> None:
    assert custom_text(arguments) == text
