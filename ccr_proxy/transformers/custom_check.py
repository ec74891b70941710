"""What can be said about the user's own transformers without running them, for `ccr config check`."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ccr_proxy.config.python_file import Unusable, syntax_of
from ccr_proxy.transformers.checks import Fault
from ccr_proxy.transformers.custom import CustomTransformers
from ccr_proxy.transformers.transformer import Transformer


def declared(entries: Iterable[Mapping[str, Any]], folder: Path) -> CustomTransformers:
    """The names that the files of the configuration's `transformers` would register, and the files that could not.

    The transformers do nothing and take any option. Relative paths start at `folder`, as for `custom.load_custom`.
    """
    found: list[Transformer] = []
    faults: list[Fault] = []
    for index, entry in enumerate(entries):
        try:
            found.append(Transformer(_name_in(entry.get("path"), folder), takes_any_option=True))
        except Unusable as reason:
            faults.append(Fault(index, "error", reason.message, reason.hint))
    return CustomTransformers(tuple(found), tuple(faults))


def _name_in(given: Any, folder: Path) -> str:
    """What the file calls itself, else its own name."""
    if not isinstance(given, str) or not given.strip():
        raise Unusable("a custom transformer needs a path", 'write {"path": "/path/to/file.py", "options": {}}')
    path = folder / Path(given.strip()).expanduser()
    if path.suffix.lower() in (".js", ".cjs", ".mjs", ".ts"):
        raise Unusable(f"{path}: this gateway runs Python, not JavaScript", "docs/transformers.md has an example")
    names = [value for statement in syntax_of(path).body if (value := _named(statement)) is not None]
    return names[-1] if names else path.stem


def _named(statement: ast.stmt) -> str | None:
    match statement:
        case ast.Assign(targets=[ast.Name(id="name")], value=ast.Constant(value=str(value))):
            return value
        case ast.AnnAssign(target=ast.Name(id="name"), value=ast.Constant(value=str(value))):
            return value
        case _:
            return None
