from __future__ import annotations

import pytest
from hypothesis import given

from ccr_proxy.config.interpolate import Reference, interpolate, variable_names
from tests.ccr_proxy.config.json5_texts import values

ENVIRON = {"KEY": "secret", "EMPTY": "", "lower": "l", "A_1": "one", "NESTED": "$KEY", "with space": "s"}


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("$KEY", "secret"),
        ("${KEY}", "secret"),
        ("Bearer $KEY!", "Bearer secret!"),
        ("$A_1$KEY", "onesecret"),
        ("${lower} ${with space}", "l s"),
        ("$lower", "$lower"),
        ("$5 and $", "$5 and $"),
        ("$EMPTY", "$EMPTY"),
        ("${UNSET}", "${UNSET}"),
        ("$NESTED", "$KEY"),
        ("${}", "${}"),
    ],
)
def test_texts(text: str, result: str) -> None:
    assert interpolate(text, ENVIRON).value == result


def test_every_text_at_any_depth_is_looked_at_but_no_name() -> None:
    data = {"Router": {"default": "$A_1,m"}, "fallback": {"think": ["x", "${KEY},m"]}, "$KEY": 1, "n": None}
    assert interpolate(data, ENVIRON).value == {
        "Router": {"default": "one,m"},
        "fallback": {"think": ["x", "secret,m"]},
        "$KEY": 1,
        "n": None,
    }


def test_every_mention_is_known_with_its_place() -> None:
    data = {"a": ["plain", "$KEY-$GONE"], "b": "${EMPTY}"}
    assert interpolate(data, ENVIRON).references == (
        Reference(("a", 1), "KEY", found=True),
        Reference(("a", 1), "GONE", found=False),
        Reference(("b",), "EMPTY", found=False),
    )


def test_variable_names_come_in_order() -> None:
    assert variable_names("$B ${a} $B") == ("B", "a", "B")


@given(values)
def test_nothing_changes_without_an_environment(value: object) -> None:
    assert interpolate(value, {}).value == value
