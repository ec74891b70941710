"""Lines that set and unset environment variables, quoted for each shell."""

from __future__ import annotations

from collections.abc import Callable, Mapping

SHELLS = ("sh", "fish", "powershell")

# PowerShell ends a single-quoted text at any of these.
_POWERSHELL_QUOTES = "'\u2018\u2019\u201a\u201b"


def shell_lines(shell: str, variables: Mapping[str, str], unset: tuple[str, ...]) -> tuple[str, ...]:
    """The lines for `shell` (one of SHELLS) that set `variables` and remove `unset`."""
    assign, remove = _SHELL_FORMS[shell]
    return (*(assign(name, value) for name, value in variables.items()), *(remove(name) for name in unset))


def _double_quoted(value: str, special: str) -> str:
    return '"' + "".join("\\" + letter if letter in special else letter for letter in value) + '"'


def _sh_assign(name: str, value: str) -> str:
    return f"export {name}=" + _double_quoted(value, special='"\\$`')


def _fish_assign(name: str, value: str) -> str:
    return f"set -gx {name} " + _double_quoted(value, special='"\\$')


def _powershell_assign(name: str, value: str) -> str:
    quoted = "".join(letter * 2 if letter in _POWERSHELL_QUOTES else letter for letter in value)
    return f"$env:{name} = '{quoted}'"


_SHELL_FORMS: dict[str, tuple[Callable[[str, str], str], Callable[[str], str]]] = {
    "sh": (_sh_assign, lambda name: f"unset {name}"),
    "fish": (_fish_assign, lambda name: f"set -e {name}"),
    "powershell": (
        _powershell_assign,
        lambda name: f"Remove-Item Env:{name} -ErrorAction SilentlyContinue",
    ),
}
