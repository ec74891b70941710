"""Quoting: what the shell ends up with is exactly what was meant, and nothing is run."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccr_proxy.commands.shells import SHELLS, shell_lines

NASTY = [
    "plain",
    "",
    "a b",
    '"',
    "'",
    "$HOME",
    "${HOME}",
    "$(id)",
    "`id`",
    "\\",
    "a\\",
    "!!",
    "a;b|c&d",
    "*",
    "’‘",
    "é漢",
]


def sh_value(line: str, name: str) -> str:
    script = f'{line}\nprintf %s "${name}"'
    done = subprocess.run(["sh", "-c", script], capture_output=True, check=True)
    assert done.stderr == b""
    return done.stdout.decode()


@pytest.mark.parametrize("value", [*NASTY, "two\nlines"])
def test_sh_gets_the_value_as_it_is(value: str) -> None:
    (line,) = shell_lines("sh", {"NAME": value}, ())
    assert sh_value(line, "NAME") == value


@settings(max_examples=30)
@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8))
def test_sh_gets_any_value_as_it_is(value: str) -> None:
    (line,) = shell_lines("sh", {"NAME": value}, ())
    assert sh_value(line, "NAME") == value


@pytest.mark.parametrize(
    ("shell", "value", "line"),
    [
        ("sh", "plain", 'export NAME="plain"'),
        ("fish", "plain", 'set -gx NAME "plain"'),
        ("fish", '$(id) `x` "\\', 'set -gx NAME "\\$(id) `x` \\"\\\\"'),
        ("powershell", "plain", "$env:NAME = 'plain'"),
        ("powershell", "it's $x `n", "$env:NAME = 'it''s $x `n'"),
        ("powershell", "’; evil ‘", "$env:NAME = '’’; evil ‘‘'"),
    ],
)
def test_each_shell_has_its_own_quoting(shell: str, value: str, line: str) -> None:
    assert shell_lines(shell, {"NAME": value}, ()) == (line,)


def test_each_shell_can_forget_a_variable() -> None:
    assert {shell: shell_lines(shell, {}, ("OLD",)) for shell in SHELLS} == {
        "sh": ("unset OLD",),
        "fish": ("set -e OLD",),
        "powershell": ("Remove-Item Env:OLD -ErrorAction SilentlyContinue",),
    }
